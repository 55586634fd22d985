using System.Security.Cryptography;
using AIMake.Platform.Secrets;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Platform.Secrets;

public sealed class HmacRingTests
{
    [Fact]
    public void A_key_of_less_than_32_bytes_cannot_exist() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new HmacKey("k", new byte[31], until: null));

    [Fact]
    public void An_empty_digest_verifies_nothing()
    {
        var key = new HmacKey("k", RandomNumberGenerator.GetBytes(32), until: null);

        Assert.False(key.Verifies("message"u8, []));
        Assert.False(key.Verifies("message"u8, key.Sign("message"u8)[..31]));
        Assert.True(key.Verifies("message"u8, key.Sign("message"u8)));
    }

    [Fact]
    public void Keys_are_found_by_exact_id_and_without_one_only_while_there_is_one()
    {
        var clock = new ManualTime();
        var (signer, old) = (Key("new", null), Key("old", clock.GetUtcNow() + TimeSpan.FromMinutes(16)));

        Assert.Same(signer, new HmacRing(signer, [], clock).Find(null));
        var both = new HmacRing(signer, [old], clock);
        Assert.Null(both.Find(null));
        Assert.Null(both.Find("NEW"));
        Assert.Same(old, both.Find("old"));
    }

    [Fact]
    public void A_previous_key_stops_verifying_when_what_it_signed_has_expired()
    {
        var clock = new ManualTime();
        var ring = new HmacRing(Key("new", null), [Key("old", clock.GetUtcNow() + TimeSpan.FromMinutes(16))], clock);

        clock.Advance(TimeSpan.FromMinutes(17));

        Assert.Null(ring.Find("old"));
        Assert.NotNull(ring.Find("new"));
    }

    [Fact]
    public void Two_keys_with_one_id_are_refused() =>
        Assert.Throws<InvalidOperationException>(() => new HmacRing(Key("same", null), [Key("same", null)], new ManualTime()));

    private static HmacKey Key(string kid, DateTimeOffset? until) => new(kid, RandomNumberGenerator.GetBytes(32), until);
}
