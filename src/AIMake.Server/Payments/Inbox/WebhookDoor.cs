using AIMake.Accounts;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using Microsoft.AspNetCore.Mvc;

namespace AIMake.Payments.Inbox;

/// <summary>
/// Where providers bring their events: <c>/api/webhooks/{provider}</c>, and the older spelling <c>/api/webhook/{provider}</c>. The size is
/// capped and packed bodies are refused before anything else, the signature is over the very bytes, and nothing is parsed before it is right.
/// 200 is said after the commit.
/// </summary>
internal static class WebhookDoor
{
    /// <summary>No provider's event comes near it.</summary>
    public const int MostBytes = 1_000_000;

    public static void MapPaymentWebhooks(this IEndpointRouteBuilder app)
    {
        foreach (var reader in app.ServiceProvider.GetServices<IWebhookReader>())
        {
            var name = char.ToUpperInvariant(reader.Provider[0]) + reader.Provider[1..];
            Map($"/api/webhooks/{reader.Provider}", $"{name}Webhook");
            Map($"/api/webhook/{reader.Provider}", $"{name}WebhookOld");

            void Map(string path, string route) => app.MapPost(path, (HttpContext context, WebhookInbox inbox, TimeProvider time, ILogger<WebhookInbox> log, CancellationToken ct) =>
                    ReceiveAsync(reader, context, inbox, time, log, ct))
                .Public().WithTags("Webhooks").WithMetadata(new RequestSizeLimitAttribute(MostBytes))
                .WithName(route).WithSummary($"{name} tells what has happened; the raw body is signed");
        }
    }

    private static async Task<ApiResult<WebhookAnswer>> ReceiveAsync(
        IWebhookReader reader, HttpContext context, WebhookInbox inbox, TimeProvider time, ILogger log, CancellationToken ct)
    {
        if (context.Request.Headers.ContentEncoding.Count > 0)
        {
            return ApiResult.From<WebhookAnswer>(new Fault(FaultCodes.UnsupportedMediaType, "application/json"));
        }

        if (context.Request.ContentLength > MostBytes)
        {
            return ApiResult.From<WebhookAnswer>(new Fault(FaultCodes.BodyTooLarge, MostBytes));
        }

        var body = await RawBody.ReadAsync(context.Request, ct);
        if (!reader.Verify(context.Request.Headers, body, time.GetUtcNow()).TryGet(out var signed, out var fault))
        {
            PaymentsLog.WebhookRefused(log, reader.Provider, fault.Code.Code, body.Length);
            return ApiResult.From<WebhookAnswer>(fault);
        }

        if (!signed.IsForeign)
        {
            await inbox.ReceiveAsync(reader.Provider, signed, body, ct);
        }

        return new WebhookAnswer(true);
    }
}

/// <summary>Thanks.</summary>
/// <param name="Received">Always true: it is kept.</param>
public sealed record WebhookAnswer(bool Received);
