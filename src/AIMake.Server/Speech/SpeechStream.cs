using AIMake.Accounts;
using AIMake.Generations;
using AIMake.Library;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Platform.Media;
using AIMake.Platform.Storage;
using AIMake.Speech.Takes;
using Microsoft.AspNetCore.Http.Features;

namespace AIMake.Speech;

/// <summary>
/// Sends the audio while it is made. Before the first byte a failure is an ordinary answer; after it, the connection is cut, so
/// that nobody takes a part for the whole. When the listener leaves, speaking stops, what was produced is charged and kept, and
/// costs nothing when the same text is asked for again.
/// </summary>
internal static class SpeechStream
{
    public const string GenerationHeader = "X-AIMake-Generation-Id";

    /// <summary>For requests of another shape: as <see cref="Open"/>, and writes the whole answer, a refusal included.</summary>
    /// <param name="claim">Its idempotency key, claimed for the body as it came.</param>
    public static async Task SendAsync(HttpContext context, CurrentCaller caller, SpeechRequest body, IdempotencyClaim? claim, CancellationToken ct)
    {
        var services = context.RequestServices;
        var result = await Open(
            body, caller, IdempotencyKey.Of(claim), services.GetRequiredService<SpeechService>(), services.GetRequiredService<SpeechHandler>(),
            services.GetRequiredService<IGenerations>(), services.GetRequiredService<LibraryService>(), services.GetRequiredService<IFileStore>(), context, ct);
        await result.ExecuteAsync(context);
    }

    public static async Task<IResult> Open(
        SpeechRequest body, CurrentCaller caller, IdempotencyKey key, SpeechService speech, SpeechHandler handler, IGenerations generations,
        LibraryService library, IFileStore files, HttpContext context, CancellationToken ct)
    {
        if (!(await speech.StartStreamAsync(caller, body, key.Claim, ct)).TryGet(out var start, out var fault))
        {
            return ApiResult.From<Done>(fault);
        }

        var (started, plan, quote) = start;
        context.Response.Headers[GenerationHeader] = started.Id.ToString();
        if (started.Replayed)
        {
            return await ReplayAsync(caller.UserId, started.Id, SpeechFormats.Of(plan.Work.Format), generations, library, files, ct);
        }

        CreditsHeader.Set(context, quote.Credits);
        context.Response.ContentType = SpeechFormats.MimeType(plan.Work.Format);
        context.Response.Headers.CacheControl = "no-store";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var view = await generations.RunInlineAsync(started.Id, (run, stop) => RunAsync(run, plan, handler, files, context, stop), CancellationToken.None);
        if (view.Status is GenerationStatus.Succeeded)
        {
            return Results.Empty;
        }

        if (context.Response.HasStarted)
        {
            context.Abort();
            return Results.Empty;
        }

        context.Response.Headers.Remove(CreditsHeader.Name);
        return ApiResult.From<Done>(SpeechService.FaultOf(view.Error));
    }

    private static async Task<RunResult> RunAsync(
        GenerationRun run, SpeechPlan plan, SpeechHandler handler, IFileStore files, HttpContext context, CancellationToken stop)
    {
        using var listener = CancellationTokenSource.CreateLinkedTokenSource(stop, context.RequestAborted);
        var path = files.NewTempPath();
        try
        {
            await using var output = new TeeStream(SpeechHandler.OpenSpool(path), context.Response.Body, listener.Token);
            return await handler.RunAsync(run, plan, output, path, CancellationToken.None, listener.Token);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The same key again: the finished take, or word that the first request is still at it.</summary>
    private static async Task<IResult> ReplayAsync(
        Guid userId, Guid id, AudioFormat format, IGenerations generations, LibraryService library, IFileStore files, CancellationToken ct)
    {
        var view = await generations.FindAsync(userId, id, ct);
        if (view?.Status is GenerationStatus.Queued or GenerationStatus.Running)
        {
            return ApiResult.From<Done>(new Fault(FaultCodes.IdempotencyInProgress) { RetryAfter = TimeSpan.FromSeconds(1) });
        }

        if (view is null or { Status: not GenerationStatus.Succeeded })
        {
            return ApiResult.From<Done>(SpeechService.FaultOf(view?.Error));
        }

        return !(await library.FindAsync(userId, id, SpeechService.AudioKind, ct)).TryGet(out var row, out var fault) ? ApiResult.From<Done>(fault)
            : format is AudioFormat.Pcm ? new BareSamples(new StoredFileStream(files, new StoredFile(row.FileKey, row.Bytes, row.Sha256), ct))
            : MediaEndpoint.Send(files, row, download: false);
    }

    /// <summary>The samples of a kept WAV, as they were streamed.</summary>
    private sealed class BareSamples(Stream wav) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            await using var samples = wav;
            samples.Position = WavEncoder.HeaderLength;
            httpContext.Response.ContentType = AudioFormat.Pcm.MimeType();
            httpContext.Response.ContentLength = samples.Length - samples.Position;
            await samples.CopyToAsync(httpContext.Response.Body, httpContext.RequestAborted);
        }
    }
}
