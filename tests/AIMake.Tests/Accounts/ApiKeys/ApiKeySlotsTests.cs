using AIMake.Accounts.ApiKeys;
using AIMake.Platform.Http;

namespace AIMake.Tests.Accounts.ApiKeys;

public sealed class ApiKeySlotsTests
{
    private static readonly ApiKeyGrant Key = new(Guid.CreateVersion7(), ApiKeyScope.Chat, null, null, null, null);

    [Fact]
    public void A_thousand_idle_streams_on_one_key_are_too_many()
    {
        var slots = new ApiKeySlots(new RateLimitOptions());

        var entered = Enumerable.Range(0, 1_000).Select(_ => slots.TryEnter(Key)).ToList();

        Assert.Equal(500, entered.Count(e => e.Slot is not null));
        Assert.All(entered.Skip(500), e => Assert.Equal("CONCURRENCY_LIMITED", e.Fault!.Code.Code));
        Assert.NotNull(slots.TryEnter(Key with { Id = Guid.CreateVersion7() }).Slot); // another key is not touched
    }

    [Fact]
    public void A_slot_is_given_back_once_and_what_was_refused_gives_nothing_back()
    {
        var slots = new ApiKeySlots(new RateLimitOptions());
        var one = Key with { MaxConcurrency = 1 };
        var first = slots.TryEnter(one).Slot!;
        Assert.Null(slots.TryEnter(one).Slot);

        first.Dispose();
        first.Dispose();

        Assert.NotNull(slots.TryEnter(one).Slot);
        Assert.NotNull(slots.TryEnter(one).Fault);
    }

    [Fact]
    public async Task Many_at_once_never_pass_the_limit()
    {
        var slots = new ApiKeySlots(new RateLimitOptions());
        var (key, inside, most) = (Key with { MaxConcurrency = 3 }, 0, 0);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                if (slots.TryEnter(key).Slot is not { } slot)
                {
                    continue;
                }

                var now = Interlocked.Increment(ref inside);
                InterlockedMax(ref most, now);
                Interlocked.Decrement(ref inside);
                slot.Dispose();
            }
        })));

        Assert.InRange(most, 1, 3);
        Assert.NotNull(slots.TryEnter(key).Slot);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
