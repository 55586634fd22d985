using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace AIMake.Simulator.Synthesia;

/// <summary>
/// The films and webhooks of all accounts. A film moves on each time somebody asks after it, and is done at the third; titles
/// beginning with <c>error</c> and <c>rejected</c> end so. Ends are told to the account's webhooks, signed.
/// </summary>
internal sealed class SynthesiaStudio(TimeProvider time) : IDisposable
{
    private const int Tries = 3;

    private readonly ConcurrentDictionary<string, SynthesiaFilm> _films = new();
    private readonly ConcurrentDictionary<string, SynthesiaHook> _hooks = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(6) };

    public SynthesiaFilm Add(string key, JsonObject order)
    {
        var film = new SynthesiaFilm(Guid.NewGuid().ToString(), key, order, time.GetUtcNow().ToUnixTimeSeconds());
        _films[film.Id] = film;
        return film;
    }

    public SynthesiaFilm? Find(string id) => _films.GetValueOrDefault(id);

    public IEnumerable<SynthesiaFilm> FilmsOf(string key) => _films.Values.Where(film => film.Key == key).OrderBy(film => film.Order);

    public bool Remove(string id) => _films.TryRemove(id, out _);

    public SynthesiaHook AddHook(string key, string url, IReadOnlyList<string> events)
    {
        var hook = new SynthesiaHook(Guid.NewGuid().ToString(), key, url, events, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), time.GetUtcNow().ToUnixTimeSeconds());
        _hooks[hook.Id] = hook;
        return hook;
    }

    public IEnumerable<SynthesiaHook> HooksOf(string key) => _hooks.Values.Where(hook => hook.Key == key);

    public bool RemoveHook(string id) => _hooks.TryRemove(id, out _);

    /// <summary>Tells a film's end to the webhooks of its account; each is tried three times and then forgotten.</summary>
    public async Task TellAsync(SynthesiaFilm film, string address, CancellationToken ct)
    {
        var type = film.Status == "complete" ? "video.completed" : "video.failed";
        var body = Encoding.UTF8.GetBytes(new JsonObject { ["type"] = type, ["data"] = film.Describe(address, time) }.ToJsonString());
        foreach (var hook in HooksOf(film.Key).Where(hook => hook.Events.Contains(type))) await TellAsync(hook, body, ct);
    }

    public static string Sign(string secret, string timestamp, byte[] body) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.UTF8.GetBytes(timestamp + "."), .. body]));

    public void Dispose() => _http.Dispose();

    private async Task TellAsync(SynthesiaHook hook, byte[] body, CancellationToken ct)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
            if (await DeliverAsync(hook, body, ct)) return;
    }

    private async Task<bool> DeliverAsync(SynthesiaHook hook, byte[] body, CancellationToken ct)
    {
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var message = new HttpRequestMessage(HttpMethod.Post, hook.Url) { Content = new ByteArrayContent(body) };
        message.Content.Headers.ContentType = new("application/json");
        message.Headers.Add("Synthesia-Timestamp", timestamp);
        message.Headers.Add("Synthesia-Signature", Sign(hook.Secret, timestamp, body));
        try
        {
            using var answer = await _http.SendAsync(message, ct);
            return (int)answer.StatusCode < 400;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            return false;
        }
    }
}

/// <param name="Secret">Told once, when it is registered.</param>
internal sealed record SynthesiaHook(string Id, string Key, string Url, IReadOnlyList<string> Events, string Secret, long CreatedAt)
{
    public JsonObject Describe(bool withSecret)
    {
        var hook = new JsonObject { ["id"] = Id, ["url"] = Url, ["status"] = "active", ["createdAt"] = CreatedAt, ["lastUpdatedAt"] = CreatedAt };
        if (withSecret) hook["secret"] = Secret;
        return hook;
    }
}
