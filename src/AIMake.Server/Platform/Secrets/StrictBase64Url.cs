using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace AIMake.Platform.Secrets;

/// <summary>
/// Base64url with exactly one spelling for each value. The framework's decoder also takes spaces, line breaks and padding,
/// which would let one token be written in many ways.
/// </summary>
internal static class StrictBase64Url
{
    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.IsEmpty || text.Length % 4 == 1 || text.ContainsAnyExcept(Alphabet))
        {
            return false;
        }

        var buffer = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromChars(text, buffer, out _, out var length) is not OperationStatus.Done // the Try method throws on stray bits
            || !text.SequenceEqual(Base64Url.EncodeToString(buffer.AsSpan(0, length))))
        {
            return false;
        }

        bytes = buffer[..length];
        return true;
    }
}
