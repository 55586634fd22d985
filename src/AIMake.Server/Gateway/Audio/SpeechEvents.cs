using System.Buffers.Text;
using System.Text;
using AIMake.Platform.Outbound;
using Microsoft.AspNetCore.Http.Features;

namespace AIMake.Gateway.Audio;

/// <summary>
/// Turns the sound written to a response into OpenAI's events: <c>speech.audio.delta</c> with base64 in lines that end in CR LF, then
/// <c>speech.audio.done</c> and <c>[DONE]</c>. An answer that is no sound (a refusal) passes as it is.
/// </summary>
internal sealed class SpeechEvents : WriteOnlyPassage
{
    private readonly HttpContext _context;
    private readonly IHttpResponseBodyFeature _original;
    private readonly int _characters;
    private long _bytes;

    private SpeechEvents(HttpContext context, IHttpResponseBodyFeature original, int characters) => (_context, _original, _characters) = (context, original, characters);

    private bool IsSound => _context.Response.StatusCode == StatusCodes.Status200OK;

    /// <summary>Stands between whoever writes the answer and the wire, until disposed.</summary>
    public static SpeechEvents Wrap(HttpContext context, int characters)
    {
        var original = context.Features.Get<IHttpResponseBodyFeature>()!;
        var events = new SpeechEvents(context, original, characters);
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(events, original));
        context.Response.OnStarting(() =>
        {
            if (events.IsSound)
            {
                context.Response.ContentType = "text/event-stream; charset=utf-8";
                context.Response.ContentLength = null;
            }

            return Task.CompletedTask;
        });
        return events;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!IsSound)
        {
            await _original.Stream.WriteAsync(buffer, cancellationToken);
            return;
        }

        if (buffer.IsEmpty)
        {
            return;
        }

        _bytes += buffer.Length;
        var head = "data: {\"type\":\"speech.audio.delta\",\"audio\":\""u8;
        var tail = "\"}\r\n\r\n"u8;
        var line = new byte[head.Length + Base64.GetMaxEncodedToUtf8Length(buffer.Length) + tail.Length];
        head.CopyTo(line);
        Base64.EncodeToUtf8(buffer.Span, line.AsSpan(head.Length), out _, out var written);
        tail.CopyTo(line.AsSpan(head.Length + written));
        await _original.Stream.WriteAsync(line.AsMemory(0, head.Length + written + tail.Length), cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => _original.Stream.FlushAsync(cancellationToken);

    /// <summary>Ends the events where sound has been sent and the connection still stands.</summary>
    public override async ValueTask DisposeAsync()
    {
        _context.Features.Set(_original);
        if (IsSound && _bytes > 0 && !_context.RequestAborted.IsCancellationRequested)
        {
            var usage = $$"""{"input_tokens":{{_characters}},"output_tokens":0,"total_tokens":{{_characters}}}""";
            await _original.Stream.WriteAsync(Encoding.UTF8.GetBytes($"data: {{\"type\":\"speech.audio.done\",\"usage\":{usage}}}\r\n\r\ndata: [DONE]\r\n\r\n"));
        }
    }
}
