using AIMake.Gateway.Idempotency;
using AIMake.Platform.Faults;

namespace AIMake.Gateway.Bodies;

/// <summary>The body of a request in memory, within the limit of its route. Its <c>Idempotency-Key</c> is noted with it.</summary>
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
            KeyedCall.Note(context, whole);
            return new ReadOnlyMemory<byte>(whole);
        }

        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var body = new ReadOnlyMemory<byte>(buffer.GetBuffer(), 0, (int)buffer.Length);
        KeyedCall.Note(context, body);
        return body;
    }
}
