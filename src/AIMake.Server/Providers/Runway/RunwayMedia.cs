namespace AIMake.Providers.Runway;

/// <summary>
/// Brings pictures to where Runway can read them: inside the order when they are small, else by an upload that is kept for a
/// day. Addresses of our own would not do: they must be public, and Runway follows no redirects.
/// </summary>
internal sealed class RunwayMedia(RunwayClient client)
{
    /// <summary>Longest data URI, as a string.</summary>
    private const int LongestDataUri = 5 * 1024 * 1024;

    private const int LargestUpload = 200 * 1024 * 1024;

    /// <summary>An address for <c>promptImage</c> and the like.</summary>
    public async Task<string> PlaceAsync(MediaInput picture, CancellationToken ct)
    {
        if (picture.MimeType is not ("image/png" or "image/jpeg" or "image/webp")) throw Refused("a picture must be PNG, JPEG or WebP");
        if (picture.Bytes.Length > LargestUpload) throw Refused($"a picture of {picture.Bytes.Length} bytes");
        return picture.Bytes.Length / 3 * 4 + 64 <= LongestDataUri ? MadeMedia.DataUri(picture) : await UploadAsync(picture, ct);
    }

    /// <summary>Asks for a ticket and sends the file; its part must be the last.</summary>
    private async Task<string> UploadAsync(MediaInput picture, CancellationToken ct)
    {
        var name = $"picture.{picture.MimeType[6..]}";
        var ticket = await client.AskAsync(HttpMethod.Post, "/v1/uploads", RunwayBody.UploadTicket(name), ct);
        if (ticket.Text("runwayUri") is not { } address || !Uri.TryCreate(ticket.Text("uploadUrl"), UriKind.Absolute, out var place)) throw ProviderFaults.Invalid("an upload ticket that is none");
        using var form = new MultipartFormDataContent();
        if (ticket.Member("fields") is { ValueKind: System.Text.Json.JsonValueKind.Object } fields)
            foreach (var field in fields.EnumerateObject()) form.Add(new StringContent(fields.Text(field.Name) ?? ""), $"\"{field.Name.Replace("\"", "", StringComparison.Ordinal)}\"");
        var file = new ReadOnlyMemoryContent(picture.Bytes);
        file.Headers.ContentType = new(picture.MimeType);
        form.Add(file, "\"file\"", $"\"{name}\"");
        await client.UploadAsync(place, form, ct);
        return address;
    }

    private static ProviderException Refused(string detail) => new(new(ProviderStage.Connect, ProviderParty.Caller, ProviderFaultKind.Rejected, Retryable: false, Detail: detail));
}
