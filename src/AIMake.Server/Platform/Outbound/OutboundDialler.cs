using System.Net;
using System.Net.Sockets;

namespace AIMake.Platform.Outbound;

/// <summary>
/// Makes the connections. The name is looked up here and every single address is judged right before it is dialled, so it does
/// not help an attacker to let a name point elsewhere between the check and the call.
/// </summary>
internal sealed class OutboundDialler(OutboundPermits permits, OutboundResolver resolver)
{
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await resolver(host, ct);
        if (!permits.Allow(host, port)) addresses = Array.FindAll(addresses, AddressRules.IsPublic);
        if (addresses.Length == 0) throw new OutboundException(OutboundFailure.NotAllowed);
        Exception? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(address, port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                last = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        throw last!;
    }
}
