using AIMake.Providers;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Providers;

public sealed class PaidOrderTests
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private readonly ManualTime _time = new(jumps: true);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ProviderFaultKind.Timeout, ProviderStage.FirstByte, false)]
    [InlineData(ProviderFaultKind.Interrupted, ProviderStage.FirstByte, false)]
    [InlineData(ProviderFaultKind.InvalidResponse, ProviderStage.Decode, false)]
    [InlineData(ProviderFaultKind.Timeout, ProviderStage.Connect, true)]
    [InlineData(ProviderFaultKind.Throttled, ProviderStage.FirstByte, true)]
    [InlineData(ProviderFaultKind.ServerError, ProviderStage.FirstByte, true)]
    internal async Task An_order_whose_fate_is_unknown_is_not_placed_again(ProviderFaultKind kind, ProviderStage stage, bool retryable)
    {
        var fault = (await Assert.ThrowsAsync<ProviderException>(() => PaidOrder.PlaceAsync<string>(() => throw Passing(kind, stage)))).Fault;

        Assert.Equal((kind, retryable), (fault.Kind, fault.Retryable));
    }

    [Fact]
    public async Task Questions_that_fail_in_passing_do_not_lose_what_is_being_made()
    {
        var asked = 0;

        var made = await WaitAsync(() => ++asked switch
        {
            1 or 3 or 4 or 5 or 6 => throw Passing(ProviderFaultKind.ServerError, ProviderStage.FirstByte),
            7 => Task.FromResult<string?>("made"),
            _ => Task.FromResult<string?>(null),
        });

        Assert.Equal(("made", 7), (made, asked));
    }

    [Fact]
    public async Task Five_in_a_row_are_enough_and_no_reason_to_order_anew()
    {
        var asked = 0;

        var fault = (await Assert.ThrowsAsync<ProviderException>(() => WaitAsync(() => asked++ < 100 ? throw Passing(ProviderFaultKind.ServerError, ProviderStage.FirstByte) : Task.FromResult<string?>("")))).Fault;

        Assert.Equal((5, ProviderFaultKind.ServerError, false), (asked, fault.Kind, fault.Retryable));
    }

    [Fact]
    public async Task Pauses_grow_to_their_measure_and_honour_a_wish()
    {
        var asked = 0;

        await WaitAsync(() => ++asked switch
        {
            3 => throw new ProviderException(new(ProviderStage.FirstByte, ProviderParty.Provider, ProviderFaultKind.Throttled, Retryable: true, TimeSpan.FromSeconds(30))),
            6 => Task.FromResult<string?>("made"),
            _ => Task.FromResult<string?>(null),
        });

        Assert.Equal([2, 3, 4.5, 30, 5, 5], _time.Waits.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task It_is_given_up_in_the_end()
    {
        var fault = (await Assert.ThrowsAsync<ProviderException>(() => WaitAsync(() => Task.FromResult<string?>(null)))).Fault;

        Assert.Equal((ProviderFaultKind.Timeout, ProviderParty.Clock, false), (fault.Kind, fault.Party, fault.Retryable));
    }

    private Task<string> WaitAsync(Func<Task<string?>> ask) => PaidOrder.WaitAsync(ask, Every, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(2), _time, Ct);

    private static ProviderException Passing(ProviderFaultKind kind, ProviderStage stage) => new(new(stage, ProviderParty.Provider, kind, Retryable: true));
}
