using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Gateway.Errors;

/// <summary>Faults in OpenAI's shape: whole answers below <c>/v1</c>, and events inside a stream.</summary>
internal static class OpenAiError
{
    public static Task WriteAsync(HttpContext context, Fault fault) => context.Response.WriteAsJsonAsync(Of(fault, RequestLanguage.Of(context)));

    public static object Of(Fault fault, string language) => new
    {
        error = new
        {
            message = fault.Message(language),
            type = fault.Code.Party switch
            {
                FaultParty.Caller => "invalid_request_error",
                FaultParty.Funds => "insufficient_quota",
                FaultParty.Vendor => "upstream_error",
                _ => "server_error",
            },
            param = fault.Field,
            code = fault.Code.Code.ToLowerInvariant(),
        },
    };
}
