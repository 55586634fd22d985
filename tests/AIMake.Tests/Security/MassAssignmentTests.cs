using System.Net.Http.Json;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using AIMake.Tests.Accounts.ApiKeys;
using AIMake.Tests.Hosting;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Security;

/// <summary>S26: what a body may not set is not left out in silence but refused by name, and nothing of it is done.</summary>
public sealed class MassAssignmentTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly string[] Wishes =
    [
        "role", "credits", "teamId", "passwordHash", "ssoEnforced", "id", "userId", "plan", "securityEpoch", "emailVerified", "agreementVersion", "createdAt", "digest", "status",
    ];

    /// <summary>Every route of accounts and payments that reads JSON, taken from the routes themselves, so that a new one is tried too.</summary>
    [Fact]
    public async Task S26_no_body_takes_what_its_route_does_not_name()
    {
        var user = await server.CreateUserAsync();
        var before = await RowsAsync(user);
        var routes = Bodies().ToList();
        Assert.True(routes.Count > 15, $"{routes.Count} routes");
        foreach (var (method, path, body) in routes)
        {
            var known = body.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => p.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
            foreach (var wish in Wishes.Where(w => !known.Contains(w)))
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = Json($$"""{"{{wish}}":"admin"}""") };
                request.Headers.Add("X-Requested-With", "tests");
                using var response = await user.Http.SendAsync(request);
                var answer = await response.Content.ReadAsStringAsync();

                Assert.True((int)response.StatusCode == 400 && answer.Contains("\"UNKNOWN_FIELD\"", StringComparison.Ordinal), $"{method} {path} {wish}: {(int)response.StatusCode} {answer}");
                Assert.Equal(wish, JsonNode.Parse(answer)!["errors"]![0]!["field"]!.GetValue<string>());
            }
        }

        Assert.Equal(before, await RowsAsync(user));
    }

    /// <summary>Beside members that are all right, which are not done either; without the wish, they are.</summary>
    [Theory]
    [InlineData("PUT", "/api/auth/me", """{"firstName":"Zoë"}""")]
    [InlineData("PUT", "/api/auth/me", """{"preferences":{"theme":"dark"}}""")]
    [InlineData("PUT", "/api/auth/password", """{"currentPassword":"{password}","newPassword":"quite another one"}""")]
    [InlineData("POST", "/api/user/agreement", """{"version":"1"}""")]
    [InlineData("POST", "/api/auth/totp", """{"password":"{password}"}""")]
    [InlineData("POST", "/api/tokens", """{"name":"k","scopes":["chat"]}""")]
    [InlineData("PUT", "/api/tokens/{token}", """{"name":"renamed","scopes":["usage"]}""")]
    [InlineData("POST", "/api/keys", """{"service":"openai","keyName":"k","keyValue":"sk-0123456789abcdef"}""")]
    [InlineData("PUT", "/api/keys/{key}", """{"keyName":"renamed"}""")]
    public async Task S26_a_wish_beside_what_is_allowed_spoils_all_of_it(string method, string path, string body)
    {
        var user = await server.CreateUserAsync();
        var token = (await user.CreateKeyAsync(new { name = "mine", scopes = new[] { "chat" } })).GetProperty("id").GetString();
        var key = (await (await user.Http.PostAsJsonAsync("/api/keys", new { service = "openai", keyName = "mine", keyValue = "sk-fedcba9876543210" })).DataAsync(201)).GetProperty("id").GetString();
        var where = path.Replace("{token}", token, StringComparison.Ordinal).Replace("{key}", key, StringComparison.Ordinal);
        var allowed = body.Replace("{password}", user.Password, StringComparison.Ordinal);
        var before = await RowsAsync(user);

        foreach (var wish in new[] { "\"role\":\"admin\"", "\"userId\":\"00000000-0000-0000-0000-000000000000\"", "\"credits\":1000000" })
        {
            foreach (var spoiled in new[] { allowed[..^1] + "," + wish + "}", "{" + wish + "," + allowed[1..] })
            {
                await (await SendAsync(user, method, where, spoiled)).FaultAsync(400, "UNKNOWN_FIELD");
            }
        }

        Assert.Equal(before, await RowsAsync(user));
        using var done = await SendAsync(user, method, where, allowed);
        Assert.True(done.IsSuccessStatusCode, await done.Content.ReadAsStringAsync());
    }

    /// <summary>A new account has the rank and the credits of any other, whatever it asks for.</summary>
    [Theory]
    [InlineData("role")]
    [InlineData("credits")]
    [InlineData("id")]
    [InlineData("emailVerified")]
    public async Task S26_registration_makes_no_account_for_whoever_asks_for_more(string wish)
    {
        var name = $"wisher{Guid.NewGuid():N}"[..20];
        var body = new JsonObject
        {
            ["username"] = name, ["email"] = $"{name}@example.com", ["password"] = "a quiet little studio", ["agreement"] = true, [wish] = "admin",
        };

        await (await server.Anonymous.PostAsync("/api/auth/register", Json(body.ToJsonString()))).FaultAsync(400, "UNKNOWN_FIELD");

        Assert.Equal(0L, await TestDatabase.ExecuteAsync(server, $"SELECT count(*) FROM accounts.users WHERE username = '{name}'"));
    }

    private static Task<HttpResponseMessage> SendAsync(TestUser user, string method, string path, string body) =>
        user.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path) { Content = Json(body) });

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    /// <summary>Everything the tables say of a user's account, but when they were last seen.</summary>
    private async Task<object?> RowsAsync(TestUser user) => await TestDatabase.ExecuteAsync(server, $"""
        SELECT jsonb_build_array(
            (SELECT to_jsonb(u) FROM accounts.users u WHERE id = '{user.Id}'),
            (SELECT jsonb_agg(to_jsonb(k) ORDER BY id) FROM accounts.api_keys k WHERE user_id = '{user.Id}'),
            (SELECT jsonb_agg(to_jsonb(k) ORDER BY id) FROM accounts.provider_keys k WHERE user_id = '{user.Id}'),
            (SELECT count(*) FROM accounts.totp WHERE user_id = '{user.Id}'),
            (SELECT count(*) FROM credits.entries WHERE user_id = '{user.Id}'))::text
        """);

    private IEnumerable<(string Method, string Path, Type Body)> Bodies() =>
        from endpoint in server.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().Distinct()
        let path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/')
        where path.StartsWith("/api/auth/", StringComparison.Ordinal) || path.StartsWith("/api/user", StringComparison.Ordinal) || path.StartsWith("/api/tokens", StringComparison.Ordinal)
            || path.StartsWith("/api/keys", StringComparison.Ordinal) || path.StartsWith("/api/payments/", StringComparison.Ordinal) || path.StartsWith("/api/subscription", StringComparison.Ordinal)
        let body = endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType
        where body is not null
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods
        select (method, System.Text.RegularExpressions.Regex.Replace(path, @"\{(\w+)[^}]*\}", m => m.Groups[1].Value == "id" ? Guid.CreateVersion7().ToString() : "github"), body);
}
