using AIMake.Credits;
using AIMake.Platform.Http;

namespace AIMake.Gateway.Calls;

/// <summary>A whole answer that has been paid for.</summary>
internal static class PaidAnswer
{
    public static async Task SendAsync(HttpContext context, Micro charged, string contentType, byte[] answer)
    {
        CreditsHeader.Set(context, charged);
        context.Response.ContentType = contentType;
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }
}
