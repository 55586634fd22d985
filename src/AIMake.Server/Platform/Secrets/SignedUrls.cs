using System.Buffers.Text;
using System.Globalization;
using System.Text;
using AIMake.Platform.Faults;

namespace AIMake.Platform.Secrets;

/// <summary>A link that works without an access token, for players and downloads.</summary>
/// <param name="Host">Host and port the link is for, as in the <c>Host</c> header.</param>
/// <param name="Path">Path it opens, escaped as it travels.</param>
/// <param name="ObjectId">What it shows.</param>
/// <param name="UserId">For whom; the right to the object is checked again when the link is used.</param>
/// <param name="Disposition"><c>inline</c> or <c>attachment</c>.</param>
internal sealed record LinkOrder(string Host, string Path, string ObjectId, Guid UserId, string Disposition = "inline");

/// <summary>What a valid link says.</summary>
internal sealed record OpenedLink(Guid UserId, string Disposition);

/// <summary>
/// Makes and checks links signed with a key of their own. The digest covers method, host, path, object, user, expiry and
/// disposition, and is checked before the expiry is believed. A GET link also answers HEAD.
/// </summary>
internal sealed class SignedUrls(SecretKeys keys, TimeProvider clock)
{
    /// <summary>Longest life of a link.</summary>
    public static readonly TimeSpan MaxLife = KeyPurpose.SignedUrl.MaxLife;

    /// <returns>The path with its query; relative, so that it works on the host it was made for.</returns>
    public string Create(LinkOrder order, TimeSpan life)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(life, MaxLife);
        var expires = (clock.GetUtcNow() + life).ToUnixTimeSeconds();
        var key = keys.SignedUrls.Signer;
        var digest = key.Sign(Message("GET", order, expires));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{order.Path}?u={order.UserId:N}&d={Uri.EscapeDataString(order.Disposition)}&exp={expires}&kid={key.Kid}&sig={Base64Url.EncodeToString(digest)}");
    }

    /// <summary>Whether the request carries a signature at all; without one, an access token decides.</summary>
    public static bool IsSigned(HttpRequest request) => request.Query.ContainsKey("sig");

    /// <returns>Whom the link was made for, or SIGNED_URL_INVALID without a reason.</returns>
    public Outcome<OpenedLink> Open(HttpRequest request, string objectId)
    {
        var query = request.Query;
        if (query["u"] is not [{ } u] || query["d"] is not [{ } disposition] || query["exp"] is not [{ } exp] || query["kid"] is not [{ } kid] || query["sig"] is not [{ } sig]
            || !Guid.TryParseExact(u, "N", out var user)
            || !long.TryParse(exp, NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
            || keys.SignedUrls.Find(kid) is not { } key
            || !StrictBase64Url.TryDecode(sig, out var digest))
        {
            return Invalid();
        }

        var method = HttpMethods.IsHead(request.Method) ? "GET" : request.Method;
        var order = new LinkOrder(request.Host.Value ?? "", (request.PathBase + request.Path).ToUriComponent(), objectId, user, disposition);
        return key.Verifies(Message(method, order, expires), digest) && clock.GetUtcNow().ToUnixTimeSeconds() < expires
            ? new OpenedLink(user, disposition)
            : Invalid();
    }

    private static Fault Invalid() => new(FaultCodes.SignedUrlInvalid);

    private static byte[] Message(string method, LinkOrder order, long expires) => Encoding.UTF8.GetBytes(string.Join(
        '\n', "v1", method, order.Host, order.Path, order.ObjectId, order.UserId.ToString("N"), expires.ToString(CultureInfo.InvariantCulture), order.Disposition));
}
