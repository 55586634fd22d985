using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AIMake.Platform.Faults;

namespace AIMake.Platform.Outbound;

/// <summary>
/// Decides which addresses may be called at all. The checks, in order: the spelling is plain, the scheme is https, there is no
/// user name, the host is written in ASCII and is a public one, the port is one for https. A host the operator vouches for may
/// break all but the first and the third. Names that resolve to private addresses are caught by <see cref="ResolveAsync"/>
/// when a setting is saved, and by <see cref="OutboundDialler"/> whenever a connection is made.
/// </summary>
internal sealed class OutboundUrls(OutboundPermits permits, OutboundResolver resolver)
{
    private const int LongestUrl = 2048;

    /// <summary>Checks the spelling only; makes no query.</summary>
    public Outcome<Uri> Check(string? url)
    {
        if (url is null || url.Length is 0 or > LongestUrl || url.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0 || url.Contains('\\'))
            return Refused();
        var https = url.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        var http = url.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
        if (!(https || http) || !Uri.TryCreate(url, UriKind.Absolute, out var uri)) return Refused();
        if (uri.UserInfo.Length > 0 || Authority(url).Contains('@') || uri.IdnHost.Length == 0) return Refused();
        if (permits.Allow(uri.IdnHost, uri.Port)) return uri;
        return https && IsPublicHost(uri) && uri.Port is 443 or 8443 ? uri : Refused();
    }

    /// <summary>Checks an address about to be called.</summary>
    public bool Allows(Uri uri) => uri.IsAbsoluteUri && Check(uri.AbsoluteUri).Ok;

    /// <summary>Checks the spelling and then where the name leads today. Use it when somebody enters an address.</summary>
    public async Task<Outcome<Uri>> ResolveAsync(string? url, CancellationToken ct)
    {
        var checkedUrl = Check(url);
        if (!checkedUrl.Ok || permits.Allow(checkedUrl.Value.IdnHost, checkedUrl.Value.Port)) return checkedUrl;
        try
        {
            var addresses = await resolver(checkedUrl.Value.IdnHost, ct);
            return addresses.Length > 0 && Array.TrueForAll(addresses, AddressRules.IsPublic) ? checkedUrl : Refused();
        }
        catch (SocketException)
        {
            return Refused();
        }
    }

    private static Fault Refused() => new(FaultCodes.UrlNotAllowed) { Field = "baseUrl" };

    private static ReadOnlySpan<char> Authority(string url)
    {
        var rest = url.AsSpan(url.IndexOf("//", StringComparison.Ordinal) + 2);
        var end = rest.IndexOfAny('/', '?', '#');
        return end < 0 ? rest : rest[..end];
    }

    private static bool IsPublicHost(Uri uri)
    {
        var host = uri.IdnHost.TrimEnd('.');
        if (host.StartsWith('[') || uri.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 || IPAddress.TryParse(host.Trim('[', ']'), out _))
            return IPAddress.TryParse(host.Trim('[', ']'), out var address) && AddressRules.IsPublic(address);
        var labels = host.Split('.');
        return labels.Length > 1
            && Array.TrueForAll(labels, label => label.Length is > 0 and < 64)
            && !int.TryParse(labels[^1], NumberStyles.None, CultureInfo.InvariantCulture, out _)
            && !labels[^1].StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && !IsLocalSuffix(labels[^1]);
    }

    /// <summary>Endings that never lead to the public internet.</summary>
    private static bool IsLocalSuffix(string label) => label.ToLowerInvariant() is
        "localhost" or "local" or "localdomain" or "internal" or "intranet" or "private" or "corp" or "home" or "lan" or "arpa"
        or "test" or "example" or "invalid" or "onion";
}

/// <summary>Looks a host name up; replaced in tests.</summary>
internal delegate Task<IPAddress[]> OutboundResolver(string host, CancellationToken ct);
