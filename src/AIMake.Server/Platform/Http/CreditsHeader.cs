using AIMake.Credits;

namespace AIMake.Platform.Http;

/// <summary>Says on every paid answer what it cost, in credits.</summary>
internal static class CreditsHeader
{
    public const string Name = "X-AIMake-Credits";

    /// <summary>To be called before the body begins.</summary>
    public static void Set(HttpContext context, Micro credits) => context.Response.Headers[Name] = credits.ToString();
}
