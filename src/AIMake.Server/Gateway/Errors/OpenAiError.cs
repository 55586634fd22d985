using AIMake.Gateway.Calls;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Gateway.Errors;

/// <summary>Faults in OpenAI's shape: whole answers below <c>/v1</c>, and events inside a stream.</summary>
internal static class OpenAiError
{
    public static Task WriteAsync(HttpContext context, Fault fault) =>
        context.Response.WriteAsJsonAsync(Of(IsStrangeKey(context, fault) ? new Fault(FaultCodes.InvalidApiKey) : fault, RequestLanguage.Of(context)));

    public static object Of(Fault fault, string language) => new
    {
        error = new
        {
            message = fault.Message(language),
            type = fault.Code.Party switch
            {
                FaultParty.Caller when fault.Code.Status == StatusCodes.Status429TooManyRequests => "requests",
                FaultParty.Caller => "invalid_request_error",
                FaultParty.Funds => "insufficient_quota",
                FaultParty.Vendor => "upstream_error",
                _ => "server_error",
            },
            param = fault.Field is OwnKey ? CallHeaders.Key : fault.Field,
            code = fault.Code == FaultCodes.RateLimited ? "rate_limit_exceeded" : fault.Code.Code.ToLowerInvariant(),
        },
    };

    /// <summary>What products call a member of theirs that is a header here.</summary>
    private const string OwnKey = "ownKey";

    /// <summary>A program was given some other service's key: telling it to sign in again would not help. Access tokens have three parts.</summary>
    private static bool IsStrangeKey(HttpContext context, Fault fault) =>
        fault.Code == FaultCodes.InvalidToken && context.Request.Headers.Authorization.ToString().Count(c => c == '.') != 2;
}
