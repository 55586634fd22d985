using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AIMake.Accounts;
using AIMake.Catalog;
using AIMake.Credits;
using AIMake.Generations;
using AIMake.Library;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Platform.Storage;
using AIMake.Providers;
using AIMake.Providers.Routing;
using AIMake.Video.Making;
using AIMake.Video.Storage;

namespace AIMake.Video;

/// <summary>A video as its owner sees it.</summary>
/// <param name="Provider">Who makes it, or is expected to.</param>
/// <param name="IsOrdered">Whether a vendor has taken it.</param>
/// <param name="Work">How it stands; <see cref="GenerationView.Error"/> where it went wrong.</param>
internal sealed record VideoView(Guid Id, string Model, string Provider, string Prompt, int? Seconds, string? Size, bool IsOrdered, DateTimeOffset CreatedAt, GenerationView Work)
{
    public bool HasEnded => Work.FinishedAt is not null;

    /// <summary>What it cost, or what is set aside while that is open.</summary>
    public Micro Credits => HasEnded ? Work.Credits : Work.Ceiling;
}

/// <param name="Items">In the order asked for.</param>
/// <param name="Last">The video it goes on after, which may itself have gone to the bin; null for an empty page.</param>
/// <param name="HasMore">Whether others follow.</param>
internal sealed record VideoPage(IReadOnlyList<VideoView> Items, Guid? Last, bool HasMore);

/// <summary>A file of a video, ready to be sent.</summary>
internal sealed record VideoBytes(IResult Answer);

/// <summary>Which file of a video.</summary>
internal enum VideoFile
{
    Video,
    Thumbnail,
}

/// <summary>
/// The story of a video's order: check and price it, keep its first frame, start the work with its money; and what its owner does with
/// it later. How it is made is told by <see cref="VideoHandler"/>.
/// </summary>
internal sealed class VideoService(
    VideoPlanner planner, IGenerations generations, LibraryService library, IFileStore files, IOwnKeys ownKeys, Database database, LooseTasks loose, TimeProvider time)
{
    public const string AssetKind = "video";

    /// <param name="own">Whether it is to be made with the caller's own provider key.</param>
    /// <param name="key">An <c>Idempotency-Key</c>: the same order under it is the same video.</param>
    public async Task<Outcome<VideoView>> StartAsync(CurrentCaller caller, VideoAsk ask, bool own, IdempotencyClaim? key, string language, CancellationToken ct)
    {
        if (!planner.Plan(ask, own).TryGet(out var plan, out var fault))
        {
            return fault;
        }

        if (await RefusalAsync(caller, plan, ask.Frame, ct) is { } refusal)
        {
            return refusal;
        }

        var id = Guid.CreateVersion7(time.GetUtcNow());
        var work = ask.Frame is { } frame ? plan.Work with { Frame = await KeepAsync(caller.UserId, id, frame, ct) } : plan.Work;
        var order = VideoProduct.ToOrder(id, caller.UserId, work, plan.Model.Provider).By(caller, time.GetUtcNow()) with
        {
            Idempotency = key is null ? null : key with { RequestHash = Digest(ask, own) },
        };
        var started = await generations.StartAsync(order, ct);
        if (work.Frame is { } unused && (!started.Ok || started.Value.Replayed))
        {
            await files.DeleteAsync(unused.Key, CancellationToken.None);
        }

        return started.Fault is { } refused ? refused : await FindAsync(caller.UserId, started.Value.Id, language, ct);
    }

    public async Task<Outcome<VideoView>> FindAsync(Guid userId, Guid id, string language, CancellationToken ct) =>
        await database.ReadAsync(DbPurpose.Hot, s => VideoStore.FindAsync(s, userId, id, ct), ct) is { } row
        && (await ViewsAsync(userId, [row], language, ct)) is [var view]
            ? view
            : new Fault(FaultCodes.NotFound);

    /// <param name="after">The last video of the page before; null for the first page.</param>
    public async Task<Outcome<VideoPage>> ListAsync(Guid userId, Guid? after, bool oldestFirst, int limit, string language, CancellationToken ct)
    {
        if (after is { } id && !await database.ReadAsync(DbPurpose.Hot, s => VideoStore.ExistsAsync(s, userId, id, ct), ct))
        {
            return new Fault(FaultCodes.CursorInvalid) { Field = "after" };
        }

        var rows = await database.ReadAsync(DbPurpose.Hot, s => VideoStore.ListAsync(s, userId, after, oldestFirst, limit + 1, ct), ct);
        VideoRow[] shown = [.. rows.Take(limit)];
        return new VideoPage(await ViewsAsync(userId, shown, language, ct), shown.LastOrDefault()?.Id, rows.Count > limit);
    }

    /// <summary>The bytes, with ranges. Faults: NOT_FOUND, and INVALID_REQUEST for one that is not finished.</summary>
    public async Task<Outcome<VideoBytes>> OpenAsync(Guid userId, Guid id, VideoFile which, CancellationToken ct)
    {
        if (!(await FindAsync(userId, id, "en", ct)).TryGet(out var video, out var fault))
        {
            return fault;
        }

        if (video.Work.Status != GenerationStatus.Succeeded)
        {
            return Fault.Invalid(new Said("the video is not there: ask how it stands first", "视频尚未生成，请先查询其状态"));
        }

        if (!(await library.FindAsync(userId, id, AssetKind, ct)).TryGet(out var asset, out fault))
        {
            return fault;
        }

        if (which == VideoFile.Video)
        {
            return new VideoBytes(MediaEndpoint.Send(files, asset, download: false));
        }

        var row = await database.ReadAsync(DbPurpose.Hot, s => VideoStore.FindAsync(s, userId, id, ct), ct);
        return row?.StillKey is { } still
            ? new VideoBytes(new MediaResult(files, new StoredFile(still, row.StillBytes!.Value, row.StillSha256!), "image/webp", $"{asset.Title}.webp") { Download = false })
            : new Fault(FaultCodes.NotFound);
    }

    /// <summary>
    /// Takes a video off its owner's list: a finished one lies in the bin for thirty days, one that is being made is canceled and
    /// costs nothing.
    /// </summary>
    public async Task<Outcome<Done>> DeleteAsync(CurrentCaller caller, Guid id, string language, CancellationToken ct)
    {
        if (!(await FindAsync(caller.UserId, id, language, ct)).TryGet(out var video, out var fault))
        {
            return fault;
        }

        if (!video.HasEnded)
        {
            var canceled = await generations.CancelAsync(caller, id, language, ct);
            if (canceled.Fault is { } kept && kept.Code != FaultCodes.GenerationNotCancelable)
            {
                return kept;
            }

            await loose.LetGoAsync(caller.UserId, id, ct);
        }

        // It may have been finished in the meantime: then there is something to put into the bin.
        if ((await library.DeleteAsync(caller.UserId, id, AssetKind, ct)).Ok)
        {
            return Done.Value;
        }

        return await database.TransactAsync(DbPurpose.Hot, s => VideoStore.RemoveAsync(s, caller.UserId, id, ct), ct) ? Done.Value : new Fault(FaultCodes.NotFound);
    }

    /// <summary>Why work is not even begun.</summary>
    private async Task<Fault?> RefusalAsync(CurrentCaller caller, VideoPlan plan, MediaInput? frame, CancellationToken ct)
    {
        if (!caller.MayUse(plan.Model.Id))
        {
            return CurrentCaller.ModelNotAllowed(plan.Model.Id);
        }

        if (frame is { } picture && (picture.Bytes.Length > VideoOptions.LargestFrame || MadeMedia.MimeType(picture.Bytes.Span) is not ("image/png" or "image/jpeg" or "image/webp")))
        {
            return Fault.Invalid("input_reference", new Said("a PNG, JPEG or WebP of at most 10 MB", "须为不超过 10 MB 的 PNG、JPEG 或 WebP 图片"));
        }

        if (plan.Work.OwnKey && await OwnKeyFaultAsync(caller.UserId, plan.Model, ct) is { } keyless)
        {
            return keyless;
        }

        return files.HasRoom ? null : new Fault(FaultCodes.StorageFull) { RetryAfter = TimeSpan.FromSeconds(30) };
    }

    /// <summary>Null when one of the model's routes can be taken with a key of the user's own.</summary>
    private async Task<Fault?> OwnKeyFaultAsync(Guid userId, Model model, CancellationToken ct)
    {
        var refused = false;
        foreach (var route in ModelRoutes.Of(model))
        {
            if (await ownKeys.FindAsync(userId, route.Provider, ct) is not null)
            {
                return null;
            }

            refused |= await ownKeys.IsRefusedAsync(userId, route.Provider, ct);
        }

        return new Fault(refused ? FaultCodes.OwnKeyRefused : FaultCodes.OwnKeyMissing, model.Provider);
    }

    private async Task<StoredFrame> KeepAsync(Guid userId, Guid id, MediaInput frame, CancellationToken ct)
    {
        var mime = MadeMedia.MimeType(frame.Bytes.Span)!;
        var spool = files.NewTempPath();
        try
        {
            await File.WriteAllBytesAsync(spool, frame.Bytes, ct);
            return StoredFrame.Of(await files.PutAsync($"{VideoFiles.Folder}{userId:N}/{id:N}-frame.{mime["image/".Length..]}", spool, mime, ct), mime);
        }
        finally
        {
            File.Delete(spool);
        }
    }

    /// <summary>What is in the bin, or gone from it, is not there.</summary>
    private async Task<IReadOnlyList<VideoView>> ViewsAsync(Guid userId, IReadOnlyList<VideoRow> rows, string language, CancellationToken ct)
    {
        var works = (await generations.FindManyAsync(userId, [.. rows.Select(r => r.Id)], ct, language)).ToDictionary(w => w.Id);
        return
        [
            .. from row in rows
               where works.ContainsKey(row.Id)
               let work = works[row.Id]
               where work.Status != GenerationStatus.Succeeded || work.Assets.Count > 0
               select new VideoView(row.Id, row.Model, row.Provider ?? work.Provider, row.Prompt, row.Seconds, row.Size, row.TaskId is not null, row.CreatedAt, work),
        ];
    }

    /// <summary>What makes two orders the same one: all that was asked for, however it was written.</summary>
    private static byte[] Digest(VideoAsk ask, bool own)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(
            new { ask.Model, ask.Prompt, ask.Seconds, ask.Size, Options = ask.Options?.OrderBy(o => o.Key, StringComparer.Ordinal), own, work = "video" }));
        hash.AppendData(ask.Frame is { } frame ? frame.Bytes.Span : Encoding.ASCII.GetBytes("none"));
        return hash.GetHashAndReset();
    }
}
