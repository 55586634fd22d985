using AIMake.Credits;

namespace AIMake.Platform.Http;

/// <summary>Says on every paid answer what it cost.</summary>
internal static class CreditsHeader
{
    public const string Name = "X-AIMake-Credits";
}
