using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using AIMake.Accounts;
using AIMake.Accounts.ApiKeys;
using AIMake.Platform.Http;
using AIMake.Tests.Accounts.ApiKeys;
using AIMake.Tests.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Security;

/// <summary>Every route of the running server against everybody who should not get in; generated from the route table, so a new route is in it.</summary>
public sealed partial class RouteMatrixTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public void Every_route_says_who_may_call_it()
    {
        Assert.True(Routes().Count > 20, $"{Routes().Count} routes"); // the table is the whole one
        Assert.Empty(RoutePolicies.Faulty(Routes().Select(r => r.Endpoint)));
    }

    [Fact]
    public void Every_route_for_callers_says_whether_keys_may_use_it() => Assert.Empty(RoutePolicies.Silent(Routes().Select(r => r.Endpoint)));

    /// <summary>S16.</summary>
    [Fact]
    public async Task A_key_without_the_scope_is_refused_alike_however_it_is_sent()
    {
        var user = await server.CreateUserAsync();
        foreach (var route in Routes().Where(r => RoutePolicies.Of(r.Endpoint) is not RoutePolicy.Public))
        {
            var scopes = RoutePolicies.ScopesOf(route.Endpoint);
            var name = ApiKeyScopes.Names.First(n => !scopes.HasFlag(ApiKeyScopes.Find(n)!.Value));
            var key = await user.CreateKeyAsync(name);
            (string Header, string Value)[] ways = [("Authorization", $"Bearer {key}"), ("x-api-key", key), ("api-key", key)];
            foreach (var (header, value) in ways)
            {
                using var response = await SendAsync(server.Anonymous, route, header: (header, value));
                Assert.True(response.StatusCode == HttpStatusCode.Forbidden, $"{route} by {header}: {(int)response.StatusCode}");
                Assert.True(route.Method == "HEAD" || (await response.Content.ReadAsStringAsync()).Contains("scope_denied", StringComparison.OrdinalIgnoreCase), $"{route} by {header}");
            }

            foreach (var query in new[] { $"?key={key}", $"?x={key.Replace("_", "%5F", StringComparison.Ordinal)}" })
            {
                using var alone = await SendAsync(server.Anonymous, route, query: query);
                using var beside = await SendAsync(user.Http, route, query: query);
                using var both = await SendAsync(server.Anonymous, route, query: query, header: ("x-api-key", key));
                Assert.All([alone, beside, both], r => Assert.True(r.StatusCode == HttpStatusCode.Unauthorized, $"{route} in the address: {(int)r.StatusCode}"));
            }

            using var cookie = await SendAsync(server.Anonymous, route, cookie: $"key={key}; Authorization={key}; x-api-key={key}");
            Assert.True(cookie.StatusCode == HttpStatusCode.Unauthorized, $"{route} by cookie: {(int)cookie.StatusCode}");
            await user.RevokeKeysAsync();
        }
    }

    [Fact]
    public void The_routes_anybody_may_call_are_these()
    {
        string[] open =
        [
            "GET /health", "GET /api/health", "GET /health/ready", "GET /openapi/v1.json", "GET /metrics",
            "POST /api/auth/register", "POST /api/auth/login", "POST /api/auth/refresh", "POST /api/auth/logout",
            "POST /api/auth/password/forgot", "POST /api/auth/password/reset", "POST /api/auth/email/verify", "GET /api/dev/mails",
            "GET /api/auth/agreement", "GET /api/auth/oauth", "GET /api/auth/oauth/{provider}/start", "GET /api/auth/oauth/{provider}/callback", "POST /api/auth/oauth/code",
            "GET /api/voices", "GET /api/voices/{id}/preview", "HEAD /api/voices/{id}/preview",
            "GET /api/models/speech", "GET /api/models/chat", "GET /api/models/image", "GET /api/models/video", "GET /api/models/transcription",
            "GET /api/models/embedding", "GET /api/packages",
        ];

        // These check a signed link themselves, or else the caller.
        string[] signedLinks = ["GET /media/{id}", "HEAD /media/{id}"];

        // These check the vendor's signature, or the token in their own address.
        string[] notices = ["POST /api/webhooks/kie/{id}/{token}", "POST /api/webhooks/synthesia", "POST /api/webhooks/stripe", "POST /api/webhook/stripe",
            "POST /api/webhooks/clerk", "POST /api/webhooks/creem", "POST /api/webhook/creem"];

        var found = Routes().Where(r => RoutePolicies.Of(r.Endpoint) is RoutePolicy.Public).Select(r => $"{r.Method} {WithoutConstraints(r.Pattern)}");
        Assert.Empty(found.Except(open).Except(signedLinks).Except(notices));
    }

    [Theory]
    [InlineData("POST /api/tts/generate", RateClass.Paid)]
    [InlineData("POST /api/tts/stream", RateClass.Paid)]
    [InlineData("POST /api/audios/{id}/edit", RateClass.Paid)]
    [InlineData("POST /api/generations/{id}/retry", RateClass.Paid)]
    [InlineData("POST /v1/videos/", RateClass.Paid)]
    [InlineData("POST /api/auth/register", RateClass.Auth)]
    [InlineData("POST /api/auth/login", RateClass.Auth)]
    [InlineData("PUT /api/auth/password", RateClass.Auth)]
    [InlineData("DELETE /api/auth/me", RateClass.Auth)]
    [InlineData("POST /api/auth/password/forgot", RateClass.Auth)]
    [InlineData("POST /api/auth/password/reset", RateClass.Auth)]
    [InlineData("POST /api/auth/email/verify", RateClass.Auth)]
    [InlineData("POST /api/auth/email/resend", RateClass.Auth)]
    internal void Where_passwords_are_tried_or_credits_spent_the_limits_are_narrower(string route, RateClass rateClass)
    {
        var endpoint = Routes().Single(r => $"{r.Method} {WithoutConstraints(r.Pattern)}" == route).Endpoint;

        Assert.Equal(rateClass, endpoint.Metadata.GetMetadata<RateClassMetadata>()?.Class);
    }

    [Fact]
    public async Task Nobody_gets_in_without_a_token_or_with_a_bad_one()
    {
        var user = await server.CreateUserAsync();
        string?[] tokens = [null, "Bearer", "Bearer x", "Bearer " + user.AccessToken[..^2], "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user.Username}:{user.Password}")), user.AccessToken];
        foreach (var route in Routes().Where(r => RoutePolicies.Of(r.Endpoint) is not RoutePolicy.Public))
        {
            foreach (var token in tokens)
            {
                using var response = await SendAsync(server.Anonymous, route, authorization: token);
                Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{route}: {(int)response.StatusCode} with {token ?? "nothing"}");
            }
        }
    }

    /// <summary>S16.</summary>
    [Fact]
    public async Task A_token_in_the_address_or_a_cookie_is_no_token()
    {
        var user = await server.CreateUserAsync();
        foreach (var route in Routes().Where(r => RoutePolicies.Of(r.Endpoint) is not RoutePolicy.Public))
        {
            using var response = await SendAsync(server.Anonymous, route, query: $"?access_token={user.AccessToken}&token={user.AccessToken}", cookie: $"{user.Cookie}; access_token={user.AccessToken}");
            Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{route}: {(int)response.StatusCode}");
        }
    }

    /// <summary>S21: every route of the administration against each lower rank, and against the key of somebody who has the rank.</summary>
    [Theory]
    [InlineData("user")]
    [InlineData("premium")]
    public async Task A_lower_rank_is_not_an_admin(string role)
    {
        var user = await server.CreateUserAsync();
        await TestDatabase.ExecuteAsync(server, $"UPDATE accounts.users SET role = '{role}' WHERE id = '{user.Id}'");
        var routes = Routes().Where(r => RoutePolicies.Of(r.Endpoint) is RoutePolicy.Admin).ToList();
        Assert.True(routes.Count > 15, $"{routes.Count} routes");
        foreach (var route in routes)
        {
            using var response = await SendAsync(user.Http, route);
            Assert.True(response.StatusCode == HttpStatusCode.Forbidden, $"{route}: {(int)response.StatusCode}");
            Assert.NotEqual(AIMake.Accounts.Roles.Permission.UseServer, RoutePolicies.PermissionOf(route.Endpoint));
        }
    }

    /// <summary>S21, the positive twin: the rank opens what the others are refused, its key does not.</summary>
    [Fact]
    public async Task An_admin_is_let_in_in_person_and_not_by_key()
    {
        var admin = await server.CreateUserAsync();
        await TestDatabase.ExecuteAsync(server, $"UPDATE accounts.users SET role = 'admin' WHERE id = '{admin.Id}'");
        var key = await admin.CreateKeyAsync([.. ApiKeyScopes.Names]);
        foreach (var route in Routes().Where(r => RoutePolicies.Of(r.Endpoint) is RoutePolicy.Admin))
        {
            using var person = await SendAsync(admin.Http, route);
            Assert.True((int)person.StatusCode is not (401 or 403) and < 500, $"{route}: {(int)person.StatusCode}");
            using var program = await SendAsync(server.Anonymous, route, header: ("x-api-key", key));
            Assert.True(program.StatusCode == HttpStatusCode.Forbidden, $"{route} by key: {(int)program.StatusCode}");
        }
    }

    /// <summary>S24, and every other route with an id.</summary>
    [Fact]
    public async Task Ids_of_others_open_nothing_on_any_route()
    {
        var (owner, stranger) = (await server.CreateUserAsync(), await server.CreateUserAsync());
        var sessions = (await (await owner.Http.GetAsync("/api/auth/sessions")).DataAsync()).GetProperty("items");
        var ids = new[] { sessions[0].GetProperty("id").GetString()!, owner.Id.ToString(), Guid.Empty.ToString(), Guid.CreateVersion7().ToString() };
        foreach (var route in Routes().Where(r => r.Pattern.Contains('{', StringComparison.Ordinal) && RoutePolicies.Of(r.Endpoint) is not RoutePolicy.Public))
        {
            foreach (var id in ids)
            {
                using var response = await SendAsync(stranger.Http, route, id: id);

                // Not there, or refused before looking (a body that is missing): never a success, never our own failure.
                Assert.True((int)response.StatusCode is >= 400 and < 500, $"{route} with {id}: {(int)response.StatusCode}");
            }
        }

        await (await owner.Http.GetAsync("/api/auth/me")).DataAsync();
    }

    [Theory]
    [InlineData("not-a-guid")]
    [InlineData("..%2f..%2fetc%2fpasswd")]
    [InlineData("%00")]
    [InlineData("'%20OR%201=1--")]
    [InlineData("😀")]
    [InlineData("00000000-0000-0000-0000-00000000000z")]
    public async Task Ids_that_are_none_fail_cleanly_on_every_route(string id)
    {
        var user = await server.CreateUserAsync();
        foreach (var route in Routes().Where(r => r.Pattern.Contains('{', StringComparison.Ordinal)))
        {
            using var response = await SendAsync(user.Http, route, id: id);
            Assert.True((int)response.StatusCode is >= 400 and < 500, $"{route}: {(int)response.StatusCode}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("\"x\"")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"role\":\"admin\",\"credits\":1,\"userId\":\"x\"}")]
    public async Task Bodies_that_are_none_fail_cleanly_on_every_route(string body)
    {
        var user = await server.CreateUserAsync();
        foreach (var route in Routes().Where(r => r.Method is "POST" or "PUT" or "DELETE" && r.Pattern != "/api/auth/sessions"))
        {
            using var response = await SendAsync(user.Http, route, body: body);
            var answer = await response.Content.ReadAsStringAsync();
            Assert.True((int)response.StatusCode < 500 || IsNotSetUp(answer), $"{route}: {(int)response.StatusCode} {answer}");
        }
    }

    [Fact]
    public async Task A_body_nested_ten_thousand_deep_is_refused_on_every_route()
    {
        var user = await server.CreateUserAsync();
        var body = new string('[', 10_000) + new string(']', 10_000);
        // What reads no body has none to refuse.
        foreach (var route in Routes().Where(r => r.Method is "POST" or "PUT" && r.Pattern != "/api/user/sync"))
        {
            using var response = await SendAsync(user.Http, route, body: "{\"text\":" + body + "}");
            Assert.True((int)response.StatusCode is >= 400 and < 500 || IsNotSetUp(await response.Content.ReadAsStringAsync()), $"{route}: {(int)response.StatusCode}");
        }
    }

    /// <summary>A payment provider's notices are refused before their body is looked at while its secret is not set (S37).</summary>
    private static bool IsNotSetUp(string answer) => answer.Contains("\"WEBHOOK_NOT_CONFIGURED\"", StringComparison.Ordinal);

    private List<Route> Routes() => Routes(server);

    internal static List<Route> Routes(TestServer server) => [.. server.Services.GetServices<EndpointDataSource>()
        .SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().Distinct()
        .SelectMany(e => (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(m => new Route(m, "/" + e.RoutePattern.RawText!.TrimStart('/'), e)))];

    internal static async Task<HttpResponseMessage> SendAsync(
        HttpClient client, Route route, string? authorization = null, (string Name, string Value)? header = null, string query = "", string? cookie = null, string? id = null, string body = "{}")
    {
        var path = Parameter().Replace(route.Pattern, id ?? Guid.CreateVersion7().ToString());
        var request = new HttpRequestMessage(new HttpMethod(route.Method), path + query);
        if (route.Method is "POST" or "PUT" or "DELETE")
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (authorization is not null)
        {
            request.Headers.TryAddUnchecked("Authorization", authorization);
        }

        if (header is var (name, value))
        {
            request.Headers.TryAddUnchecked(name, value);
        }

        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static string WithoutConstraints(string pattern) => Parameter().Replace(pattern, m => "{" + m.Groups[1].Value + "}");

    [GeneratedRegex(@"\{\*{0,2}(\w+)[^}]*\}")]
    private static partial Regex Parameter();

    internal sealed record Route(string Method, string Pattern, RouteEndpoint Endpoint)
    {
        public override string ToString() => $"{Method} {Pattern}";
    }
}

internal static class UncheckedHeaders
{
    /// <summary>Bad credentials are what these tests are about; the values here have no line breaks.</summary>
    public static void TryAddUnchecked(this System.Net.Http.Headers.HttpRequestHeaders headers, string name, string value)
    {
#pragma warning disable RS0030
        headers.TryAddWithoutValidation(name, value);
#pragma warning restore RS0030
    }
}
