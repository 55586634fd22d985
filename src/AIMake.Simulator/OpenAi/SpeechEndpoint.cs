using System.Text.Json;
using AIMake.Simulator.Sound;

namespace AIMake.Simulator.OpenAi;

/// <summary><c>POST /v1/audio/speech</c>: bytes, or events that carry them.</summary>
internal static class SpeechEndpoint
{
    private const int PieceBytes = 4096;

    public static async Task AnswerAsync(OpenAiCall asked)
    {
        var (context, call, faults) = (asked.Context, asked.Booked, asked.Faults);
        var (request, error) = SpeechRequest.Read(await asked.ReadObjectAsync(), asked);
        if (request is null)
        {
            await asked.RefuseAsync(error!);
            return;
        }

        (call.Model, call.Voice) = (request.Model.Id, request.Sound.Voice);
        call.Characters = request.Sound.Text.EnumerateRunes().Count();
        var response = context.Response;
        response.ContentType = request.Events ? "text/event-stream; charset=utf-8" : SpeechFormats.ContentType(request.Sound.Format);
        if (asked.Profile.OwnMedia)
        {
            if (request.Sound.Format == "opus") response.ContentType = "audio/ogg";
            response.Headers.ContentDisposition = $"attachment; filename=speech.{request.Sound.Format}";
        }
        if (faults.Malformed == "json")
        {
            response.ContentType = "application/json";
            await response.WriteAsync("{\"ok\":tru", context.RequestAborted);
            return;
        }
        await response.StartAsync(context.RequestAborted);
        await SendAsync(context, call, faults, request);
    }

    private static async Task SendAsync(HttpContext context, BookedCall call, FaultSetting faults, SpeechRequest request)
    {
        var ct = context.RequestAborted;
        using var spoken = new MemoryStream();
        await foreach (var piece in Pieces(context, faults, request))
        {
            spoken.Write(piece.Span);
            var rest = piece;
            if (faults.SlowMs is { } wait) await Task.Delay(wait, ct);
            if (faults.CutAfterBytes - call.Bytes < rest.Length || faults.CutAfterBytes == 0)
            {
                await WriteAsync(context, call, request, rest[..(int)(faults.CutAfterBytes - call.Bytes)!.Value]);
                call.End = CallEnd.Cut;
                throw new CutException();
            }
            if (faults.StallAfterBytes - call.Bytes < rest.Length)
            {
                await WriteAsync(context, call, request, rest[..(int)(faults.StallAfterBytes - call.Bytes)!.Value]);
                await Task.Delay(Timeout.Infinite, ct);
            }
            await WriteAsync(context, call, request, rest);
        }
        context.RequestServices.GetRequiredService<SpokenMemory>().Remember(request.Sound, spoken.ToArray());
        if (request.Events) await EndEventsAsync(context.Response, call, faults, ct);
    }

    private static IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces(HttpContext context, FaultSetting faults, SpeechRequest request)
    {
        var instead = faults.Malformed switch
        {
            "empty" => [],
            "oddByte" => new byte[1001],
            "badWav" => "RIFF????WAVEfmt \u0010\0\0\0\u0055\0\u0001\0"u8.ToArray(),
            _ => (byte[]?)null,
        };
        return instead is not null
            ? new ReadOnlyMemory<byte>[] { instead }.ToAsyncEnumerable()
            : context.RequestServices.GetRequiredService<SoundMaker>().MakeAsync(request.Sound, faults.PieceBytes ?? PieceBytes, context.RequestAborted);
    }

    private static async Task WriteAsync(HttpContext context, BookedCall call, SpeechRequest request, ReadOnlyMemory<byte> sound)
    {
        var ct = context.RequestAborted;
        if (request.Events) await WriteEventAsync(context.Response, new { type = "speech.audio.delta", audio = Convert.ToBase64String(sound.Span) }, ct);
        else await context.Response.Body.WriteAsync(sound, ct);
        await context.Response.Body.FlushAsync(ct);
        call.Bytes += sound.Length;
    }

    private static async Task EndEventsAsync(HttpResponse response, BookedCall call, FaultSetting faults, CancellationToken ct)
    {
        if (faults.Malformed == "sseError")
        {
            await WriteEventAsync(response, new { error = new { message = "The server had an error.", type = "server_error", param = (string?)null, code = (string?)null } }, ct);
            return;
        }
        var input = 2 + call.Characters / 4;
        var output = (int)(call.Bytes / 2400) + 1;
        await WriteEventAsync(response, new { type = "speech.audio.done", usage = new { input_tokens = input, output_tokens = output, total_tokens = input + output } }, ct);
        await response.WriteAsync("data: [DONE]\r\n\r\n", ct);
    }

    /// <summary>Audio events end their lines with CR and LF, unlike those of chat.</summary>
    private static Task WriteEventAsync(HttpResponse response, object data, CancellationToken ct) =>
        response.WriteAsync($"data: {JsonSerializer.Serialize(data)}\r\n\r\n", ct);
}
