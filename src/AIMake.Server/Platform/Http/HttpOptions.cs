using System.ComponentModel.DataAnnotations;
using System.Net;

namespace AIMake.Platform.Http;

/// <summary>The door: where it listens and how much it lets in.</summary>
internal sealed class HttpOptions : IValidatableObject
{
    public const string Section = "Http";

    /// <summary>Default 8080; 0 takes a free port. Flat name <c>PORT</c>.</summary>
    [Range(0, 65535, ErrorMessage = "must be a port from 0 (any free one) to 65535.")]
    public int Port { get; set; } = 8080;

    /// <summary>Address to listen on: <c>*</c> (default, every interface) or one IP address. Flat name <c>AIMAKE_HOST</c>.</summary>
    public string Host { get; set; } = "*";

    /// <summary>
    /// Origin under which people reach this server, e.g. <c>https://aimake.example.com</c>; links in mails and answers are
    /// made from it. Default: the listening address on localhost. Flat name <c>AIMAKE_PUBLIC_URL</c>.
    /// </summary>
    public string? PublicUrl { get; set; }

    /// <summary>Origins of other sites whose pages may call the API, e.g. <c>https://app.example.com</c>; none by default. Flat name <c>CORS_ORIGINS</c>, comma between.</summary>
    public string[] CorsOrigins { get; set; } = [];

    /// <summary>Addresses of proxies whose <c>X-Forwarded-For</c> and <c>-Proto</c> are believed; none by default. Flat name <c>AIMAKE_TRUSTED_PROXIES</c>.</summary>
    public string[] TrustedProxies { get; set; } = [];

    /// <summary>Largest body of a route that does not say otherwise, in bytes (default 1 MB).</summary>
    [Range(1_024, 1_000_000_000, ErrorMessage = "must be between 1,024 and 1,000,000,000 bytes.")]
    public long MaxBodyBytes { get; set; } = 1_000_000;

    /// <summary>Open connections beyond which new ones are closed (default 2,000).</summary>
    [Range(10, 1_000_000, ErrorMessage = "must be between 10 and 1,000,000.")]
    public int MaxConnections { get; set; } = 2_000;

    /// <summary>Time a client has to send its request headers (default 15 s).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00", ErrorMessage = "must be between 1 second and 5 minutes.")]
    public TimeSpan HeadersTimeout { get; set; } = TimeSpan.FromSeconds(15);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Host != "*" && !IPAddress.TryParse(Host, out _))
        {
            yield return new("must be * or an IP address, e.g. 127.0.0.1.", [nameof(Host)]);
        }

        foreach (var origin in CorsOrigins.Where(o => !IsOrigin(o)))
        {
            yield return new($"'{origin}' is not an origin. Write scheme and host without a path, e.g. https://app.example.com.", [nameof(CorsOrigins)]);
        }

        if (PublicUrl is not null && !IsOrigin(PublicUrl.TrimEnd('/')))
        {
            yield return new("must be scheme and host without a path, e.g. https://aimake.example.com.", [nameof(PublicUrl)]);
        }

        foreach (var proxy in TrustedProxies.Where(p => !IPAddress.TryParse(p, out _) && !IPNetwork.TryParse(p, out _)))
        {
            yield return new($"'{proxy}' is neither an IP address nor a network such as 10.0.0.0/8.", [nameof(TrustedProxies)]);
        }
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority) == text.ToLowerInvariant();
}
