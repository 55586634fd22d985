using AIMake.Accounts;
using AIMake.Accounts.ApiKeys;
using AIMake.Library;
using AIMake.Library.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Platform.Storage;
using AIMake.Speech.Captions;
using AIMake.Speech.Storage;
using Microsoft.AspNetCore.Mvc;

namespace AIMake.Speech.Audios;

/// <summary>The audios of a user: find, rename, download, caption, correct.</summary>
internal static class AudiosEndpoints
{
    public static void MapAudios(this IEndpointRouteBuilder app)
    {
        var audios = app.MapGroup("/api/audios").RequireCaller().RequireScope(ApiKeyScope.Library).WithTags("Audios");
        audios.MapGet("", List).WithName("ListAudios").WithSummary("Audios, newest first");
        audios.MapGet("/{id:guid}", Get).WithName("GetAudio").WithSummary("One audio, with its text");
        audios.MapPut("/{id:guid}", Change).WithName("ChangeAudio").WithSummary("Rename and tag");
        audios.MapDelete("/{id:guid}", Delete).WithName("DeleteAudio").WithSummary("Put into the bin, for thirty days");
        audios.MapPost("/{id:guid}/restore", Restore).WithName("RestoreAudio").WithSummary("Take out of the bin");
        audios.MapMethods("/{id:guid}/download", ["GET", "HEAD"], Download).WithName("DownloadAudio").WithSummary("The file, whole or in ranges");
        audios.MapGet("/{id:guid}/captions.srt", Srt).WithName("GetAudioCaptionsSrt").WithSummary("Captions as SubRip");
        audios.MapGet("/{id:guid}/captions.vtt", Vtt).WithName("GetAudioCaptionsVtt").WithSummary("Captions as WebVTT");
        audios.MapPost("/{id:guid}/edit", Edit).RequireScope(ApiKeyScope.Speech).WithRateClass(RateClass.Paid).WithName("EditAudio").WithSummary("New text: only what changed is spoken and charged")
            .WithMetadata(new RequestSizeLimitAttribute(SpeechOptions.MaxBodyBytes))
            .Produces<Envelope<SpeechAnswer>>(StatusCodes.Status202Accepted);
    }

    private static async Task<ApiResult<Page<AudioView>>> List(
        [AsParameters] AudioParameters parameters, [AsParameters] PageQuery page, CurrentCaller caller, LibraryService library, AssetLinks links,
        HttpRequest request, CancellationToken ct) =>
        LibraryQuery.Parse(SpeechService.AudioKind, parameters.Q, parameters.Tag, null, null, parameters.Deleted, parameters.Sort).TryGet(out var query, out var fault)
            ? ApiResult.From(await library.ListAsync(caller.UserId, query, page, row => AudioView.From(row, links, request), ct))
            : ApiResult.From<Page<AudioView>>(fault);

    private static async Task<ApiResult<AudioView>> Get(
        Guid id, CurrentCaller caller, LibraryService library, Database database, AssetLinks links, HttpRequest request, CancellationToken ct)
    {
        if (!(await library.FindAsync(caller.UserId, id, SpeechService.AudioKind, ct)).TryGet(out var row, out var fault))
        {
            return ApiResult.From<AudioView>(fault);
        }

        var audio = await database.ReadAsync(DbPurpose.Hot, s => SpeechStore.FindAudioAsync(s, caller.UserId, id, ct), ct);
        return AudioView.From(row, links, request, audio?.Text ?? "");
    }

    private static async Task<ApiResult<AudioView>> Change(
        Guid id, AssetChange body, CurrentCaller caller, LibraryService library, AssetLinks links, HttpRequest request, CancellationToken ct) =>
        View(await library.ChangeAsync(caller.UserId, id, SpeechService.AudioKind, body, ct), links, request);

    private static async Task<ApiResult<AudioView>> Delete(
        Guid id, CurrentCaller caller, LibraryService library, AssetLinks links, HttpRequest request, CancellationToken ct) =>
        View(await library.DeleteAsync(caller.UserId, id, SpeechService.AudioKind, ct), links, request);

    private static async Task<ApiResult<AudioView>> Restore(
        Guid id, CurrentCaller caller, LibraryService library, AssetLinks links, HttpRequest request, CancellationToken ct) =>
        View(await library.RestoreAsync(caller.UserId, id, SpeechService.AudioKind, ct), links, request);

    private static async Task<IResult> Download(Guid id, CurrentCaller caller, LibraryService library, IFileStore store, CancellationToken ct) =>
        (await library.FindAsync(caller.UserId, id, SpeechService.AudioKind, ct)).TryGet(out var row, out var fault)
            ? MediaEndpoint.Send(store, row, download: true)
            : ApiResult.From<Done>(fault);

    private static Task<IResult> Srt(Guid id, CurrentCaller caller, LibraryService library, Database database, CancellationToken ct) =>
        CaptionsAsync(id, caller, library, database, CaptionFiles.SrtType, CaptionFiles.ToSrt, ct);

    private static Task<IResult> Vtt(Guid id, CurrentCaller caller, LibraryService library, Database database, CancellationToken ct) =>
        CaptionsAsync(id, caller, library, database, CaptionFiles.VttType, CaptionFiles.ToVtt, ct);

    private static async Task<IResult> CaptionsAsync(
        Guid id, CurrentCaller caller, LibraryService library, Database database, string type, Func<IEnumerable<Caption>, string> write, CancellationToken ct)
    {
        if ((await library.FindAsync(caller.UserId, id, SpeechService.AudioKind, ct)).Fault is { } fault)
        {
            return ApiResult.From<Done>(fault);
        }

        var audio = await database.ReadAsync(DbPurpose.Hot, s => SpeechStore.FindAudioAsync(s, caller.UserId, id, ct), ct);
        return audio is null ? ApiResult.From<Done>(new Fault(FaultCodes.NotFound)) : Results.Text(write(AudioCaptions.Of(audio)), $"{type}; charset=utf-8");
    }

    private static async Task<ApiResult<SpeechAnswer>> Edit(
        Guid id, EditSpeechRequest body, CurrentCaller caller, IdempotencyKey key, SpeechService speech, AssetLinks links, HttpContext context, CancellationToken ct) =>
        SpeechEndpoints.Answer(await speech.EditAsync(caller, id, body, key.Claim, SpeechEndpoints.WaitingOf(context), ct), links, context);

    private static ApiResult<AudioView> View(Outcome<AssetRow> row, AssetLinks links, HttpRequest request) =>
        ApiResult.From(row.Select(r => AudioView.From(r, links, request)));
}

/// <summary>The query of the list of audios.</summary>
public sealed class AudioParameters
{
    /// <summary>Words that must all occur in title, tags or the beginning of the text, at most 200 characters.</summary>
    [FromQuery(Name = "q")]
    public string? Q { get; init; }

    /// <summary>One tag, exactly.</summary>
    [FromQuery(Name = "tag")]
    public string? Tag { get; init; }

    /// <summary><c>newest</c> (default), <c>oldest</c>, <c>title</c> or <c>longest</c>.</summary>
    [FromQuery(Name = "sort")]
    public string? Sort { get; init; }

    /// <summary>True lists the bin instead.</summary>
    [FromQuery(Name = "deleted")]
    public bool? Deleted { get; init; }
}
