using AIMake.Generations;
using AIMake.Platform.Faults;
using AIMake.Platform.Media;
using AIMake.Platform.Processes;
using AIMake.Platform.Storage;
using AIMake.Providers;

namespace AIMake.Video.Making;

/// <summary>A finished video, durably stored.</summary>
/// <param name="Still">A picture of it; null where none could be made.</param>
internal sealed record KeptVideo(StoredFile File, string MimeType, VideoFacts Facts, StoredFile? Still);

/// <summary>Why what was made could not be taken over this time.</summary>
/// <param name="Detail">For the log.</param>
/// <param name="Blame">The vendor's failure; null where it is ours.</param>
/// <param name="Counts">Whether it uses up one of a few tries; a disk that is full and a file still being made do not.</param>
/// <param name="Final">Another try would not help.</param>
/// <param name="Wait">When to try again; null: soon.</param>
internal sealed record FetchTrouble(string Detail, ProviderFault? Blame = null, bool Counts = true, bool Final = false, TimeSpan? Wait = null)
{
    public Fault Fault(string provider) => Blame is { } blame ? ProviderFaults.ToFault(blame, provider) : new Fault(FaultCodes.GenerationFailed);
}

/// <summary>
/// Fetches what a vendor made, makes sure that it is a whole video, and stores it with a still. A vendor's link is never what
/// is kept, and nothing a vendor sends is believed: neither its type nor its length.
/// </summary>
internal sealed class VideoKeeper(IFileStore files, VideoProbe probe, VideoOptions options)
{
    private static readonly TimeSpan StorageBack = TimeSpan.FromSeconds(30);

    public async Task<(KeptVideo? Video, FetchTrouble? Trouble)> KeepAsync(GenerationRun run, IVideoProvider videos, VideoTask task, CancellationToken ct)
    {
        var path = files.NewTempPath();
        try
        {
            var mime = await SpoolAsync(videos, task, path, ct);
            return mime is null || await probe.LookAsync(path, ct) is not { } facts
                ? (null, Invalid($"{new FileInfo(path).Length} bytes that are no whole video"))
                : (await StoreAsync(run, path, mime, facts, ct), null);
        }
        catch (TooLargeException)
        {
            return (null, Invalid($"over {options.MaxBytes} bytes") with { Final = true });
        }
        catch (ProviderException e) when (e.Fault.Kind == ProviderFaultKind.Unavailable)
        {
            return (null, new FetchTrouble(e.Message, e.Fault, Counts: false, Wait: e.Fault.RetryAfter)); // a finer one is still being made
        }
        catch (ProviderException e)
        {
            return (null, new FetchTrouble($"{e.Fault.Kind} at {e.Fault.Stage}, {e.Fault.Detail}", e.Fault, Wait: e.Fault.RetryAfter));
        }
        catch (FaultException e) when (e.Fault.Code.Party == FaultParty.Us)
        {
            return (null, new FetchTrouble(e.Fault.Code.Code, Counts: false, Wait: e.Fault.RetryAfter ?? StorageBack));
        }
        catch (ChildProcessException e)
        {
            return (null, new FetchTrouble(e.Message, Counts: false, Wait: StorageBack)); // no ffprobe here: the operator's to mend
        }
        catch (IOException e) when ((e.HResult & 0xFFFF) == 28)
        {
            return (null, new FetchTrouble("no space left", Counts: false, Wait: StorageBack));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private async Task<KeptVideo> StoreAsync(GenerationRun run, string path, string mime, VideoFacts facts, CancellationToken ct)
    {
        var still = await StillAsync(run, path, ct);
        var file = await files.PutAsync($"{VideoFiles.Folder}{NameOf(run)}.{(mime == "video/webm" ? "webm" : "mp4")}", path, mime, ct);
        Failpoint.Hit("video.stored");
        return new KeptVideo(file, mime, facts, still);
    }

    /// <returns>What it is by its first bytes; null when it is no video.</returns>
    private async Task<string?> SpoolAsync(IVideoProvider videos, VideoTask task, string path, CancellationToken ct)
    {
        await using var spool = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous);
        await using var made = await videos.FetchAsync(task, VideoVariant.Video, ct);
        var buffer = new byte[128 * 1024];
        var head = Array.Empty<byte>();
        int read;
        for (long length = 0; (read = await made.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct)) > 0;)
        {
            if ((length += read) > options.MaxBytes)
            {
                throw new TooLargeException();
            }

            head = length == read ? buffer[..Math.Min(read, 16)] : head;
            await spool.WriteAsync(buffer.AsMemory(0, read), ct);
        }

        return MadeMedia.MimeType(head) is { } mime && mime.StartsWith("video/", StringComparison.Ordinal) ? mime : null;
    }

    private async Task<StoredFile?> StillAsync(GenerationRun run, string path, CancellationToken ct)
    {
        if (await probe.StillAsync(path, ct) is not { } picture)
        {
            return null;
        }

        var spool = files.NewTempPath();
        try
        {
            await File.WriteAllBytesAsync(spool, picture, ct);
            return await files.PutAsync($"{VideoFiles.Folder}{NameOf(run)}-still.webp", spool, "image/webp", ct);
        }
        finally
        {
            File.Delete(spool);
        }
    }

    /// <summary>Every run writes keys of its own: a file, once named, never changes.</summary>
    private static string NameOf(GenerationRun run) => $"{run.UserId:N}/{run.Id:N}-{run.Epoch}";

    private static FetchTrouble Invalid(string detail) => new(detail, ProviderFaults.Invalid(detail).Fault);

    private sealed class TooLargeException : Exception;
}
