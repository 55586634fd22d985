using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AIMake.Gateway.Bodies;
using AIMake.Platform.Http;

namespace AIMake.Gateway.Idempotency;

/// <summary>A call that carries an <c>Idempotency-Key</c>, as a feature of its request. Calls without one have none.</summary>
internal sealed class KeyedCall(IdempotencyClaim claim)
{
    /// <summary>The key, and the digest of the request it belongs to.</summary>
    public IdempotencyClaim Claim => claim;

    public Guid UserId { get; set; }

    /// <summary>Of the row the key names.</summary>
    public Guid Id { get; set; }

    public int Epoch { get; set; }

    /// <summary>Bytes have reached the client before they were paid for, so the call can never be made again under its key.</summary>
    public bool Begun { get; set; }

    /// <summary>It has been charged: its key is used up.</summary>
    public bool Paid { get; set; }

    /// <summary>Notes the key of a request whose body has been read.</summary>
    /// <exception cref="Platform.Faults.FaultException">The header is no key.</exception>
    public static void Note(HttpContext context, ReadOnlyMemory<byte> body)
    {
        if (IdempotencyKey.Read(context.Request) is not { } key)
        {
            return;
        }

        using var digest = IdempotencyKey.BeginDigest(context.Request);
        digest.AppendData(body.Span);
        context.Features.Set(new KeyedCall(new IdempotencyClaim(key, digest.GetHashAndReset())));
    }

    /// <summary>The same for a form: what is in it counts, not the border its sender drew between the parts, which is another each time.</summary>
    /// <exception cref="Platform.Faults.FaultException">The header is no key.</exception>
    public static async Task NoteAsync(HttpContext context, UploadForm form, CancellationToken ct)
    {
        if (IdempotencyKey.Read(context.Request) is not { } key)
        {
            return;
        }

        using var digest = IdempotencyKey.BeginDigest(context.Request);
        foreach (var (name, value) in form.Fields)
        {
            Append(digest, name);
            Append(digest, value);
        }

        var buffer = new byte[64 * 1024];
        foreach (var file in form.Files)
        {
            Append(digest, $"{file.Name}\n{file.FileName}\n{file.MimeType}\n{file.Length}");
            await using var bytes = file.Open();
            int read;
            while ((read = await bytes.ReadAsync(buffer, ct)) > 0)
            {
                digest.AppendData(buffer, 0, read);
            }
        }

        context.Features.Set(new KeyedCall(new IdempotencyClaim(key, digest.GetHashAndReset())));
    }

    /// <summary>With its length, so that what ends one and begins the next cannot be moved.</summary>
    private static void Append(IncrementalHash digest, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        digest.AppendData(length);
        digest.AppendData(bytes);
    }
}
