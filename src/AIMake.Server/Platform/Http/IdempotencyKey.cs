using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using AIMake.Platform.Faults;
using Microsoft.AspNetCore.Http.Metadata;

namespace AIMake.Platform.Http;

/// <summary>
/// The <c>Idempotency-Key</c> header as an endpoint parameter. With a key, <see cref="Claim"/> also holds the digest of the
/// request it belongs to: method, path and the body's very bytes.
/// </summary>
public sealed class IdempotencyKey : IEndpointParameterMetadataProvider
{
    public const string Header = "Idempotency-Key";
    private const int MostLength = 255;
    private const int KeptInMemory = 1_000_000;

    private IdempotencyKey(IdempotencyClaim? claim) => Claim = claim;

    /// <summary>Null when the caller sent no key.</summary>
    internal IdempotencyClaim? Claim { get; }

    /// <summary>Binds the parameter; a header that is no key is refused before the endpoint runs.</summary>
    public static async ValueTask<IdempotencyKey?> BindAsync(HttpContext context) =>
        Read(context.Request) is { } key ? new(new IdempotencyClaim(key, await HashAsync(context))) : new(null);

    /// <summary>A claim that was made elsewhere, by whoever has read the body; null for a request without a key.</summary>
    internal static IdempotencyKey Of(IdempotencyClaim? claim) => new(claim);

    /// <summary>The header; null when there is none.</summary>
    /// <exception cref="FaultException">It is no key.</exception>
    internal static string? Read(HttpRequest request)
    {
        var header = request.Headers[Header];
        return header.Count == 0 ? null
            : header is [{ Length: >= 1 and <= MostLength } key] && !key.Any(c => c is < '!' or > '~') ? key
            : throw new FaultException(new(FaultCodes.IdempotencyKeyInvalid));
    }

    /// <summary>The digest of a request whose body is yet to be added.</summary>
    internal static IncrementalHash BeginDigest(HttpRequest request)
    {
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method}\n{request.Path.Value}\n"));
        return hash;
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(TakesIdempotencyKey.Instance);

    private static async Task<byte[]> HashAsync(HttpContext context)
    {
        var request = context.Request;
        using var hash = BeginDigest(request);

        // The endpoint reads the body again, so it is kept while it is hashed.
        request.EnableBuffering(KeptInMemory);
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            hash.AppendData(buffer, 0, read);
        }

        request.Body.Position = 0;
        return hash.GetHashAndReset();
    }
}

/// <summary>Marks routes that take the header, for the API's description.</summary>
internal sealed class TakesIdempotencyKey
{
    public static readonly TakesIdempotencyKey Instance = new();
}
