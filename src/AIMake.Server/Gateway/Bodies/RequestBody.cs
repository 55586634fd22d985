using System.Text.Unicode;
using AIMake.Gateway.Idempotency;
using AIMake.Platform.Faults;

namespace AIMake.Gateway.Bodies;

/// <summary>
/// The body of a request in memory, within the limit of its route. A large one takes memory as it comes, not as it is announced,
/// and only while there is room for it. Its <c>Idempotency-Key</c> is noted with it.
/// </summary>
internal static class RequestBody
{
    /// <summary>Up to here a body is given what it announces, and asks for no room.</summary>
    private const int Small = 64 * 1024;

    /// <summary>Faults: UNSUPPORTED_MEDIA_TYPE, MALFORMED_JSON for what is not UTF-8, BODY_TOO_LARGE for what would not fit even alone, OVERLOADED when other large bodies fill the memory set apart for them.</summary>
    /// <exception cref="BadHttpRequestException">It is larger than its route allows, or ends before its time.</exception>
    public static async Task<Outcome<ReadOnlyMemory<byte>>> ReadJsonAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
        {
            return new Fault(FaultCodes.UnsupportedMediaType, "application/json");
        }

        var announced = context.Request.ContentLength;
        var rooms = context.RequestServices.GetRequiredService<BodyRoom>();
        var room = rooms.Enter();
        context.Response.RegisterForDispose(room);
        var (bytes, filled) = (new byte[Math.Min(announced ?? Small, Small)], 0);
        while (filled != announced)
        {
            if (filled == bytes.Length)
            {
                if (filled >= rooms.Most || announced > rooms.Most)
                {
                    return new Fault(FaultCodes.BodyTooLarge, rooms.Most);
                }

                var next = (int)Math.Min(bytes.Length * 2L, Math.Min(announced ?? Array.MaxLength, rooms.Most));
                if (!room.TryTake(next))
                {
                    return new Fault(FaultCodes.Overloaded) { RetryAfter = TimeSpan.FromSeconds(2) };
                }

                Array.Resize(ref bytes, next);
            }

            var read = await context.Request.Body.ReadAsync(bytes.AsMemory(filled), context.RequestAborted);
            if (read == 0)
            {
                break;
            }

            filled += read;
        }

        var body = new ReadOnlyMemory<byte>(bytes, 0, filled);
        if (!Utf8.IsValid(body.Span))
        {
            return new Fault(FaultCodes.MalformedJson); // a provider would fail over it, and its key be blamed
        }

        KeyedCall.Note(context, body);
        return body;
    }
}
