extern alias simulator;

using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using simulator::AIMake.Simulator;

namespace AIMake.Tests.Simulator;

/// <summary>A simulator inside the test process, on a port of its own, making tones instead of speech.</summary>
public sealed class SimulatorHost : IAsyncLifetime
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly WebApplication _app;

    public SimulatorHost() : this(null)
    {
    }

    /// <param name="time">The simulator's clock, where tokens it makes have to fit another.</param>
    internal SimulatorHost(TimeProvider? time) => _app = SimulatorApp.Build(new SimulatorSettings(Sound: SoundSource.Tones), time);

    /// <summary>Talks to the simulator as a stranger would.</summary>
    public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

    /// <summary>As in <c>Outbound:AllowedHosts</c>.</summary>
    public string Host => Http.BaseAddress!.Authority;

    /// <summary>Base URL for an OpenAI client.</summary>
    public string BaseUrl => $"{Http.BaseAddress}v1";

    public async ValueTask InitializeAsync()
    {
        await _app.StartAsync(TestContext.Current.CancellationToken);
        Http.BaseAddress = new Uri(_app.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }

    /// <summary>Sets switches; members as in the simulator's <c>POST /__faults</c>.</summary>
    public async Task FaultsAsync(object setting)
    {
        using var answer = await Http.PostAsJsonAsync("/__faults", setting, Json, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Posts to a control, e.g. <c>/__stripe/sessions/ID/pay</c>, and returns what it answers; an undefined element for nothing.</summary>
    public async Task<JsonElement> ControlAsync(string path, object? body = null)
    {
        using var answer = await Http.PostAsJsonAsync(path, body ?? new { }, Json, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Waits until every event is delivered, held or lost.</summary>
    public async Task DeliveredAsync() => (await Http.GetAsync("/__deliveries/idle", TestContext.Current.CancellationToken)).Dispose();

    /// <summary>What was paid, by the providers' own book.</summary>
    public async Task<IReadOnlyList<SimulatedPayment>> PaymentsAsync() =>
        (await Http.GetFromJsonAsync<SimulatedPayment[]>("/__payments", Json, TestContext.Current.CancellationToken))!;

    public async Task ResetAsync() => (await Http.PostAsync("/__reset", null, TestContext.Current.CancellationToken)).Dispose();

    /// <summary>The simulator's own book.</summary>
    public async Task<IReadOnlyList<SimulatedCall>> BookAsync() =>
        (await Http.GetFromJsonAsync<Book>("/__book", Json, TestContext.Current.CancellationToken))!.Calls;

    /// <summary>The book of one key, for tests that share a simulator.</summary>
    public async Task<IReadOnlyList<SimulatedCall>> BookAsync(string key) => [.. (await BookAsync()).Where(call => call.Key == key)];

    /// <summary>Waits until the book looks as expected.</summary>
    public async Task<IReadOnlyList<SimulatedCall>> BookWhenAsync(string key, Func<IReadOnlyList<SimulatedCall>, bool> condition)
    {
        while (true)
        {
            var book = await BookAsync(key);
            if (condition(book)) return book;
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private sealed record Book(SimulatedCall[] Calls);
}

/// <summary>An entry of the simulator's book.</summary>
public sealed record SimulatedCall(int Number, string Method, string Path, string? Key, string? Body, string? Model, string? Voice, int Characters, int Status, long Bytes, string End);

/// <summary>A payment in the simulator's book: minor units, lower-case currency.</summary>
public sealed record SimulatedPayment(string Provider, string Id, string? Order, string? Subscription, string? Invoice, long Amount, string Currency, long Refunded, long Disputed, long At);
