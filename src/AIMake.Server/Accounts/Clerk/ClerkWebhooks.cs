using System.Text.Json;
using AIMake.Accounts.Jwt;
using AIMake.Accounts.Profile;
using AIMake.Accounts.Storage;
using AIMake.Accounts.Tokens;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Accounts.Clerk;

/// <summary>
/// Takes Clerk's notices: (1) the body as it came, (2) its signature and time, (3) once only, by its id, in the transaction of (4) what it
/// changes. Notices nobody here needs are answered as well, or Clerk would send them for days.
/// </summary>
internal sealed class ClerkWebhooks(ClerkOptions options, ClerkUsers users, TimeProvider clock, ILogger<ClerkWebhooks> log)
{
    private const int MaxType = 100;

    public async Task<Outcome<Done>> TakeAsync(byte[] body, IHeaderDictionary headers, CancellationToken ct)
    {
        if (!options.IsOn || options.WebhookSigningSecret is not { Length: > 0 } secret || SvixSignature.KeyOf(secret) is not { } key)
        {
            return new Fault(FaultCodes.WebhookNotConfigured, "Clerk");
        }

        if (!SvixSignature.Check(key, headers, body, clock.GetUtcNow()).TryGet(out var id, out var forged))
        {
            return forged;
        }

        if (SmallJson.Read(body) is not { ValueKind: JsonValueKind.Object } notice || notice.Text("type") is not { Length: > 0 and <= MaxType } type)
        {
            return new Fault(FaultCodes.MalformedJson);
        }

        var data = notice.TryGetProperty("data", out var value) ? value : default;
        var deleted = type == "user.deleted" && data.ValueKind == JsonValueKind.Object && data.Text("id") is { Length: > 0 and <= 255 } subject ? subject : null;
        var prepared = deleted is null ? null : await users.PrepareToBuryAsync(deleted, ct);
        Guid? removed = null;
        await users.RepeatAsync(
            async session =>
            {
                if (!await ClerkStore.HearAsync(session, id, type, clock.GetUtcNow(), ct))
                {
                    return;
                }

                switch (type)
                {
                    case "user.created" or "user.updated" when ClerkProfile.From(data) is { } profile:
                        await users.ApplyAsync(session, profile, ct);
                        break;
                    case "user.deleted" when deleted is not null:
                        removed = await users.BuryAsync(session, deleted, prepared, ct);
                        break;
                }
            },
            ct);
        if (removed is { } gone)
        {
            users.ForgetRemoved(gone);
        }

        AccountsLog.ClerkNotice(log, type);
        return Done.Value;
    }
}

internal static class ClerkEndpoints
{
    public static async Task<ApiResult<object?>> Webhook(ClerkWebhooks webhooks, HttpRequest request, CancellationToken ct)
    {
        if (request.Headers.ContentEncoding.Count > 0)
        {
            return ApiResult.From<object?>(new Fault(FaultCodes.UnsupportedMediaType, "application/json"));
        }

        return ApiResult.From((await webhooks.TakeAsync(await RawBody.ReadAsync(request, ct), request.Headers, ct)).Select(_ => (object?)null));
    }

    public static async Task<ApiResult<UserProfile>> Sync(CurrentCaller caller, ClerkUsers users, ProfileService profiles, CancellationToken ct)
    {
        await users.RefreshAsync(caller.UserId, ct);
        return ApiResult.From(await profiles.ReadAsync(caller.UserId, ct));
    }
}
