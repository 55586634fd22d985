using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using AIMake.Platform.Secrets;

namespace AIMake.Payments.Creem;

/// <summary>Who buys what, under which order: what a sale carries when no database could write it down.</summary>
internal sealed record Sale(Guid OrderId, Guid UserId, string Product);

/// <summary>
/// Seals a sale, so that what comes back with the money is what was sent: who is to be credited is believed of nobody but ourselves,
/// though it has been at the provider and in the buyer's browser.
/// </summary>
internal sealed class SaleSeal(SecretKeys keys)
{
    /// <returns><c>kid.mac</c>, both base64url.</returns>
    public string Make(Sale sale) => $"{keys.Sales.Signer.Kid}.{Base64Url.EncodeToString(keys.Sales.Signer.Sign(Message(sale)))}";

    public bool Holds(Sale sale, [NotNullWhen(true)] string? seal)
    {
        if (seal is not { Length: > 0 and <= 200 } || seal.Split('.') is not [var kid, var mac] || keys.Sales.Find(kid) is not { } key)
        {
            return false;
        }

        return StrictBase64Url.TryDecode(mac, out var digest) && key.Verifies(Message(sale), digest);
    }

    private static byte[] Message(Sale sale) => Encoding.UTF8.GetBytes($"creem\n{sale.OrderId:D}\n{sale.UserId:D}\n{sale.Product}");
}
