using AIMake.Platform.Outbound;

namespace AIMake.Providers;

/// <summary>A file being fetched from a vendor. Owns the connection; what breaks while reading is a <see cref="ProviderException"/>.</summary>
internal sealed class FetchedStream(OutboundResponse response) : ReadOnlyPassage
{
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
    /// Fetches what a vendor links to, without credentials: such links carry their own. Anything but a file of the kinds
    /// wanted is refused.
    /// </summary>
    /// <param name="kinds">Beginnings of media types, e.g. <c>video/</c>; stores' <c>application/octet-stream</c> is always taken.</param>
    public static async Task<FetchedStream> OpenAsync(OutboundHttp http, Uri link, OutboundLimits limits, string[] kinds, CancellationToken ct)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, link);
        var response = await http.CallAsync(message, limits, ct);
        if (response.Success && (response.MediaType is "" or "application/octet-stream" or "binary/octet-stream" || kinds.Any(kind => response.MediaType.StartsWith(kind, StringComparison.Ordinal))))
            return new FetchedStream(response);
        var (status, success) = (response.Status, response.Success);
        response.Dispose();
        throw success
            ? ProviderFaults.Invalid("a link to something else than the file, by its content type")
            : new ProviderException(new(ProviderStage.FirstByte, ProviderParty.Provider, ProviderFaultKind.ServerError, Retryable: true, Detail: $"status {status} for a link of the vendor's"));
    }
}
