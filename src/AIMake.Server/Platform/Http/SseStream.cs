using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;

namespace AIMake.Platform.Http;

/// <summary>One server-sent event.</summary>
/// <param name="Type">Name that listeners subscribe to.</param>
/// <param name="Data">Text; line breaks are allowed.</param>
/// <param name="Id">What the client sends back as <c>Last-Event-ID</c> after a cut; null when it cannot resume there.</param>
internal sealed record SseEvent(string Type, string Data, string? Id = null)
{
    public static SseEvent Json<T>(string type, T data, string? id = null) => new(type, JsonSerializer.Serialize(data, JsonFaults.Stored), id);

    /// <summary>The event as it goes over the wire.</summary>
    /// <exception cref="ArgumentException">A line break in the type or the id would let data pose as fields.</exception>
    public string ToWire()
    {
        if (Type.AsSpan().ContainsAny('\r', '\n') || Id.AsSpan().ContainsAny('\r', '\n', '\0'))
        {
            throw new ArgumentException("Type and id of an event have no line breaks.");
        }

        var wire = new StringBuilder();
        if (Id is not null)
        {
            wire.Append("id: ").Append(Id).Append('\n');
        }

        wire.Append("event: ").Append(Type).Append('\n');
        foreach (var line in Data.ReplaceLineEndings("\n").Split('\n'))
        {
            wire.Append("data: ").Append(line).Append('\n');
        }

        return wire.Append('\n').ToString();
    }
}

/// <summary>
/// An answer of server-sent events: sent as they come, never buffered or compressed, with a comment now and then so that
/// proxies keep the line open. When the server drains it says <c>server_shutting_down</c> and ends; the client comes back
/// with its <c>Last-Event-ID</c>, to another server.
/// </summary>
/// <param name="events">Begins the sequence; its token ends when the client has left or the server drains.</param>
/// <param name="paid">True for a stream that is being paid for: it may go on for <see cref="Drain.Patience"/> into a stop. A feed ends at once.</param>
internal sealed class SseStream(Func<CancellationToken, IAsyncEnumerable<SseEvent>> events, bool paid = false) : IResult
{
    public const string ShuttingDown = "server_shutting_down";
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var services = httpContext.RequestServices;
        var drain = services.GetRequiredService<Drain>();
        var time = services.GetRequiredService<TimeProvider>();
        var ending = paid ? drain.StreamsMustEnd : drain.Begun;

        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no"; // nginx would hold events back
        await SendAsync(response, "retry: 2000\n\n");

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, ending);
        await using var source = events(stop.Token).GetAsyncEnumerator(stop.Token);
        try
        {
            var next = source.MoveNextAsync().AsTask();
            while (true)
            {
                using var beat = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
                var pause = Task.Delay(Heartbeat, time, beat.Token);
                if (await Task.WhenAny(next, pause) == pause && !stop.IsCancellationRequested)
                {
                    await SendAsync(response, ": \n\n");
                    continue;
                }

                await beat.CancelAsync();
                if (!await next)
                {
                    return;
                }

                await SendAsync(response, source.Current.ToWire());
                next = source.MoveNextAsync().AsTask();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            if (!httpContext.RequestAborted.IsCancellationRequested)
            {
                await SendAsync(response, new SseEvent(ShuttingDown, "{}").ToWire());
            }
        }
    }

    private static async Task SendAsync(HttpResponse response, string text)
    {
        await response.WriteAsync(text, response.HttpContext.RequestAborted);
        await response.Body.FlushAsync(response.HttpContext.RequestAborted);
    }
}

/// <summary>Where a client that was cut off wants to go on.</summary>
internal static class LastEventId
{
    public const string Header = "Last-Event-ID";

    /// <summary>The number of the last event seen; null when there is none or it is not one of ours: the client then starts anew.</summary>
    public static long? Of(HttpRequest request) =>
        long.TryParse(request.Headers[Header].ToString(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var id) ? id : null;
}
