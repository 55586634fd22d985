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

    private readonly WebApplication _app = SimulatorApp.Build(new SimulatorSettings(Sound: SoundSource.Tones));

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
