using System.Text.Json.Nodes;

namespace AIMake.Simulator.ElevenLabs;

/// <summary>A refusal in one of the shapes the service is known to use.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Detail">What stands under <c>detail</c>: an object, a list or a text.</param>
internal sealed record ElevenLabsError(int Status, JsonNode Detail)
{
    public static ElevenLabsError WrongKey() => New(401, "authentication_error", "invalid_api_key", "invalid_api_key", "Invalid API key");

    public static ElevenLabsError NoVoice(string voice) =>
        New(404, "not_found", "voice_not_found", "voice_not_found", $"There is no voice '{voice}' in the simulator.");

    public static ElevenLabsError Busy() => New(
        429, "rate_limit_error", "concurrent_limit_exceeded", "too_many_concurrent_requests",
        "Every place of this simulated plan is taken; wait for a call of yours to end.");

    public static ElevenLabsError TooLong(int limit) => Old(400, "max_character_limit_exceeded", $"This model takes at most {limit} characters in one request.");

    public static ElevenLabsError BadStability() => Old(400, "invalid_ttd_stability", "This model takes a stability of 0, 0.5 or 1 only.");

    public static ElevenLabsError BadSpeed(double speed) => New(
        400, "validation_error", "invalid_parameters", "invalid_parameters",
        FormattableString.Invariant($"A speed of {speed} is outside 0.7 to 1.2."));

    public static ElevenLabsError Bad(string message) => New(400, "validation_error", "invalid_parameters", "invalid_parameters", message);

    /// <summary>As the framework under the service says that a member is missing or of the wrong type.</summary>
    public static ElevenLabsError Unprocessable(string member, string message, string type) =>
        new(422, new JsonArray(new JsonObject { ["loc"] = new JsonArray("body", member), ["msg"] = message, ["type"] = type }));

    public static ElevenLabsError NotFound() => new(404, "Not Found");

    /// <summary>An error a switch asked for, with the shape the real one has.</summary>
    public static ElevenLabsError Switched(int status, string? code) => code switch
    {
        "quota_exceeded" => Old(401, code, "The simulated credits are used up."),
        "insufficient_credits" => New(402, "payment_required", code, code, "Not enough credits."),
        "payment_issue" => New(401, "payment_required", code, code, "Your last payment failed."),
        "missing_permissions" => New(401, "authentication_error", "unauthorized", code, "This simulated key may not ask this."),
        "detected_unusual_activity" => Old(401, code, "Unusual activity detected."),
        "paid_plan_required" => New(402, "payment_required", code, "payment_required", "The simulated plan does not include this voice."),
        "output_format_not_allowed" => New(403, "authorization_error", "subscription_required", code, "The simulated plan does not include this format."),
        "concurrent_limit_exceeded" => Busy(),
        "system_busy" => New(429, "rate_limit_error", "rate_limit_exceeded", code, "The system is busy."),
        _ => status == 401 ? WrongKey() : New(status, "error", code ?? "error", code ?? "error", "The request was refused."),
    };

    public Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        return context.Response.WriteAsJsonAsync(new JsonObject { ["detail"] = Detail.DeepClone() }, context.RequestAborted);
    }

    private static ElevenLabsError New(int status, string type, string code, string word, string message) => new(
        status, new JsonObject { ["type"] = type, ["code"] = code, ["message"] = message, ["status"] = word, ["request_id"] = Guid.NewGuid().ToString("N") });

    private static ElevenLabsError Old(int status, string word, string message) => new(status, new JsonObject { ["status"] = word, ["message"] = message });
}
