using System.Buffers;
using System.Security.Cryptography;

namespace AIMake.Platform.Storage;

/// <summary>Length and digests of a file, read once.</summary>
/// <param name="Sha256">Lower-case hex.</param>
/// <param name="Md5">What S3 calls Content-MD5; not for anything that must resist forgery.</param>
internal sealed record FileDigest(long Bytes, string Sha256, byte[] Md5)
{
    public static async Task<FileDigest> OfAsync(Stream file, bool withMd5, CancellationToken ct)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var md5 = withMd5 ? IncrementalHash.CreateHash(HashAlgorithmName.MD5) : null;
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            long bytes = 0;
            int read;
            while ((read = await file.ReadAsync(buffer, ct)) > 0)
            {
                sha256.AppendData(buffer, 0, read);
                md5?.AppendData(buffer, 0, read);
                bytes += read;
            }

            return new(bytes, Convert.ToHexStringLower(sha256.GetHashAndReset()), md5?.GetHashAndReset() ?? []);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
