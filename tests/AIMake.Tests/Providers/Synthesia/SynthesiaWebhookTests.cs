extern alias simulator;

using System.Text;
using AIMake.Providers.Synthesia;
using simulator::AIMake.Simulator.Synthesia;

namespace AIMake.Tests.Providers.Synthesia;

public sealed class SynthesiaWebhookTests
{
    private const string Secret = "syn-test-secret";
    private const string Timestamp = "1750000000";
    private const string Event = """{"type":"video.completed","data":{"id":"11111111-2222-3333-4444-555555555555","status":"complete"}}""";
    private const string Signature = "f04498bd824e97b7a0a9a955b34fd502bf566d87cb6c4bfbdfed95e022790474";

    private static readonly DateTimeOffset Then = DateTimeOffset.FromUnixTimeSeconds(1_750_000_000);

    [Fact]
    public void A_signature_computed_elsewhere_holds() => Assert.Equal(WebhookVerdict.Genuine, Verify());

    [Fact]
    public void So_does_the_simulators() =>
        Assert.Equal(WebhookVerdict.Genuine, Verify(signature: SynthesiaStudio.Sign(Secret, Timestamp, Encoding.UTF8.GetBytes(Event))));

    [Theory]
    [InlineData(-600, true)]
    [InlineData(600, true)]
    [InlineData(-601, false)]
    [InlineData(601, false)]
    [InlineData(31_536_000, false)]
    public void An_old_one_played_again_is_out_of_time(int seconds, bool genuine) =>
        Assert.Equal(genuine ? WebhookVerdict.Genuine : WebhookVerdict.OutOfTime, Verify(now: Then.AddSeconds(seconds)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1750000001")]
    [InlineData(" 1750000000")]
    [InlineData("-1750000000")]
    [InlineData("1.75e9")]
    [InlineData("99999999999999999999")]
    public void Another_timestamp_is_forged(string? timestamp) => Assert.Equal(WebhookVerdict.Forged, Verify(timestamp: timestamp));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("f04498bd824e97b7a0a9a955b34fd502bf566d87cb6c4bfbdfed95e02279047")]
    [InlineData("f04498bd824e97b7a0a9a955b34fd502bf566d87cb6c4bfbdfed95e022790475")]
    [InlineData("F04498BD824E97B7A0A9A955B34FD502BF566D87CB6C4BFBDFED95E022790474")]
    [InlineData("zz4498bd824e97b7a0a9a955b34fd502bf566d87cb6c4bfbdfed95e022790474")]
    public void Another_signature_is_forged(string? signature) => Assert.Equal(WebhookVerdict.Forged, Verify(signature: signature));

    [Fact]
    public void One_byte_changed_or_written_anew_is_forged()
    {
        Assert.Equal(WebhookVerdict.Forged, Verify(body: Event.Replace('5', '6')));
        Assert.Equal(WebhookVerdict.Forged, Verify(body: Event.Replace(",", ", ", StringComparison.Ordinal)));
        Assert.Equal(WebhookVerdict.Forged, Verify(body: ""));
    }

    [Fact]
    public void Without_a_secret_nothing_is_believed_not_even_what_is_signed_with_none() =>
        Assert.Equal(WebhookVerdict.NotConfigured, Verify(secret: "", signature: SynthesiaStudio.Sign("", Timestamp, Encoding.UTF8.GetBytes(Event))));

    private static WebhookVerdict Verify(string secret = Secret, string? timestamp = Timestamp, string? signature = Signature, string body = Event, DateTimeOffset? now = null) =>
        SynthesiaWebhook.Verify(secret, timestamp, signature, Encoding.UTF8.GetBytes(body), now ?? Then);
}
