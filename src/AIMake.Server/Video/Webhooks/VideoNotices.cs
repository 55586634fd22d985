using System.Text.Json;
using AIMake.Accounts;
using AIMake.Generations;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Providers.Kie;
using AIMake.Providers.Routing;
using AIMake.Providers.Synthesia;
using AIMake.Video.Storage;
using Microsoft.AspNetCore.Mvc;

namespace AIMake.Video.Webhooks;

/// <summary>
/// Notices of vendors. One that is genuine makes the next question about its task due now, and does nothing else: what it says of the
/// outcome is not read. Twice, late, out of order or about a task nobody knows, it is thanked for and changes nothing.
/// </summary>
internal static class VideoNotices
{
    private const int MostBytes = 256 * 1024;

    public static void MapVideoNotices(this IEndpointRouteBuilder app)
    {
        var notices = app.MapGroup("/api/webhooks").Public().WithTags("Webhooks").WithMetadata(new RequestSizeLimitAttribute(MostBytes));
        notices.MapPost("/kie/{id}/{token}", Kie).WithName("KieNotice").WithSummary("kie.ai tells that a task has ended");
        notices.MapPost("/synthesia", Synthesia).WithName("SynthesiaNotice").WithSummary("Synthesia tells that a video has ended");
    }

    private static async Task<ApiResult<NoticeAnswer>> Kie(
        string id, string token, HttpContext context, VideoCallbacks callbacks, VideoWakes wakes, IKnownProviders providers, TimeProvider time, ILogger<VideoService> log, CancellationToken ct)
    {
        var body = await RawBody.ReadAsync(context.Request, ct);
        if (!Guid.TryParseExact(id, "N", out var video) || !callbacks.IsTokenOf(video, token))
        {
            return Refuse(log, "kie", "token");
        }

        if (KieCallback.Read(body) is not { } notice)
        {
            return Refuse(log, "kie", "body");
        }

        // Where notices are signed, too, an address that leaked is not enough.
        var secrets = SecretsOf(providers, "kie", KieVendor.NoticeKeySetting);
        var headers = context.Request.Headers;
        return secrets.Count > 0 && !secrets.Any(s => KieCallback.IsSigned(notice.TaskId, One(headers[KieCallback.TimestampHeader]), One(headers[KieCallback.SignatureHeader]), s, time.GetUtcNow()))
            ? Refuse(log, "kie", "signature")
            : new NoticeAnswer(await wakes.WakeAsync(video, notice.TaskId, ct));
    }

    private static async Task<ApiResult<NoticeAnswer>> Synthesia(
        HttpContext context, VideoWakes wakes, IKnownProviders providers, TimeProvider time, ILogger<VideoService> log, CancellationToken ct)
    {
        var body = await RawBody.ReadAsync(context.Request, ct);
        var headers = context.Request.Headers;
        var (timestamp, signature) = (One(headers[SynthesiaWebhook.TimestampHeader]), One(headers[SynthesiaWebhook.SignatureHeader]));
        var verdicts = SecretsOf(providers, "synthesia", SynthesiaVendor.NoticeSecretSetting)
            .Select(s => SynthesiaWebhook.Verify(s, timestamp, signature, body, time.GetUtcNow())).DefaultIfEmpty(WebhookVerdict.NotConfigured).ToList();
        return !verdicts.Contains(WebhookVerdict.Genuine) ? Refuse(log, "synthesia", $"{verdicts[0]}")
            : TaskOf(body) is not { } task ? new NoticeAnswer(false)
            : new NoticeAnswer(await wakes.WakeAsync("synthesia", task, ct));
    }

    /// <summary><c>data.id</c> of an event; null for events about something else.</summary>
    private static string? TaskOf(byte[] body)
    {
        try
        {
            using var notice = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 32 });
            return notice.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object
                && data.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String && id.GetString() is { } task && SynthesiaVideo.IsId(task) ? task : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static IReadOnlyList<string> SecretsOf(IKnownProviders providers, string vendor, string setting) =>
        [.. providers.Names.Select(providers.Find).OfType<KnownProvider>().Where(p => p.Vendor.Type == vendor).Select(p => p.Settings.GetValueOrDefault(setting)).OfType<string>()];

    private static string? One(Microsoft.Extensions.Primitives.StringValues header) => header.Count == 1 ? header[0] : null;

    /// <summary>Whoever forges is not told how far they came.</summary>
    private static ApiResult<NoticeAnswer> Refuse(ILogger log, string vendor, string why)
    {
        VideoLog.NoticeRefused(log, vendor, why);
        return ApiResult.From<NoticeAnswer>(new Fault(FaultCodes.Forbidden));
    }
}

/// <param name="Hurried">Whether a task was waiting to be asked about.</param>
public sealed record NoticeAnswer(bool Hurried);

/// <summary>Finds the video a notice is about and has its vendor asked now.</summary>
internal sealed class VideoWakes(Database database, IGenerations generations, IKnownProviders providers)
{
    /// <summary>The notice came to the address of one video, and names its task.</summary>
    public async Task<bool> WakeAsync(Guid video, string taskId, CancellationToken ct) =>
        await database.ReadAsync(DbPurpose.Admin, s => VideoStore.TaskOfAsync(s, video, taskId, ct), ct) is { } row && await generations.WakeAsync(row.UserId, row.Id, ct);

    /// <summary>The notice came to an address of all, and names a task.</summary>
    public async Task<bool> WakeAsync(string vendor, string taskId, CancellationToken ct)
    {
        string[] names = [.. providers.Names.Where(n => providers.Find(n)?.Vendor.Type == vendor)];
        var woken = false;
        foreach (var row in await database.ReadAsync(DbPurpose.Admin, s => VideoStore.OfTaskAsync(s, taskId, names, ct), ct))
        {
            woken |= await generations.WakeAsync(row.UserId, row.Id, ct);
        }

        return woken;
    }
}
