using System.Net.Http.Headers;
using AIMake.Platform.Outbound;

namespace AIMake.Providers;

/// <summary>What every adapter does around a call: says who is asking, and tells failures below HTTP in our words.</summary>
internal static class ProviderCalls
{
    private static readonly ProductInfoHeaderValue UserAgent = new("AIMake", typeof(ProviderCalls).Assembly.GetName().Version!.ToString(3));

    /// <summary>Sends a request and returns when the headers of the answer are there, whatever its status.</summary>
    /// <exception cref="ProviderException">There is no answer.</exception>
    public static async Task<OutboundResponse> CallAsync(this OutboundHttp http, HttpRequestMessage message, OutboundLimits limits, CancellationToken ct)
    {
        if (message.Headers.UserAgent.Count == 0) message.Headers.UserAgent.Add(UserAgent);
        try
        {
            return await http.SendAsync(message, limits, ct);
        }
        catch (OutboundException e)
        {
            throw ProviderFaults.From(e, begun: false);
        }
    }

    /// <summary>Puts a key into a header. One with characters that have no place there is refused before anything is sent.</summary>
    /// <exception cref="ProviderException">The key cannot be sent.</exception>
    public static void AddKey(this HttpRequestHeaders headers, string name, string key)
    {
        try
        {
            headers.Add(name, key);
        }
        catch (FormatException)
        {
            // Without the inner exception: its message quotes the value.
            throw new ProviderException(new(ProviderStage.Connect, ProviderParty.Us, ProviderFaultKind.Unauthorized, Retryable: false, Detail: "the key has characters that cannot be sent"));
        }
    }
}
