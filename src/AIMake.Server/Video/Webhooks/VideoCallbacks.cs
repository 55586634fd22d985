using System.Buffers.Text;
using System.Text;
using AIMake.Platform.Http;
using AIMake.Platform.Secrets;

namespace AIMake.Video.Webhooks;

/// <summary>
/// Where vendors may tell that a task has ended, which only hurries the next question. An address of our own is given along with an
/// order where the vendor takes one and people reach this server under a public name; the token in it is made from the video's
/// id with a key nobody else has.
/// </summary>
internal sealed class VideoCallbacks(HttpOptions http, SecretKeys keys)
{
    public const string KiePath = "/api/webhooks/kie";

    /// <summary>The vendor's options of an order, with what hurries it.</summary>
    public IReadOnlyDictionary<string, string>? With(IReadOnlyDictionary<string, string>? options, string vendor, Guid id)
    {
        (string Name, string Value)? more = vendor switch
        {
            "kie" when http.PublicUrl is { Length: > 0 } origin => ("callBackUrl", $"{origin.TrimEnd('/')}{KiePath}/{id:N}/{TokenOf(id)}"),
            "synthesia" => ("callbackId", id.ToString("N")),
            _ => null,
        };
        return more is { } added ? new Dictionary<string, string>(options ?? new Dictionary<string, string>(), StringComparer.Ordinal) { [added.Name] = added.Value } : options;
    }

    public bool IsTokenOf(Guid id, string token)
    {
        var (kid, digest) = token.Split('.') is [var k, var d] ? (k, d) : ("", "");
        return keys.VideoNotices.Find(kid) is { } key && StrictBase64Url.TryDecode(digest, out var bytes) && key.Verifies(Message(id), bytes);
    }

    private string TokenOf(Guid id)
    {
        var key = keys.VideoNotices.Signer;
        return $"{key.Kid}.{Base64Url.EncodeToString(key.Sign(Message(id)))}";
    }

    private static byte[] Message(Guid id) => Encoding.ASCII.GetBytes($"kie\n{id:N}");
}
