using System.Net;
using System.Net.Sockets;

namespace AIMake.Platform.Http;

/// <summary>
/// The address a request came from: the connection's own, or what a trusted proxy reports (see <c>Http:TrustedProxies</c>;
/// the forwarded headers of anybody else are ignored).
/// </summary>
internal static class ClientAddress
{
    public static string Of(HttpContext context) => Unmapped(context)?.ToString() ?? "local";

    /// <summary>What limits count by. One IPv6 customer has a whole /64, so its addresses count as one.</summary>
    public static string LimitKey(HttpContext context) => Unmapped(context) is not { } address
        ? "local"
        : address.AddressFamily is AddressFamily.InterNetworkV6 && !IPAddress.IsLoopback(address)
            ? $"{new IPAddress([.. address.GetAddressBytes().AsSpan(0, 8), 0, 0, 0, 0, 0, 0, 0, 0])}/64"
            : address.ToString();

    private static IPAddress? Unmapped(HttpContext context) =>
        context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : context.Connection.RemoteIpAddress;
}
