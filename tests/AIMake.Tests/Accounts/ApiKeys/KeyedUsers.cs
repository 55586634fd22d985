using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Accounts.ApiKeys;

/// <summary>Users who make API keys, over HTTP.</summary>
internal static class KeyedUsers
{
    /// <returns>The key itself.</returns>
    public static async Task<string> CreateKeyAsync(this TestUser user, params string[] scopes) =>
        (await user.CreateKeyAsync(new { name = "test", scopes })).GetProperty("secret").GetString()!;

    /// <returns>The whole answer.</returns>
    public static async Task<JsonElement> CreateKeyAsync(this TestUser user, object body) =>
        await (await user.Http.PostAsJsonAsync("/api/tokens", body)).DataAsync(201);

    public static async Task RevokeKeysAsync(this TestUser user)
    {
        var keys = await (await user.Http.GetAsync("/api/tokens?limit=100")).DataAsync();
        foreach (var key in keys.GetProperty("items").EnumerateArray())
        {
            await (await user.Http.DeleteAsync($"/api/tokens/{key.GetProperty("id").GetString()}")).DataAsync();
        }
    }
}
