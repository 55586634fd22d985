using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace AIMake.Platform.Http;

/// <summary>The address people open: the configured public one, else localhost and the port taken. Never what a request
/// says in <c>Host</c>: a link in a mail must not lead where a stranger wants.</summary>
internal static class PublicAddress
{
    public static string Of(IServiceProvider services)
    {
        var http = services.GetRequiredService<HttpOptions>();
        if (http.PublicUrl is { Length: > 0 } url)
        {
            return url.TrimEnd('/');
        }

        var bound = services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        var port = bound is null ? http.Port : new Uri(bound.Replace("[::]", "localhost", StringComparison.Ordinal)).Port;
        return $"http://{(http.Host is "*" or "0.0.0.0" or "::" ? "localhost" : http.Host)}:{port}";
    }
}
