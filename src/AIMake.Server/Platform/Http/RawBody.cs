namespace AIMake.Platform.Http;

/// <summary>The bytes of a request as they came, for signatures over them.</summary>
internal static class RawBody
{
    /// <summary>All of it; the server's own cap, or the route's, ends what is larger.</summary>
    public static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, ct);
        return body.ToArray();
    }
}
