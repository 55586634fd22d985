using System.Net.Http.Headers;
using AIMake.Providers;
using AIMake.Providers.Routing;

namespace AIMake.Tests.Gateway;

/// <summary>One upstream, no choice, no second try: for tests of the gateway alone.</summary>
internal sealed class DirectRouter(string baseUrl, string key) : IProviderRouter
{
    public async Task<(T Answer, ProviderLease Lease)> RunAsync<T>(RouteQuery query, Func<ProviderLease, CancellationToken, Task<T>> attempt, CancellationToken ct)
    {
        var lease = new Lease
        {
            Route = query.Routes[0], Vendor = new Vendor(), Endpoint = new ProviderEndpoint("upstream", new Uri(baseUrl), key), OwnKey = query.OwnKeyOf is not null, Attempt = 1,
        };
        return (await attempt(lease, ct), lease);
    }

    public Task<ProviderLease> ReopenAsync(string provider, Guid? keyId, Guid userId, CancellationToken ct) => throw new NotSupportedException();

    public bool IsOffered(string provider) => provider == "upstream";

    public bool SpeaksOpenAi(string provider) => provider == "upstream";

    private sealed class Lease : ProviderLease
    {
        public override void Begun()
        {
        }

        public override void Failed(ProviderFault fault)
        {
        }

        public override void Dispose()
        {
        }
    }

    private sealed class Vendor : IVendor
    {
        public string Type => "openai";

        public IOpenAiPassage Passage(ProviderEndpoint endpoint) => new Way(endpoint);

        public Task TestAsync(ProviderEndpoint endpoint, CancellationToken ct) => Task.CompletedTask;
    }

    private sealed class Way(ProviderEndpoint endpoint) : IOpenAiPassage
    {
        public HttpRequestMessage Request(HttpMethod method, string path, string model)
        {
            var request = new HttpRequestMessage(method, $"{endpoint.BaseUrl}/{path}");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", endpoint.Secret);
            return request;
        }
    }
}
