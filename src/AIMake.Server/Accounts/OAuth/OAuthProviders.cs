using AIMake.Accounts.Jwt;
using AIMake.Platform.Outbound;

namespace AIMake.Accounts.OAuth;

/// <summary>The providers that are set up, in the order buttons show them.</summary>
internal sealed class OAuthProviders(
    OAuthOptions options, OidcDiscovery discovery, ForeignTokenVerifier verifier, OutboundHttp http, ILoggerFactory logs)
{
    public IReadOnlyList<IOAuthProvider> All { get; } = [.. options.Configured.Select(c => c.Name == "github"
        ? (IOAuthProvider)new GitHubProvider(c.Name, c.Client, http, logs.CreateLogger<GitHubProvider>())
        : new OidcProvider(c.Name, c.Client, discovery, verifier, http, logs.CreateLogger<OidcProvider>()))];

    public IOAuthProvider? Find(string name) => All.FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.Ordinal));
}
