using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AIMake.Simulator.Clerk;

/// <summary>A notice of Clerk's, signed as Svix does and posted; whoever asked for it is told what was answered.</summary>
internal static class ClerkNotice
{
    /// <summary>The secret that notices are signed with; Svix's own documentation uses it.</summary>
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(15) };

    /// <returns>The status answered; 0 when nobody was there.</returns>
    public static async Task<int> SendAsync(string address, string id, DateTimeOffset at, string body, bool forged, CancellationToken ct)
    {
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var key = Convert.FromBase64String(Secret["whsec_".Length..]);
        if (forged) key[0] ^= 1;
        using var message = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        message.Headers.Add("svix-id", id);
        message.Headers.Add("svix-timestamp", timestamp);
        message.Headers.Add("svix-signature", $"v1,{Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}")))}");
        try
        {
            using var answer = await Http.SendAsync(message, ct);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }
}
