using AIMake.Platform.Http;

namespace AIMake.Payments;

/// <summary>Where people, and providers, reach this server.</summary>
internal static class PublicAddress
{
    /// <returns>An origin without a slash at its end.</returns>
    public static string Of(HttpOptions http) => http.PublicUrl is { Length: > 0 } origin ? origin.TrimEnd('/') : $"http://localhost:{http.Port}";
}
