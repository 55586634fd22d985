using System.Text.Json;
using AIMake.Accounts.OAuth;
using AIMake.Accounts.Tokens;

namespace AIMake.Accounts.Clerk;

/// <summary>A user as Clerk describes one, in its notices and in its API.</summary>
/// <param name="Email">The primary address if Clerk verified it; null otherwise.</param>
/// <param name="UpdatedAt">Milliseconds.</param>
internal sealed record ClerkProfile(string Subject, string? Username, string? FirstName, string? LastName, string? Email, bool Banned, long UpdatedAt)
{
    /// <summary>Null for what is no user.</summary>
    public static ClerkProfile? From(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || json.Text("id") is not { Length: > 0 and <= 255 } id || json.Number("updated_at") is not (>= 0 and var updated))
        {
            return null;
        }

        var banned = json.TryGetProperty("banned", out var flag) && flag.ValueKind == JsonValueKind.True;
        return new ClerkProfile(id, json.Text("username"), PersonNames.Fit(json.Text("first_name")), PersonNames.Fit(json.Text("last_name")), Primary(json), banned, updated);
    }

    /// <summary>Never names or addresses.</summary>
    public override string ToString() => nameof(ClerkProfile);

    private static string? Primary(JsonElement json) =>
        json.Text("primary_email_address_id") is { } primary && json.TryGetProperty("email_addresses", out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(a => a.ValueKind == JsonValueKind.Object && a.Text("id") == primary && IsVerified(a)).Select(a => a.Text("email_address")).FirstOrDefault()
            : null;

    private static bool IsVerified(JsonElement address) =>
        address.TryGetProperty("verification", out var verification) && verification.ValueKind == JsonValueKind.Object && verification.Text("status") == "verified";
}
