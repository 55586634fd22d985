using System.Text.Json.Nodes;

namespace AIMake.Simulator.Stripe;

/// <summary>A refusal in Stripe's words.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="type">E.g. <c>invalid_request_error</c>.</param>
/// <param name="code">E.g. <c>resource_missing</c>; null for none.</param>
/// <param name="param">The parameter at fault; null for none.</param>
internal sealed class StripeRefusal(int status, string type, string? code, string? param, string message) : Exception(message)
{
    private const string Invalid = "invalid_request_error";

    public int Status => status;

    public string? Code => code;

    public static StripeRefusal Bad(string? code, string? param, string message) => new(400, Invalid, code, param, message);

    public static StripeRefusal Missing(string param) => Bad("parameter_missing", param, $"Missing required param: {param}.");

    public static StripeRefusal Unknown(string param) => Bad("parameter_unknown", param, $"Received unknown parameter: {param}");

    public static StripeRefusal Exclusive(string one, string other) =>
        Bad("parameters_exclusive", one, $"You may only specify one of these parameters: {one}, {other}.");

    /// <summary>Named in the address (404) or in a parameter (400).</summary>
    public static StripeRefusal NoSuch(string kind, string id, string? param = null) =>
        new(param is null ? 404 : 400, Invalid, "resource_missing", param ?? "id", $"No such {kind}: '{id}'");

    public static StripeRefusal Unauthorized(string message) => new(401, Invalid, null, null, message);

    public static StripeRefusal Switched(int status, string? code) => new(
        status, status >= 500 ? "api_error" : status == 402 ? "card_error" : Invalid, code ?? (status == 429 ? "rate_limit" : status == 409 ? "lock_timeout" : null), null, "Told to refuse by a switch.");

    public JsonObject ToJson(string requestId)
    {
        var error = new JsonObject { ["type"] = type, ["message"] = Message, ["request_log_url"] = $"https://dashboard.stripe.com/test/logs/{requestId}" };
        if (code is not null) (error["code"], error["doc_url"]) = (code, $"https://stripe.com/docs/error-codes/{code.Replace('_', '-')}");
        if (param is not null) error["param"] = param;
        return new JsonObject { ["error"] = error };
    }
}
