using System.Net;
using System.Net.Sockets;

namespace AIMake.Platform.Outbound;

/// <summary>
/// The one table of addresses this server does not dial on its own account: itself, its network, its cloud's metadata service,
/// and every range that is not the public internet. The framework has no such notion, and its IsLoopback misses several
/// spellings of here.
/// </summary>
internal static class AddressRules
{
    private static readonly IPNetwork[] Denied =
    [
        .. new[]
        {
            "0.0.0.0/8",          // this host
            "10.0.0.0/8",         // private
            "100.64.0.0/10",      // carrier-grade NAT; a cloud's metadata service lives there too
            "127.0.0.0/8",        // loopback
            "168.63.129.16/32",   // a cloud's host agent, on a public-looking address
            "169.254.0.0/16",     // link-local and metadata
            "172.16.0.0/12",      // private
            "192.0.0.0/24",       // protocol assignments, metadata
            "192.0.2.0/24",       // documentation
            "192.88.99.0/24",     // 6to4 relays
            "192.168.0.0/16",     // private
            "198.18.0.0/15",      // benchmarking
            "198.51.100.0/24",    // documentation
            "203.0.113.0/24",     // documentation
            "224.0.0.0/4",        // multicast
            "240.0.0.0/4",        // reserved, broadcast
            "::/3",               // unspecified, loopback, v4-compatible, NAT64 (64:ff9b::/96), discard
            "2001::/23",          // protocol assignments, Teredo, which carries an IPv4 address
            "2001:db8::/32",      // documentation
            "2002::/16",          // 6to4, which carries an IPv4 address
            "3fff::/20",          // documentation
            "4000::/2",           // unassigned
            "8000::/1",           // unassigned, unique local (fc00::/7), link-local (fe80::/10), multicast
        }.Select(range => IPNetwork.Parse(range)),
    ];

    /// <summary>Whether an address belongs to the public internet.</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        else if (address.AddressFamily == AddressFamily.InterNetworkV6) address = new IPAddress(address.GetAddressBytes()); // less its scope
        return !Array.Exists(Denied, range => range.Contains(address));
    }
}
