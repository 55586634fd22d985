using System.Diagnostics;
using System.Text.Json;
using AIMake.Generations;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Platform.Media;
using AIMake.Platform.Storage;
using AIMake.Providers;
using AIMake.Speech.Storage;
using AIMake.Speech.Takes;

namespace AIMake.Speech;

/// <summary>
/// Speaks ordered texts. A run reads its order, looks up what of it was spoken before, lets <see cref="SpeechTake"/> make the
/// file in a spool, stores the file, and only then answers with the rows that name it.
/// </summary>
internal sealed class SpeechHandler(
    SpeechPlanner planner, SegmentSpeaker speaker, AudioEncoders encoders, FinishedFiles finished, IFileStore files, Database database, TakeRecorder recorder, SpeechOptions options,
    ILogger<SpeechHandler> log)
    : IGenerationHandler
{
    public string Kind => SpeechWork.Kind;

    public async Task<RunResult> RunAsync(GenerationRun run, CancellationToken ct)
    {
        var work = run.Request.Deserialize<SpeechWork>(JsonFaults.Stored)!;
        if (!planner.Replan(work).TryGet(out var plan, out var gone))
        {
            return new RunResult.Failed(gone);
        }

        var path = files.NewTempPath();
        try
        {
            await using var spool = OpenSpool(path);
            return await RunAsync(run, plan, spool, path, ct);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Speaks into <paramref name="output"/>, which fills the spool file, and stores that.</summary>
    /// <param name="listener">Ends when whoever hears it live has left.</param>
    public async Task<RunResult> RunAsync(
        GenerationRun run, SpeechPlan plan, Stream output, string spool, CancellationToken ct, CancellationToken listener = default)
    {
        var begun = Stopwatch.GetTimestamp();
        try
        {
            var digests = plan.Segments.Select(s => s.Digest).Distinct().ToList();
            var kept = await database.ReadAsync(DbPurpose.Jobs, s => SpeechStore.FindSegmentsAsync(s, run.UserId, digests, ct), ct);
            using var speaking = new SpeechTake(run, plan, kept, speaker, encoders, files, options);
            var take = await speaking.RunAsync(output, ct, listener);
            if (take.Timeline.Count == 0)
            {
                return new RunResult.Failed(new Fault(listener.IsCancellationRequested ? FaultCodes.GenerationCanceled : FaultCodes.TextEmpty));
            }

            if (take.Audio is not { } audio)
            {
                SpeechLog.ListenerLeft(log, run.Id, take.Charged.Count);
                return recorder.End(run, plan, take, file: null, Stopwatch.GetElapsedTime(begun));
            }

            run.Report(0.98, "storing");
            await output.DisposeAsync();
            await finished.FinishAsync(SpeechFormats.Of(plan.Work.Format), spool, ct);
            var stored = await files.PutAsync(KeyOf(run, plan), spool, SpeechFormats.FileMimeType(plan.Work.Format), ct);
            SpeechLog.Done(log, run.Id, plan.Segments.Count, take.Charged.Count(c => c), audio.Duration.TotalSeconds, (long)Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            return recorder.End(run, plan, take, stored, Stopwatch.GetElapsedTime(begun));
        }
        catch (ProviderException e)
        {
            var provider = plan.Offer.Voice.Provider;
            SpeechLog.ProviderFailed(log, run.Id, provider, e.Message);
            var fault = ProviderFaults.ToFault(e.Fault, provider, plan.Work.OwnKey);
            return e.Fault.Retryable ? new RunResult.Retry(fault) : new RunResult.Failed(fault);
        }
        catch (MediaException e)
        {
            SpeechLog.EncoderFailed(log, run.Id, e.Message);
            return new RunResult.Retry(new Fault(FaultCodes.GenerationFailed));
        }
        catch (IOException e) when ((e.HResult & 0xFFFF) == 28)
        {
            return new RunResult.Retry(new Fault(FaultCodes.StorageFull) { RetryAfter = TimeSpan.FromSeconds(30) });
        }
    }

    public static FileStream OpenSpool(string path) => new(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.Asynchronous);

    /// <summary>Every run writes a key of its own: a file, once named, never changes.</summary>
    private static string KeyOf(GenerationRun run, SpeechPlan plan) =>
        $"audio/{run.UserId:N}/{plan.Work.AssetId:N}-{run.Id:N}-{run.Epoch}.{SpeechFormats.Of(plan.Work.Format).Extension()}";
}
