using AIMake.Accounts;
using AIMake.Accounts.ApiKeys;
using AIMake.Gateway.Calls;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Video;
using Microsoft.AspNetCore.Mvc;

namespace AIMake.Gateway.Videos;

/// <summary>
/// <c>/v1/videos</c> in OpenAI's shapes: the work itself is the Video product's, with a hold, a receipt and a place in the library like what
/// is made in the studio. Every answer about one video says what it cost or has set aside, and who makes it.
/// </summary>
internal static class VideosApi
{
    private const int DefaultLimit = 20;
    private const int MostLimit = 100;

    public static void MapVideosV1(this IEndpointRouteBuilder app, long maxBodyBytes)
    {
        const ApiKeyScope looking = ApiKeyScope.Videos | ApiKeyScope.Library;
        var videos = app.MapGroup("/v1/videos").RequireCaller().WithTags("OpenAI-compatible");
        videos.MapPost("", Create).ChecksKeyHeader().RequireScope(ApiKeyScope.Videos).WithRateClass(RateClass.Paid).WithMetadata(new RequestSizeLimitAttribute(maxBodyBytes))
            .WithName("CreateVideo").WithSummary("Video from words, a first frame or a script; ask for it until it is completed").Produces<VideoItem>();
        videos.MapGet("", List).RequireScope(looking).WithName("ListVideosV1").WithSummary("Videos, newest first unless asked otherwise").Produces<VideoItemList>();
        videos.MapGet("/{id}", Get).RequireScope(looking).WithName("GetVideoV1").WithSummary("How a video stands").Produces<VideoItem>();
        videos.MapMethods("/{id}/content", ["GET", "HEAD"], Content).RequireScope(looking).WithName("GetVideoContentV1").WithSummary("A finished video, or a still of it; ranges work")
            .Produces(StatusCodes.Status200OK, contentType: "video/mp4");
        videos.MapDelete("/{id}", Delete).RequireScope(looking).WithName("DeleteVideoV1").WithSummary("Put a finished video into the bin, or cancel one that is being made")
            .Produces<VideoItemDeleted>();
    }

    private static async Task<IResult> Create(HttpContext context, CurrentCaller caller, IdempotencyKey key, VideoService videos)
    {
        if (!(await VideoOrderBody.ReadAsync(context)).TryGet(out var ask, out var fault))
        {
            return new FaultResult(fault);
        }

        return Answer(context, await videos.StartAsync(caller, ask, CallHeaders.WantsOwnKey(context), key.Claim, RequestLanguage.Of(context), context.RequestAborted));
    }

    private static async Task<IResult> Get(string id, HttpContext context, CurrentCaller caller, VideoService videos, CancellationToken ct) =>
        Answer(context, VideoItem.Read(id) is { } video ? await videos.FindAsync(caller.UserId, video, RequestLanguage.Of(context), ct) : new Fault(FaultCodes.NotFound));

    private static async Task<IResult> List(
        HttpContext context, CurrentCaller caller, VideoService videos, CancellationToken ct, string? after = null, string? limit = null, string? order = null)
    {
        if (!Take(limit).TryGet(out var take, out var fault) || !Direction(order).TryGet(out var oldestFirst, out fault) || !After(after).TryGet(out var from, out fault)
            || !(await videos.ListAsync(caller.UserId, from, oldestFirst, take, RequestLanguage.Of(context), ct)).TryGet(out var page, out fault))
        {
            return new FaultResult(fault);
        }

        VideoItem[] items = [.. page.Items.Select(VideoItem.Of)];
        return Results.Ok(new VideoItemList("list", items, items.FirstOrDefault()?.Id, page.Last is { } last ? VideoItem.IdOf(last) : null, page.HasMore));
    }

    private static async Task<IResult> Content(string id, CurrentCaller caller, VideoService videos, CancellationToken ct, string? variant = null)
    {
        if (variant is not (null or "video" or "thumbnail"))
        {
            return new FaultResult(Fault.Invalid("variant", Said.OneOf("video", "thumbnail")));
        }

        var found = VideoItem.Read(id) is { } video
            ? await videos.OpenAsync(caller.UserId, video, variant == "thumbnail" ? VideoFile.Thumbnail : VideoFile.Video, ct)
            : new Fault(FaultCodes.NotFound);
        return found.TryGet(out var bytes, out var fault) ? bytes.Answer : new FaultResult(fault);
    }

    private static async Task<IResult> Delete(string id, HttpContext context, CurrentCaller caller, VideoService videos, CancellationToken ct)
    {
        var gone = VideoItem.Read(id) is { } video ? await videos.DeleteAsync(caller, video, RequestLanguage.Of(context), ct) : new Fault(FaultCodes.NotFound);
        return gone.Fault is { } fault ? new FaultResult(fault) : Results.Ok(new VideoItemDeleted(id, "video.deleted", true));
    }

    private static IResult Answer(HttpContext context, Outcome<VideoView> outcome)
    {
        if (!outcome.TryGet(out var video, out var fault))
        {
            return new FaultResult(fault);
        }

        CreditsHeader.Set(context, video.Credits);
        context.Response.Headers[CallHeaders.Provider] = video.Provider;
        return Results.Ok(VideoItem.Of(video));
    }

    private static Outcome<int> Take(string? limit) =>
        limit is null ? DefaultLimit : int.TryParse(limit, out var take) && take is >= 1 and <= MostLimit ? take : new Fault(FaultCodes.FieldOutOfRange, "limit", 1, MostLimit) { Field = "limit" };

    private static Outcome<bool> Direction(string? order) => order switch
    {
        null or "desc" => false,
        "asc" => true,
        _ => Fault.Invalid("order", Said.OneOf("asc", "desc")),
    };

    private static Outcome<Guid?> After(string? after) =>
        after is null ? (Guid?)null : VideoItem.Read(after) is { } id ? id : new Fault(FaultCodes.CursorInvalid) { Field = "after" };

    /// <summary>A refusal in OpenAI's shape.</summary>
    private sealed class FaultResult(Fault fault) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => FaultWriter.WriteAsync(httpContext, fault);
    }
}
