using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using AIMake.Tests.Accounts.ApiKeys;
using AIMake.Tests.Hosting;
using AIMake.Tests.Payments;

namespace AIMake.Tests.Security;

/// <summary>
/// S30: which members the answers of accounts and payments have, for each rank, against a file that a person has looked at. A member that appears
/// there by accident makes this fail; one that is meant is written into the file (<c>AIMAKE_WRITE_SNAPSHOTS=1</c>), and so shows in review.
/// </summary>
public sealed partial class ResponseFieldTests(StripeShop shop) : IClassFixture<StripeShop>
{
    private static readonly string[] Own =
    [
        "/api/auth/me", "/api/auth/sessions", "/api/auth/sessions/{session}", "/api/auth/identities", "/api/auth/totp", "/api/user", "/api/user/agreement", "/api/user/quota",
        "/api/user/purchases", "/api/tokens", "/api/tokens/{token}", "/api/keys", "/api/keys/{key}", "/api/credits", "/api/credits/entries", "/api/credits/books",
        "/api/packages", "/api/payments/orders/{order}", "/api/subscription",
    ];

    private static readonly string[] Administration =
    [
        "/api/admin/users", "/api/admin/audit", "/api/admin/orders", "/api/admin/orders/{order}", "/api/admin/webhooks", "/api/admin/books", "/api/webhook-info",
    ];

    [Theory]
    [InlineData("user")]
    [InlineData("premium")]
    [InlineData("admin")]
    public async Task S30_answers_have_the_members_that_were_looked_at_and_no_others(string role)
    {
        var (user, ids) = await FurnishedAsync();
        await TestDatabase.ExecuteAsync(shop.Server, $"UPDATE accounts.users SET role = '{role}' WHERE id = '{user.Id}'");
        var fresh = await (await shop.Server.Anonymous.PostAsJsonAsync("/api/auth/login", new { login = user.Username, password = user.Password })).DataAsync();
        using var http = shop.Server.ClientWith(fresh.GetProperty("accessToken").GetString()!);
        var lines = new List<string>();
        foreach (var route in role == "admin" ? [.. Own, .. Administration] : Own)
        {
            var answer = await (await http.GetAsync(ids.Aggregate(route, (r, id) => r.Replace($"{{{id.Key}}}", id.Value, StringComparison.Ordinal)))).DataAsync();
            lines.Add($"{route}: {string.Join(' ', Members(answer, "").Distinct().Order(StringComparer.Ordinal))}");
        }

        var file = Path.Combine(Folder(), $"response-fields.{role}.txt");
        if (Environment.GetEnvironmentVariable("AIMAKE_WRITE_SNAPSHOTS") == "1")
        {
            await File.WriteAllLinesAsync(file, lines, TestContext.Current.CancellationToken);
        }

        Assert.Equal(await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken), lines);
    }

    /// <summary>The file may be written without thinking; these words may not stand in it.</summary>
    [Theory]
    [InlineData("user")]
    [InlineData("premium")]
    [InlineData("admin")]
    public async Task S30_no_member_is_a_hash_a_key_or_what_something_costs_us(string role)
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(Folder(), $"response-fields.{role}.txt"), TestContext.Current.CancellationToken);

        // keyValue is a mask with the last four characters, hasPassword a yes or no.
        var members = lines.SelectMany(l => l.Split(": ")[1].Split(' ')).Select(m => m.Split('.')[^1].Replace("[]", "", StringComparison.Ordinal)).Except(["keyValue", "hasPassword"]);

        Assert.DoesNotContain(members, m => Forbidden().IsMatch(m));
    }

    /// <summary>Paths of all values. The facts of an entry of the audit log are its own matter.</summary>
    private static IEnumerable<string> Members(JsonElement json, string path) => json.ValueKind switch
    {
        _ when path.EndsWith(".detail", StringComparison.Ordinal) => [path],
        JsonValueKind.Object => json.EnumerateObject().SelectMany(p => Members(p.Value, path.Length == 0 ? p.Name : $"{path}.{p.Name}").DefaultIfEmpty($"{path}.{p.Name}".TrimStart('.'))),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(e => Members(e, path + "[]")),
        _ => [path],
    };

    /// <summary>Somebody with one of everything.</summary>
    private async Task<(TestUser User, Dictionary<string, string> Ids)> FurnishedAsync()
    {
        var user = await shop.Server.CreateUserAsync();
        var (order, _) = await shop.BuyAsync(user, new { packageId = "small" });
        var token = await user.CreateKeyAsync(new { name = "k", scopes = new[] { "chat" }, creditLimit = new { amount = 5, window = "day" } });
        var key = await (await user.Http.PostAsJsonAsync("/api/keys", new { service = "openai", keyName = "k", keyValue = "sk-0123456789abcdef" })).DataAsync(201);
        await TestDatabase.ExecuteAsync(shop.Server, $"""
            INSERT INTO accounts.identities (id, user_id, provider, issuer, subject, label, created_at, last_used_at)
            VALUES (gen_random_uuid(), '{user.Id}', 'github', 'https://github.com', '{user.Username}', 'octocat', now(), now())
            """);
        var sessions = await (await user.Http.GetAsync("/api/auth/sessions")).DataAsync();
        return (user, new()
        {
            ["order"] = order.ToString(),
            ["token"] = token.GetProperty("id").GetString()!,
            ["key"] = key.GetProperty("id").GetString()!,
            ["session"] = sessions.GetProperty("items")[0].GetProperty("id").GetString()!,
        });
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;

    [GeneratedRegex("hash|digest|secret|password|epoch|pepper|box|sealed|cost|margin|micro|^key$|apikey|issuer|subjectclaim", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Forbidden();
}
