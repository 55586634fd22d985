using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AIMake.Simulator.Kie;

/// <summary>Posts a notice that a task has ended. Nobody has to be there to take it.</summary>
internal static class KieNotice
{
    /// <summary>The key notices are signed with.</summary>
    public const string Key = "kie-test-hmac-key";

    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(15) };

    /// <param name="signedAt">When it is signed; null leaves it unsigned.</param>
    public static async Task SendAsync(string address, string taskId, string body, DateTimeOffset? signedAt, CancellationToken ct)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (signedAt is { } time)
        {
            var timestamp = time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            message.Headers.Add("X-Webhook-Timestamp", timestamp);
            message.Headers.Add("X-Webhook-Signature", Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), Encoding.UTF8.GetBytes($"{taskId}.{timestamp}"))));
        }
        try
        {
            (await Http.SendAsync(message, ct)).Dispose();
        }
        catch (HttpRequestException)
        {
            // Whoever wanted to be told is not there; the service tries a few times and gives up as well.
        }
    }
}
