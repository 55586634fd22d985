using System.Globalization;
using System.Text.Json.Nodes;

namespace AIMake.Simulator.ElevenLabs;

/// <summary>The ElevenLabs routes, under <c>/elevenlabs</c>: speech, dialogue, voices, models, subscription.</summary>
internal static class ElevenLabsRoutes
{
    private const string Root = "/elevenlabs";

    public static void MapElevenLabs(this IEndpointRouteBuilder routes)
    {
        foreach (var (path, streamed, timed) in new[] { ("", false, false), ("/stream", true, false), ("/with-timestamps", false, true), ("/stream/with-timestamps", true, true) })
        {
            routes.MapPost($"{Root}/v1/text-to-speech/{{voice}}{path}", context =>
                AnswerAsync(context, (call, faults) => ElevenLabsSpeech.AnswerAsync(context, call, faults, dialogue: false, streamed, timed)));
            routes.MapPost($"{Root}/v1/text-to-dialogue{path}", context =>
                AnswerAsync(context, (call, faults) => ElevenLabsSpeech.AnswerAsync(context, call, faults, dialogue: true, streamed, timed)));
        }
        routes.MapGet($"{Root}/v1/models", context => AnswerAsync(context, (_, _) =>
            context.Response.WriteAsJsonAsync(new JsonArray([.. ElevenLabsShelf.Models.Select(ElevenLabsShelf.Describe)]))));
        routes.MapGet($"{Root}/v1/voices", context => AnswerAsync(context, (_, _) =>
            context.Response.WriteAsJsonAsync(new JsonObject { ["voices"] = new JsonArray([.. ElevenLabsShelf.Voices.Select(ElevenLabsShelf.Describe)]) })));
        routes.MapGet($"{Root}/v1/voices/{{voice}}", context => AnswerAsync(context, (_, _) => OneVoiceAsync(context)));
        routes.MapGet($"{Root}/v2/voices", context => AnswerAsync(context, (_, _) => PageAsync(context)));
        routes.MapGet($"{Root}/v1/user/subscription", context => AnswerAsync(context, (_, _) => SubscriptionAsync(context)));
        routes.Map($"{Root}/{{**rest}}", context => AnswerAsync(context, (_, _) => ElevenLabsError.NotFound().WriteAsync(context)));
    }

    private static Task AnswerAsync(HttpContext context, Func<BookedCall, FaultSetting, Task> answer)
    {
        var key = context.Request.Headers["xi-api-key"].ToString() is { Length: > 0 } given ? given : null;
        return VendorCall.AnswerAsync(context, key, async (call, faults) =>
        {
            context.Response.Headers["x-trace-id"] = call.RequestId;
            context.Response.Headers["current-concurrent-requests"] = "1";
            context.Response.Headers["maximum-concurrent-requests"] = "5";
            if (Refusal(key, faults) is not { } error)
            {
                await answer(call, faults);
                return;
            }
            if (faults.Throttle?.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            await error.WriteAsync(context);
        });
    }

    /// <summary>The key comes before everything else, then what the account may not do at the moment.</summary>
    private static ElevenLabsError? Refusal(string? key, FaultSetting faults) =>
        key is null || !key.StartsWith("sk", StringComparison.Ordinal) ? ElevenLabsError.WrongKey()
        : faults.Throttle is not null ? ElevenLabsError.Busy()
        : faults.FailStatus is { } status ? ElevenLabsError.Switched(status, faults.FailCode)
        : null;

    private static Task OneVoiceAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["voice"]!;
        // This route refuses with another status than speaking does.
        return ElevenLabsShelf.Voices.FirstOrDefault(voice => voice.Id == id) is { Id: not null } found
            ? context.Response.WriteAsJsonAsync(ElevenLabsShelf.Describe(found))
            : (ElevenLabsError.NoVoice(id) with { Status = 400 }).WriteAsync(context);
    }

    /// <summary>Pages as the service makes them: the token says where to go on, and the first page may be larger than asked for.</summary>
    private static Task PageAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var size = int.TryParse(query["page_size"], NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? Math.Min(asked, 10) : 10;
        var from = int.TryParse(query["next_page_token"], NumberStyles.None, CultureInfo.InvariantCulture, out var token) ? token : 0;
        var to = Math.Min(from + size + (from == 0 ? 2 : 0), ElevenLabsShelf.Voices.Count);
        return context.Response.WriteAsJsonAsync(new JsonObject
        {
            ["voices"] = new JsonArray([.. ElevenLabsShelf.Voices.Skip(from).Take(to - from).Select(ElevenLabsShelf.Describe)]),
            ["has_more"] = to < ElevenLabsShelf.Voices.Count,
            ["total_count"] = ElevenLabsShelf.Voices.Count,
            ["next_page_token"] = to < ElevenLabsShelf.Voices.Count ? to.ToString(CultureInfo.InvariantCulture) : null,
        });
    }

    private static Task SubscriptionAsync(HttpContext context) => context.Response.WriteAsJsonAsync(new JsonObject
    {
        ["tier"] = "creator", ["character_count"] = 1200, ["character_limit"] = 100_000, ["max_character_limit_extension"] = null, ["max_credit_limit_extension"] = 0,
        ["can_extend_character_limit"] = false, ["allowed_to_extend_character_limit"] = false, ["next_character_count_reset_unix"] = 1_798_761_600,
        ["voice_slots_used"] = 1, ["professional_voice_slots_used"] = 0, ["professional_voice_slots_used_in_workspace"] = 0, ["voice_limit"] = 30, ["voice_add_edit_counter"] = 0, ["professional_voice_limit"] = 1,
        ["can_extend_voice_limit"] = false, ["can_use_instant_voice_cloning"] = true, ["can_use_professional_voice_cloning"] = true, ["currency"] = "usd",
        ["status"] = "active", ["billing_period"] = "monthly_period", ["character_refresh_period"] = "monthly_period",
        ["current_overage"] = new JsonObject { ["amount"] = "0", ["currency"] = "usd" }, ["has_open_invoices"] = false, ["open_invoices"] = new JsonArray(),
    });
}
