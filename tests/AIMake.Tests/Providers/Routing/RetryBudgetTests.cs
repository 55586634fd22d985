using AIMake.Providers.Routing;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Providers.Routing;

public sealed class RetryBudgetTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void A_few_retries_are_always_affordable()
    {
        var budget = new RetryBudget(_time);

        Assert.Equal([true, true, true, false, false], Enumerable.Range(0, 5).Select(_ => budget.TrySpend()));
    }

    [Fact]
    public void With_many_calls_a_fifth_of_them_may_be_retried()
    {
        var budget = new RetryBudget(_time);
        for (var i = 0; i < 100; i++) budget.CountCall();

        Assert.Equal(20, Enumerable.Range(0, 100).Count(_ => budget.TrySpend()));
    }

    [Fact]
    public void What_was_spent_is_forgotten_after_ten_seconds_and_not_before()
    {
        var budget = new RetryBudget(_time);
        for (var i = 0; i < 3; i++) budget.TrySpend();

        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(budget.TrySpend());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(budget.TrySpend());
    }
}
