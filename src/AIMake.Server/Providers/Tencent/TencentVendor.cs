using AIMake.Platform.Outbound;

namespace AIMake.Providers.Tencent;

/// <summary>Tencent Cloud's text to speech. <see cref="ProviderEndpoint.SecretId"/> and the secret sign every call.</summary>
internal sealed class TencentVendor(OutboundHttp http, TimeProvider time) : IVendor
{
    public string Type => "tencent";

    public ISpeechProvider Speech(ProviderEndpoint endpoint)
    {
        var client = new TencentClient(endpoint, http, time);
        return new TencentSpeechProvider(client, new TencentTask(client, http, time));
    }

    /// <summary>Asks after a task that does not exist, which costs nothing: a wrong key is refused before anybody looks for it.</summary>
    public async Task TestAsync(ProviderEndpoint endpoint, CancellationToken ct)
    {
        try
        {
            using var _ = await new TencentClient(endpoint, http, time).CallAsync("DescribeTtsTaskStatus", json => json.WriteString("TaskId", "0"), new() { MaxBytes = 1 << 20 }, ct);
        }
        catch (ProviderException e) when (TencentFaults.KeyIsGood(e.Fault))
        {
            // There is no such task, as expected.
        }
    }
}
