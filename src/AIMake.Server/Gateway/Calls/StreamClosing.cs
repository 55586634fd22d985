using System.Text;
using System.Text.Json;
using AIMake.Credits;
using AIMake.Gateway.Errors;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Gateway.Calls;

/// <summary>The last words of a stream under <c>/v1</c>, once it is paid for.</summary>
internal static class StreamClosing
{
    /// <param name="fault">Why it ends before its time; null when it does not.</param>
    /// <param name="last">The event that was kept back.</param>
    public static async Task WriteAsync(HttpContext context, Micro charged, Fault? fault, ReadOnlyMemory<byte> last)
    {
        // A comment: clients of OpenAI's dialect skip it, others may read what the stream came to. It goes first, because they hang up at a failure.
        var text = new StringBuilder().Append(": ").Append(CreditsHeader.Name).Append(' ').Append(charged).Append("\n\n");
        if (fault is not null)
        {
            text.Append("data: ").Append(JsonSerializer.Serialize(OpenAiError.Of(fault, RequestLanguage.Of(context)))).Append("\n\n");
        }

        try
        {
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()));
            await context.Response.Body.WriteAsync(last);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // left at the very end: everything is paid and written
        }
    }
}
