using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AIMake.Tests.Hosting;
using AIMake.Tests.Simulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Accounts.OAuth;

/// <summary>A server set up with the simulated GitHub, Google and an issuer called acme, and browsers that go there and back.</summary>
public sealed class OAuthBed : IAsyncLifetime
{
    public OAuthBed() => Simulator = new SimulatorHost(Clock);

    internal ManualTime Clock { get; } = new();

    public SimulatorHost Simulator { get; }

    public TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Simulator.InitializeAsync();
        Server = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Simulator.DisposeAsync();
    }

    /// <param name="settings">Beside those of the providers.</param>
    internal Task<TestServer> StartAsync(string[]? settings = null, Action<WebApplicationBuilder>? adjust = null, TestServer? sharing = null)
    {
        var address = Simulator.Http.BaseAddress!.ToString().TrimEnd('/');
        return TestServer.StartAsync(
            [
                "--Outbound:AllowedHosts", Simulator.Host,
                "--OAuth:GitHub:ClientId", "gh", "--OAuth:GitHub:ClientSecret", "simulated-client-secret", "--OAuth:GitHub:Issuer", $"{address}/github", "--OAuth:GitHub:ApiUrl", $"{address}/github/api",
                "--OAuth:Google:ClientId", "goo", "--OAuth:Google:ClientSecret", "simulated-client-secret", "--OAuth:Google:Issuer", $"{address}/oidc/google",
                "--OAuth:Issuers:acme:ClientId", "acme client", "--OAuth:Issuers:acme:ClientSecret", "simulated-client-secret", "--OAuth:Issuers:acme:Issuer", $"{address}/oidc/acme", "--OAuth:Issuers:acme:Name", "Acme Login",
                .. settings ?? [],
            ],
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(Clock);
                adjust?.Invoke(builder);
            },
            sharing);
    }

    internal Browser Browser(TestServer? server = null) => new((server ?? Server).Address);
}

/// <summary>A browser as far as a sign-in needs one: it keeps cookies, and goes where it is told one step at a time.</summary>
internal sealed class Browser : IDisposable
{
    private readonly CookieContainer _cookies = new();
    private readonly HttpClient _http;
    private readonly Uri _site;

    public Browser(Uri site)
    {
        _site = site;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, CookieContainer = _cookies });
    }

    public CookieCollection Cookies => _cookies.GetCookies(_site);

    /// <summary>Goes to a provider and says who one is.</summary>
    /// <returns>The address on our site that the provider sends the browser back to.</returns>
    public async Task<Uri> VisitAsync(string provider, object person, string query = "")
    {
        using var start = await GetAsync($"/api/auth/oauth/{provider}/start{query}");
        Assert.Equal(HttpStatusCode.Found, start.StatusCode);
        return await DecideAsync(start.Headers.Location!, person);
    }

    public async Task<Uri> DecideAsync(Uri consent, object person)
    {
        using var page = await _http.GetAsync(consent);
        Assert.True(page.IsSuccessStatusCode, await page.Content.ReadAsStringAsync());
        var fields = JsonSerializer.SerializeToElement(person).EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!);
        using var decided = await _http.PostAsync(consent, new FormUrlEncodedContent(fields.Append(new("decision", fields.ContainsKey("login") ? "allow" : "deny"))));
        Assert.Equal(HttpStatusCode.Found, decided.StatusCode);
        return decided.Headers.Location!;
    }

    /// <summary>The whole way there and back.</summary>
    /// <returns>Where our site sends the browser in the end.</returns>
    public async Task<Landed> SignInAsync(string provider, object person, string query = "") => await ComeBackAsync(await VisitAsync(provider, person, query));

    public async Task<Landed> ComeBackAsync(Uri callback)
    {
        using var back = await _http.GetAsync(callback);
        Assert.True(back.StatusCode == HttpStatusCode.Found, $"{(int)back.StatusCode} {await back.Content.ReadAsStringAsync()}");
        var address = back.Headers.Location!.ToString();
        var mark = address.IndexOf('?', StringComparison.Ordinal);
        return new Landed(
            mark < 0 ? address : address[..mark],
            mark < 0 ? [] : QueryHelpers.ParseQuery(address[mark..]).ToDictionary(p => p.Key, p => p.Value.ToString()));
    }

    /// <summary>What the page does then: trades the cookie for an access token.</summary>
    public async Task<JsonElement> EnterAsync() => await (await PostAsync("/api/auth/refresh", null)).DataAsync();

    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(new Uri(_site, path));

    public Task<HttpResponseMessage> PostAsync(string path, object? body, string? token = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_site, path)) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("X-Requested-With", "tests");
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        return _http.SendAsync(request);
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>Where a browser ended up on our site.</summary>
internal sealed record Landed(string Path, Dictionary<string, string> Query)
{
    public string? Error => Query.GetValueOrDefault("error");

    public string? Step => Query.GetValueOrDefault("step");

    public string? Next => Query.GetValueOrDefault("next");
}
