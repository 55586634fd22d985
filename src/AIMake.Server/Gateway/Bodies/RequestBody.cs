using AIMake.Platform.Faults;

namespace AIMake.Gateway.Bodies;

/// <summary>The body of a request in memory, within the limit of its route.</summary>
internal static class RequestBody
{
    public static async Task<Outcome<ReadOnlyMemory<byte>>> ReadJsonAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
        {
            return new Fault(FaultCodes.UnsupportedMediaType, "application/json");
        }

        if (context.Request.ContentLength is { } length)
        {
            var whole = new byte[length];
            await context.Request.Body.ReadExactlyAsync(whole, context.RequestAborted);
            return new ReadOnlyMemory<byte>(whole);
        }

        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        return new ReadOnlyMemory<byte>(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
