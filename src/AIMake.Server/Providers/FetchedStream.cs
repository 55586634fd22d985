using AIMake.Platform.Outbound;

namespace AIMake.Providers;

/// <summary>A file being fetched from a vendor. Owns the connection; what breaks while reading is a <see cref="ProviderException"/>.</summary>
internal sealed class FetchedStream(OutboundResponse response) : ReadOnlyPassage
{
    private static readonly OutboundLimits Film = new() { MaxBytes = 2L << 30 };

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await response.Body.ReadAsync(buffer, cancellationToken);
        }
        catch (OutboundException e)
        {
            throw ProviderFaults.From(e, begun: true);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) response.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>
    /// Opens what a vendor links to, without credentials: such links carry their own. Whatever keeps one from opening is
    /// <see cref="ProviderFaultKind.Lost"/>, a refusal above all: it comes from a store of files and says nothing about the key.
    /// </summary>
    /// <param name="limits">At most 2 GiB unless it says otherwise.</param>
    /// <param name="kinds">Beginnings of media types that are wanted, e.g. <c>video/</c>; none for any. Stores' <c>application/octet-stream</c> is always taken.</param>
    /// <exception cref="ProviderException">It does not open, or leads to something else.</exception>
    public static async Task<Stream> OpenAsync(
        OutboundHttp http, Uri link, TimeProvider time, CancellationToken ct, OutboundLimits? limits = null, params IReadOnlyList<string> kinds)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, link);
        return await OpenAsync(http, message, time, ct, limits, kinds);
    }

    /// <summary>The same by a request of one's own, for links that want a key.</summary>
    public static async Task<Stream> OpenAsync(
        OutboundHttp http, HttpRequestMessage message, TimeProvider time, CancellationToken ct, OutboundLimits? limits = null, params IReadOnlyList<string> kinds)
    {
        OutboundResponse response;
        try
        {
            response = await http.CallAsync(message, limits ?? Film, ct);
        }
        catch (ProviderException e)
        {
            throw new ProviderException(e.Fault with { Kind = ProviderFaultKind.Lost, Detail = $"a link of the vendor's: {e.Fault.Kind} {e.Fault.Detail}".TrimEnd() }, e);
        }
        if (response.Success && IsWanted(response.MediaType, kinds)) return new FetchedStream(response);
        using (response)
        {
            throw response.Success
                ? ProviderFaults.Invalid("a link to something else than the file, by its content type")
                : new ProviderException(new(
                    ProviderStage.FirstByte, ProviderParty.Provider, ProviderFaultKind.Lost, Retryable: true, response.RetryAfter(time), $"status {response.Status} for a link of the vendor's"));
        }
    }

    private static bool IsWanted(string type, IReadOnlyList<string> kinds) =>
        kinds.Count == 0 || type is "" or "application/octet-stream" or "binary/octet-stream" || kinds.Any(kind => type.StartsWith(kind, StringComparison.Ordinal));
}
