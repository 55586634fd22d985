using System.Text.Json;

namespace AIMake.Accounts.Tokens;

/// <summary>How long a token may be good, and how exactly its clock must agree with ours.</summary>
/// <param name="MaxLife">From <c>iat</c> to <c>exp</c>.</param>
/// <param name="Leeway">Allowed to either side.</param>
/// <param name="StartRequired">Whether <c>nbf</c> may not be missing.</param>
internal sealed record TokenTimes(TimeSpan MaxLife, TimeSpan Leeway, bool StartRequired = false);

/// <summary>Reads claims strictly: a member of another type is as absent.</summary>
internal static class Claims
{
    private const long MaxTime = 253_402_300_799; // 9999-12-31T23:59:59Z

    public static string? Text(this JsonElement json, string name)
    {
        try
        {
            return json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // an escaped lone surrogate
        }
    }

    public static long? Number(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    /// <summary>Whether <c>aud</c> is the audience, or a list that has it.</summary>
    public static bool IsFor(this JsonElement claims, string audience) => claims.TryGetProperty("aud", out var value) && value.ValueKind switch
    {
        JsonValueKind.String => value.ValueEquals(audience),
        JsonValueKind.Array => value.EnumerateArray().Any(a => a.ValueKind == JsonValueKind.String && a.ValueEquals(audience)),
        _ => false,
    };

    /// <summary>Whole seconds, not expired, begun, and no longer than allowed.</summary>
    public static TokenRefusal? CheckTimes(this JsonElement claims, TokenTimes rules, DateTimeOffset at)
    {
        var (now, leeway) = (at.ToUnixTimeSeconds(), (long)rules.Leeway.TotalSeconds);
        if (Time(claims, "exp") is not { } expires)
        {
            return TokenRefusal.Payload;
        }

        if (now >= expires + leeway)
        {
            return TokenRefusal.Expired;
        }

        var hasStart = rules.StartRequired || claims.TryGetProperty("nbf", out _);
        if (Time(claims, "iat") is not { } issued || (hasStart ? Time(claims, "nbf") : issued) is not { } starts)
        {
            return TokenRefusal.Payload;
        }

        if (starts > now + leeway || issued > now + leeway)
        {
            return TokenRefusal.NotYetValid;
        }

        return expires - issued > (long)rules.MaxLife.TotalSeconds || expires <= issued ? TokenRefusal.Lifetime : null;
    }

    private static long? Time(JsonElement claims, string name) => claims.Number(name) is >= 0 and <= MaxTime and var time ? time : null;
}
