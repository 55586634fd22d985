using System.Text;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Gateway;

/// <summary>Clients that hang up in the middle.</summary>
internal static class HangingUp
{
    /// <summary>Reads an answer until what came is enough, then closes the connection.</summary>
    /// <param name="enough">Judges what has come so far; asked for the first time when the headers are there.</param>
    /// <returns>What had come.</returns>
    public static async Task<string> ReadUntilAsync(this TestUser user, TestServer server, string path, string body, Func<string, bool> enough)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var client = new HttpClient(new SocketsHttpHandler { MaxResponseDrainSize = 0, UseProxy = false }) { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Authorization = user.Http.DefaultRequestHeaders.Authorization;
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = GatewayRequests.Json(body) };
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        var stream = await response.Content.ReadAsStreamAsync(patience.Token);
        var (seen, buffer) = (new StringBuilder(), new byte[4096]);
        while (!enough(seen.ToString()))
        {
            var read = await stream.ReadAsync(buffer, patience.Token);
            Assert.True(read > 0, $"It ended before it was enough: {seen}");
            seen.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        return seen.ToString();
    }

    /// <summary>Sends a request and leaves before it is answered, as soon as the upstream was asked.</summary>
    public static async Task LeaveUnansweredAsync(this TestUser user, TestServer server, string path, string body, Task asked)
    {
        using var leave = new CancellationTokenSource();
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Authorization = user.Http.DefaultRequestHeaders.Authorization;
        var answer = client.PostAsync(path, GatewayRequests.Json(body), leave.Token);
        await asked.WaitAsync(TimeSpan.FromSeconds(30));
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
    }

    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await holds())
        {
            await Task.Delay(20, patience.Token);
        }
    }
}
