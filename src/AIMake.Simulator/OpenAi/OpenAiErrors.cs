using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AIMake.Simulator.OpenAi;

/// <summary>The error body every endpoint shares: four members, all present, <c>param</c> and <c>code</c> possibly null.</summary>
internal sealed record OpenAiError(int Status, string Type, string? Code, string? Param, string Message);

/// <summary>Errors in the words and shapes of the real service, as far as they are known.</summary>
internal static class OpenAiErrors
{
    public const int LargestBody = 26_214_400;

    private const string Invalid = "invalid_request_error";

    public static OpenAiError NoKey() =>
        new(401, Invalid, null, null, "You didn't provide an API key. Send it in an Authorization header using Bearer auth.");

    public static OpenAiError WrongKey(string key) =>
        new(401, Invalid, "invalid_api_key", null, $"Incorrect API key provided: {Mask(key)}. Check it in your account settings.");

    public static OpenAiError UnknownModel(string model) =>
        new(404, Invalid, "model_not_found", "model", $"The model '{model}' does not exist");

    public static OpenAiError BadJson() =>
        new(400, Invalid, null, null, "The JSON body of the request could not be parsed; JSON object expected.");

    /// <summary>No object of that id; the newer endpoints give neither code nor param.</summary>
    public static OpenAiError NotFound(string what) => new(404, Invalid, null, null, $"{what} not found.");

    public static OpenAiError NoRoute(string method, string path) => new(404, Invalid, "unknown_url", null, $"Unknown request URL: {method} {path}.");

    public static OpenAiError Moderated() =>
        new(400, "image_generation_user_error", "moderation_blocked", null, "Your request was rejected by the safety system.");

    public static OpenAiError Bad(string param, string message, string? code = null) => new(400, Invalid, code, param, message);

    public static OpenAiError TooLarge(long length) =>
        new(413, "server_error", null, null, $"Maximum content size limit ({LargestBody}) exceeded ({length} bytes read)");

    public static OpenAiError Throttled(string model) =>
        new(429, "tokens", "rate_limit_exceeded", null, $"Rate limit reached for {model} in organization org-simulated on tokens per min (TPM): Limit 1, Used 1, Requested 1. Please try again in 1s.");

    /// <summary>An error a switch asked for.</summary>
    public static OpenAiError Switched(int status, string? code) => (status, code) switch
    {
        (_, "insufficient_quota") => new(status, "insufficient_quota", code, null, "You exceeded your current quota, please check your plan and billing details."),
        (429, _) => new(429, "requests", code ?? "rate_limit_exceeded", null, "Rate limit reached."),
        (>= 500, _) => new(status, "server_error", code, null, "The server had an error while processing your request."),
        (401, null) => new(401, Invalid, "invalid_api_key", null, "Incorrect API key provided."),
        _ => new(status, Invalid, code, null, "The request was refused."),
    };

    /// <summary>Audio endpoints put a usage member beside the error.</summary>
    public static async Task WriteAsync(OpenAiCall call, OpenAiError error)
    {
        var body = Body(call.Profile, error);
        if (call.Audio && call.Profile == Profile.OpenAi) body["usage"] = new JsonObject { ["type"] = "duration", ["seconds"] = 0 };
        call.Response.StatusCode = error.Status;
        call.Response.ContentType = "application/json";
        await call.Response.WriteAsync(body.ToJsonString(new JsonSerializerOptions { WriteIndented = true }), call.Ct);
    }

    /// <summary>An error as this kind of server writes it.</summary>
    public static JsonObject Body(Profile profile, OpenAiError error) => new()
    {
        ["error"] = profile.Errors switch
        {
            ErrorShape.Azure => new JsonObject { ["code"] = error.Code ?? error.Status.ToString(CultureInfo.InvariantCulture), ["message"] = error.Message },
            ErrorShape.Ollama => new JsonObject { ["message"] = error.Message, ["type"] = OllamaType(error.Status), ["param"] = null, ["code"] = null },
            ErrorShape.IntegerCode => new JsonObject { ["code"] = error.Status, ["message"] = error.Message, ["type"] = error.Type },
            _ => new JsonObject { ["message"] = error.Message, ["type"] = error.Type, ["param"] = error.Param, ["code"] = error.Code },
        },
    };

    private static string OllamaType(int status) => status switch { 400 => "invalid_request_error", 404 => "not_found_error", _ => "api_error" };

    private static string Mask(string key) => key.Length <= 8 ? new string('*', key.Length) : $"{key[..4]}{new string('*', key.Length - 8)}{key[^4..]}";
}
