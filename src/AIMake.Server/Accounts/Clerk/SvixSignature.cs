using AIMake.Platform.Faults;
using AIMake.Platform.Secrets;

namespace AIMake.Accounts.Clerk;

/// <summary>The signature of a notice sent through Svix: that of <see cref="StandardWebhook"/>, under names of its own.</summary>
internal static class SvixSignature
{
    private const int MinKeyBytes = 16;

    /// <summary>The key inside a secret; null when it is none.</summary>
    public static byte[]? KeyOf(string secret) => StandardWebhook.KeyOf(secret, MinKeyBytes);

    /// <param name="headers">With the names <c>svix-…</c>, or <c>webhook-…</c> where there are none of those.</param>
    /// <param name="body">Exactly as received.</param>
    /// <returns>The notice's id, the same on every repeat; or SIGNATURE_INVALID or TIMESTAMP_OUT_OF_TOLERANCE.</returns>
    public static Outcome<string> Check(byte[] key, IHeaderDictionary headers, ReadOnlySpan<byte> body, DateTimeOffset now) =>
        StandardWebhook.Check([key], headers, headers.ContainsKey("svix-id") ? "svix" : "webhook", body, now);
}
