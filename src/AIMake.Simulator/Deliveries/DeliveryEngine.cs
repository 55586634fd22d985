using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AIMake.Simulator.OpenAi;

namespace AIMake.Simulator.Deliveries;

/// <summary>Where events of a provider are sent, and what they are signed with.</summary>
/// <param name="Provider"><c>stripe</c> or <c>creem</c>.</param>
/// <param name="Url">Address of the receiver; null sends nothing.</param>
/// <param name="Secret">The shared secret; null leaves the one there is.</param>
/// <param name="Also">More addresses of the same receiver: each try goes to one of all by chance, as behind a balancer.</param>
internal sealed record DeliveryTarget(string Provider, string? Url, string? Secret = null, string[]? Also = null)
{
    /// <summary>Where the next try goes.</summary>
    public string? Pick() => Url is not null && Also is { Length: > 0 } more && Random.Shared.Next(more.Length + 1) is > 0 and var other ? more[other - 1] : Url;
}

/// <summary>
/// Sends webhooks as providers do: signed, at least once, in no promised order, tried again until taken. Switches make it send
/// twice, late, shuffled, forged, or not at all. Every delivery stands in its records.
/// </summary>
internal sealed class DeliveryEngine(IEnumerable<IEventSigner> signers, TimeProvider time) : IAsyncDisposable
{
    private const int AtOnce = 24;
    private const int MostRecords = 50_000;

    private readonly Dictionary<string, IEventSigner> _signers = signers.ToDictionary(signer => signer.Provider);
    private readonly ConcurrentDictionary<string, DeliveryTarget> _targets = new();
    private readonly ConcurrentDictionary<string, DeliverySetting> _settings = new();
    private readonly Lock _gate = new();
    private readonly Queue<Delivery> _records = [];
    private readonly List<Delivery> _held = [];
    private readonly SemaphoreSlim _slots = new(AtOnce);
    private readonly CancellationTokenSource _stopping = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, MaxConnectionsPerServer = AtOnce }) { Timeout = TimeSpan.FromSeconds(20) };
    private int _number, _underWay;
    private TaskCompletionSource _idle = Done();

    public IReadOnlyCollection<DeliveryTarget> Targets => [.. _targets.Values];

    public IReadOnlyCollection<DeliverySetting> Settings => [.. _settings.Values];

    /// <summary>The latest deliveries, the oldest first.</summary>
    public IReadOnlyList<Delivery> Records
    {
        get
        {
            lock (_gate) return [.. _records];
        }
    }

    public bool Knows(string? provider) => provider is not null && _signers.ContainsKey(provider);

    public void Aim(DeliveryTarget target) => _targets.AddOrUpdate(target.Provider, target, (_, old) => target with { Secret = target.Secret ?? old.Secret });

    public void Set(DeliverySetting setting)
    {
        if (setting.IsNone) _settings.TryRemove(setting.Provider ?? "", out _);
        else _settings[setting.Provider ?? ""] = setting;
    }

    /// <summary>Takes every switch back and forgets what was sent and held; what is under way goes on.</summary>
    public void Clear()
    {
        _settings.Clear();
        lock (_gate)
        {
            _records.Clear();
            _held.Clear();
        }
    }

    /// <summary>Sends an event to the provider's receiver, as the switches say.</summary>
    public void Send(string provider, string eventId, string type, JsonObject body, DeliverySetting? instead = null)
    {
        var setting = instead ?? SettingFor(provider, type);
        var bytes = Encoding.UTF8.GetBytes(Dressed(body, setting).ToJsonString(Formats.Plain));
        for (var copy = 0; copy < Math.Max(1, setting.Copies ?? 1); copy++) Start(provider, eventId, type, bytes, setting);
    }

    /// <summary>Sends what was held back, shuffled.</summary>
    /// <returns>How many deliveries.</returns>
    public int Release()
    {
        Delivery[] held;
        lock (_gate)
        {
            held = [.. _held];
            _held.Clear();
        }
        Random.Shared.Shuffle(held);
        foreach (var delivery in held) Begin(delivery);
        return held.Length;
    }

    /// <summary>Waits until nothing is under way: all is delivered, held or lost.</summary>
    public Task IdleAsync(CancellationToken ct)
    {
        lock (_gate) return _idle.Task.WaitAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await IdleAsync(CancellationToken.None);
        _http.Dispose();
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }

    private static JsonObject Dressed(JsonObject body, DeliverySetting setting)
    {
        if (setting.ApiVersion is null && !setting.ExtraMembers) return body;
        body = body.DeepClone().AsObject();
        if (setting.ApiVersion is { } version) body["api_version"] = version;
        if (!setting.ExtraMembers) return body;
        body["not_known_yet"] = new JsonObject { ["of"] = "a later version" };
        if ((body["object"] as JsonObject ?? body["data"]?["object"] as JsonObject) is { } inner) inner["not_known_yet"] = true;
        return body;
    }

    private DeliverySetting SettingFor(string provider, string type) =>
        (_settings.GetValueOrDefault(provider) ?? _settings.GetValueOrDefault("")) is { } setting && (setting.Types is not { } types || types.Contains(type))
            ? setting : DeliverySetting.None;

    private void Start(string provider, string eventId, string type, byte[] body, DeliverySetting setting)
    {
        if (_targets.GetValueOrDefault(provider)?.Url is null) return;
        Delivery delivery;
        lock (_gate)
        {
            delivery = new Delivery(body, setting) { Number = ++_number, Provider = provider, EventId = eventId, Type = type };
            _records.Enqueue(delivery);
            if (_records.Count > MostRecords) _records.Dequeue();
            delivery.End = setting.Lose ? DeliveryEnd.Lost : setting.Hold ? DeliveryEnd.Held : DeliveryEnd.UnderWay;
            if (setting.Hold && !setting.Lose) _held.Add(delivery);
        }
        if (delivery.End == DeliveryEnd.UnderWay) Begin(delivery);
    }

    private void Begin(Delivery delivery)
    {
        delivery.End = DeliveryEnd.UnderWay;
        lock (_gate)
        {
            if (_underWay++ == 0) _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        _ = Task.Run(() => CarryAsync(delivery));
    }

    private async Task CarryAsync(Delivery delivery)
    {
        var end = DeliveryEnd.Lost;
        try
        {
            if (await TryAllAsync(delivery)) end = DeliveryEnd.Delivered;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The simulator is ending; what was not delivered is lost with it.
        }
        finally
        {
            delivery.End = end;
            lock (_gate)
            {
                if (--_underWay == 0) _idle.SetResult();
            }
        }
    }

    private async Task<bool> TryAllAsync(Delivery delivery)
    {
        var (setting, signer) = (delivery.Setting, _signers[delivery.Provider]);
        var first = (setting.DelayMs ?? 0) + (setting.ShuffleMs is > 0 and var most ? Random.Shared.Next(most + 1) : 0);
        foreach (var wait in (setting.RetryMs ?? signer.RetryMs).Prepend(first))
        {
            if (wait > 0) await Task.Delay(wait, _stopping.Token);
            await _slots.WaitAsync(_stopping.Token);
            try
            {
                if (await TryAsync(delivery, signer)) return true;
            }
            finally
            {
                _slots.Release();
            }
        }
        return false;
    }

    private async Task<bool> TryAsync(Delivery delivery, IEventSigner signer)
    {
        if (_targets.GetValueOrDefault(delivery.Provider) is not { } target || target.Pick() is not { } url) return true; // its receiver was taken away
        var setting = delivery.Setting;
        using var message = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(delivery.Body) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        var secret = setting.Forged ? "whsec_somebody_elses_secret" : target.Secret ?? "";
        if (!setting.Unsigned)
        {
            foreach (var (name, value) in signer.Sign(secret, delivery.Body, delivery.EventId, time.GetUtcNow().AddSeconds(-(setting.SignedAgo ?? 0)), setting)) message.Headers.Add(name, value);
        }
        delivery.Attempts++;
        var began = Stopwatch.GetTimestamp();
        try
        {
            using var answer = await _http.SendAsync(message, _stopping.Token);
            delivery.Status = (int)answer.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !_stopping.IsCancellationRequested))
        {
            delivery.Status = 0; // nobody is there, or too slow: tried again like any refusal
        }
        delivery.Ms = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        delivery.Saw(delivery.Status);
        return signer.Takes(delivery.Status);
    }
}
