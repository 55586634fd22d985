using System.Security.Cryptography;
using System.Text;

namespace AIMake.Providers.Routing;

/// <summary>Ids of keys that come from settings: made from the key itself, so that a restart or another order in the list does not change them.</summary>
internal static class KeyIds
{
    public static Guid Of(string provider, string secretId, string secret)
    {
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"aimake pool key\n{provider}\n{secretId}\n{secret}"), digest);
        digest[6] = (byte)((digest[6] & 0x0F) | 0x80); // a UUID of version 8: made by rules of our own
        digest[8] = (byte)((digest[8] & 0x3F) | 0x80);
        return new Guid(digest[..16], bigEndian: true);
    }
}
