using System.Net;
using System.Net.Http.Json;

namespace AIMake.Tests.Simulator;

/// <summary>A switch may be for one path: the others behave, whoever calls them.</summary>
public sealed class FaultPathTests(SimulatorHost simulator) : IClassFixture<SimulatorHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_switch_for_a_path_counts_there_and_one_for_key_and_path_before_it()
    {
        await simulator.FaultsAsync(new[]
        {
            new { key = (string?)null, path = "/v1/embeddings", failStatus = 500 }, new { key = (string?)"sk-special", path = "/v1/embeddings", failStatus = 429 },
            new { key = (string?)null, path = "/elevenlabs/v1/models", failStatus = 503 },
        });

        Assert.Equal((500, 429), (await StatusAsync("sk-any", "/v1/embeddings"), await StatusAsync("sk-special", "/v1/embeddings")));
        Assert.Equal((200, 200), (await StatusAsync("sk-any", "/ollama/v1/embeddings"), await StatusAsync("sk-special", "/v1/chat/completions")));
        using var voices = new HttpRequestMessage(HttpMethod.Get, "/elevenlabs/v1/models");
        voices.Headers.Add("xi-api-key", "sk_any");
        using var answer = await simulator.Http.SendAsync(voices, Ct);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);

        await simulator.FaultsAsync(new { path = "/v1/embeddings" }); // taken back
        Assert.Equal((200, 429), (await StatusAsync("sk-any", "/v1/embeddings"), await StatusAsync("sk-special", "/v1/embeddings")));
    }

    [Fact]
    public async Task A_switch_for_a_service_hits_all_of_it_and_one_that_is_used_up_is_no_longer_shown()
    {
        await simulator.FaultsAsync(new object[] { new { key = "sk-once", path = "/vllm/*", failStatus = 500, failTimes = 1 }, new { key = "sk-once", path = "/vllm/v1/embeddings", failStatus = 401 } });

        Assert.Contains("sk-once", await ShownAsync(), StringComparison.Ordinal);
        Assert.Equal((401, 200), (await StatusAsync("sk-once", "/vllm/v1/embeddings"), await StatusAsync("sk-once", "/v1/chat/completions")));
        await simulator.FaultsAsync(new { key = "sk-once", path = "/vllm/v1/embeddings" });
        Assert.Contains("sk-once", await ShownAsync(), StringComparison.Ordinal);
        Assert.Equal((500, 200), (await StatusAsync("sk-once", "/vllm/v1/embeddings"), await StatusAsync("sk-once", "/vllm/v1/embeddings")));
        Assert.DoesNotContain("sk-once", await ShownAsync(), StringComparison.Ordinal);
    }

    private Task<string> ShownAsync() => simulator.Http.GetStringAsync("/__faults", Ct);

    private async Task<int> StatusAsync(string key, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = JsonContent.Create<object>(path.EndsWith("embeddings", StringComparison.Ordinal)
                ? new { model = "text-embedding-3-small", input = "x" }
                : new { model = "gpt-4o-mini", messages = new[] { new { role = "user", content = "x" } } }),
        };
        request.Headers.Authorization = new("Bearer", key);
        using var answer = await simulator.Http.SendAsync(request, Ct);
        return (int)answer.StatusCode;
    }
}
