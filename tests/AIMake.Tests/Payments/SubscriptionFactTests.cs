using AIMake.Payments;
using AIMake.Payments.Orders;
using AIMake.Payments.Subscriptions;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Payments;

/// <summary>Plans by facts alone, on a clock of the test's own.</summary>
public sealed class SubscriptionFactTests
{
    private static int _names;

    [Fact]
    public async Task Every_order_of_a_beginnings_facts_ends_alike()
    {
        await using var bench = await PaymentsBench.StartAsync(new ManualTime());
        foreach (var permutation in Permutations([0, 1, 2, 3]))
        {
            var user = await bench.UserAsync();
            var order = await bench.OrderAsync(user, "pro");
            var (sub, name) = ($"sub-{Interlocked.Increment(ref _names)}", $"evt-{_names}");
            PaymentFact[] facts =
            [
                Seen(order, sub, SubscriptionStatus.Incomplete, bench.Now), Seen(order, sub, SubscriptionStatus.Active, bench.Now.AddSeconds(1)),
                Period(order, sub, 0, bench.Now), new SubscriptionLinked(new PurchaseKeys(order.Id, null, sub, "cus"), bench.Now),
            ];

            foreach (var fact in permutation)
            {
                await bench.ReceiveAsync($"{name}-{fact}", facts[fact]);
                await bench.ReceiveAsync($"{name}-{fact}", facts[fact]);
            }

            Assert.True(("pro", 3000m, "paid") == (await bench.PlanAsync(user), await bench.FreeAsync(user), await bench.StateAsync(order.Id)), string.Join(',', permutation));
            Assert.Contains((user, "pro", true), bench.Follower.Told);
        }
    }

    /// <summary>Two tabs: first orders at once learn of the same customer together. One of a hundred pairs failed when only one of the row's keys was named.</summary>
    [Fact]
    public async Task First_orders_at_once_write_one_customer_down_and_none_of_them_fails()
    {
        await using var bench = await PaymentsBench.StartAsync();
        for (var n = 0; n < 150; n++)
        {
            var (user, customer) = (Guid.CreateVersion7(), $"cus-{n}");
            Task<int> PutAsync(Guid whose, string which) => bench.Ledger.Database.TransactAsync(
                AIMake.Platform.Database.DbPurpose.Hot, s => SubscriptionStore.PutCustomerAsync(s, whose, "test", which, bench.Now, default), default);

            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => PutAsync(user, customer))));
            await PutAsync(Guid.CreateVersion7(), customer); // somebody else's already

            Assert.Equal([$"{user}"], await bench.Ledger.RowAsync<string>($"SELECT string_agg(user_id::text, ',') FROM payments.customers WHERE customer_id = '{customer}'", 1));
            if (n % 50 == 0)
            {
                await PutAsync(user, $"{customer}-later");
                Assert.Equal([$"{customer}-later"], await bench.Ledger.RowAsync<string>($"SELECT customer_id FROM payments.customers WHERE user_id = '{user}'", 1));
            }
        }
    }

    /// <summary>F22: the provider's periods decide, month ends and leap days included; each is granted once and gone at its end.</summary>
    [Fact]
    public async Task Periods_over_month_ends_and_a_leap_day_are_granted_once_each()
    {
        var clock = new ManualTime();
        await using var bench = await PaymentsBench.StartAsync(clock);
        var user = await bench.UserAsync();
        var order = await bench.OrderAsync(user, "pro");
        var anchor = new DateTimeOffset(2027, 8, 31, 22, 30, 0, TimeSpan.Zero); // in Berlin the first of September
        clock.Advance(anchor - clock.GetUtcNow());

        for (var n = 0; n < 14; n++)
        {
            var (starts, ends) = (anchor.AddMonths(n), anchor.AddMonths(n + 1));
            clock.Advance(starts - clock.GetUtcNow());
            var paid = new PeriodPaid(
                new PurchaseKeys(order.Id, null, "sub-1", "cus"), $"test:invoice:{n}", $"pi-{n}", 1900, "usd", null, "pro", starts, ends, Change: false, user, starts);
            await bench.ApplyAsync(paid);
            await bench.ApplyAsync(paid);
            await bench.Ledger.Allowances.RunOnceAsync(default);

            Assert.Equal(("pro", 3000m), (await bench.PlanAsync(user), await bench.FreeAsync(user)));
        }

        Assert.Equal(14 * 3000m, (await bench.Ledger.BookAsync(user))["grant"]);
    }

    [Fact]
    public async Task Grace_ends_and_the_plan_with_it_until_the_money_comes()
    {
        var clock = new ManualTime();
        await using var bench = await PaymentsBench.StartAsync(clock);
        var (user, order) = await BeginAsync(bench);
        await bench.ApplyAsync(Seen(order, "sub", SubscriptionStatus.PastDue, clock.GetUtcNow().AddSeconds(5)));
        var job = new GraceJob(bench.Ledger.Database, bench.Plans, new PaymentsOptions(), clock);

        clock.Advance(TimeSpan.FromDays(6.9));
        await job.RunOnceAsync(default);
        Assert.Equal("pro", await bench.PlanAsync(user));
        clock.Advance(TimeSpan.FromDays(0.2));
        await job.RunOnceAsync(default);
        Assert.Equal("free", await bench.PlanAsync(user));
        await bench.ApplyAsync(Period(order, "sub", 1, clock.GetUtcNow()));

        Assert.Equal("pro", await bench.PlanAsync(user));
        Assert.Equal([(user, "pro", true), (user, "free", false), (user, "pro", true)], bench.Follower.Told);
    }

    [Fact]
    public async Task What_has_ended_is_not_revived_by_what_was_told_before()
    {
        await using var bench = await PaymentsBench.StartAsync(new ManualTime());
        var (user, order) = await BeginAsync(bench);
        await bench.ApplyAsync(Seen(order, "sub", SubscriptionStatus.Canceled, bench.Now.AddSeconds(10)));

        await bench.ApplyAsync(Seen(order, "sub", SubscriptionStatus.Active, bench.Now.AddSeconds(5)));
        await bench.ApplyAsync(Seen(order, "sub", SubscriptionStatus.Active, bench.Now.AddSeconds(20)));

        Assert.Equal("free", await bench.PlanAsync(user));
    }

    [Fact]
    public async Task Two_words_of_one_second_that_differ_wait_for_the_provider()
    {
        await using var bench = await PaymentsBench.StartAsync(new ManualTime());
        var (user, order) = await BeginAsync(bench);
        var at = bench.Now.AddSeconds(30);
        await bench.ApplyAsync(Seen(order, "sub", SubscriptionStatus.PastDue, at) with { IsCoarse = true });

        Assert.Equal(FactVerdict.Waits, (await bench.ApplyAsync(Seen(order, "sub", SubscriptionStatus.Unpaid, at) with { IsCoarse = true })).Verdict);
        Assert.Equal("pro", await bench.PlanAsync(user));
        await bench.ApplyAsync(Seen(order, "sub", SubscriptionStatus.Unpaid, at.AddMilliseconds(300))); // what the provider says when it is asked
        Assert.Equal("free", await bench.PlanAsync(user));
    }

    [Fact]
    public async Task A_change_buys_its_share_and_one_that_cost_more_than_a_period_is_refused()
    {
        await using var bench = await PaymentsBench.StartAsync(new ManualTime());
        var (user, order) = await BeginAsync(bench);

        await bench.ApplyAsync(Period(order, "sub", 1, bench.Now) with { Plan = "team", Amount = 790, Change = true });
        Assert.Equal(3000m + 1600m, await bench.FreeAsync(user));
        Assert.Equal(FactVerdict.Refused, (await bench.ApplyAsync(Period(order, "sub", 2, bench.Now) with { Plan = "team", Amount = 7901, Change = true })).Verdict);

        Assert.Equal(3000m + 1600m, await bench.FreeAsync(user));
    }

    /// <summary>What travelled with a change may be of the plan before: the price says what was sold, and what cannot be told waits.</summary>
    [Fact]
    public async Task What_a_change_was_for_is_told_by_its_price()
    {
        await using var bench = await PaymentsBench.StartAsync(new ManualTime());
        var (user, order) = await BeginAsync(bench);
        await bench.ApplyAsync(Seen(order, "sub", SubscriptionStatus.Active, bench.Now.AddSeconds(1)) with { Price = "price-of-pro" });
        var change = Period(order, "sub", 1, bench.Now) with { Plan = null, Price = "price-of-team", Amount = 790, Change = true };

        Assert.Equal(FactVerdict.Waits, (await bench.ApplyAsync(change)).Verdict);
        Assert.Equal(FactVerdict.Refused, (await bench.ApplyAsync(change with { FullPrice = new(1234, "usd") })).Verdict);
        Assert.Equal(3000m, await bench.FreeAsync(user));
        await bench.ApplyAsync(Seen(order, "sub", SubscriptionStatus.Active, bench.Now.AddSeconds(2)) with { Price = "price-of-team", Plan = "team" });
        await bench.ApplyAsync(change);
        await bench.ApplyAsync(change with { Reference = "test:late", PaymentId = "pi-late", Price = "price-of-team-before", FullPrice = new(7900, "usd") });
        Assert.Equal(3000m + 1600m + 1600m, await bench.FreeAsync(user));

        // A renewal closed while the plan was changed: its metadata are the new plan's, its line is the old one's.
        var renewal = Period(order, "sub", 3, bench.Now) with { Plan = "team", Price = "price-of-pro" };
        Assert.Equal(FactVerdict.Waits, (await bench.ApplyAsync(renewal)).Verdict);
        await bench.ApplyAsync(renewal with { FullPrice = new(1900, "usd") });
        Assert.Equal(3000m + 1600m + 1600m + 3000m, await bench.FreeAsync(user));
    }

    [Fact]
    public async Task A_trial_gives_the_plan_and_no_credits()
    {
        await using var bench = await PaymentsBench.StartAsync(new ManualTime());
        var user = await bench.UserAsync();
        var order = await bench.OrderAsync(user, "pro");

        await bench.ApplyAsync(Period(order, "sub", 0, bench.Now) with { Amount = 0 });
        await bench.ApplyAsync(Seen(order, "sub", SubscriptionStatus.Trialing, bench.Now));

        Assert.Equal(("pro", 0m, "pending"), (await bench.PlanAsync(user), await bench.FreeAsync(user), await bench.StateAsync(order.Id)));
    }

    [Theory]
    [InlineData(1899, "usd")]
    [InlineData(1900, "eur")]
    public async Task A_first_period_of_another_sum_is_refused(long amount, string currency)
    {
        await using var bench = await PaymentsBench.StartAsync(new ManualTime());
        var user = await bench.UserAsync();
        var order = await bench.OrderAsync(user, "pro");

        Assert.Equal(FactVerdict.Refused, (await bench.ApplyAsync(Period(order, "sub", 0, bench.Now) with { Amount = amount, Currency = currency })).Verdict);

        Assert.Equal(("free", 0m), (await bench.PlanAsync(user), await bench.FreeAsync(user)));
    }

    [Fact]
    public async Task The_higher_of_two_plans_counts_and_the_other_when_it_ends()
    {
        await using var bench = await PaymentsBench.StartAsync(new ManualTime());
        var (user, order) = await BeginAsync(bench);
        var team = await bench.OrderAsync(user, "team");
        await bench.ApplyAsync(Seen(team, "sub-team", SubscriptionStatus.Active, bench.Now) with { Plan = "team" });
        Assert.Equal("team", await bench.PlanAsync(user));

        await bench.ApplyAsync(Seen(team, "sub-team", SubscriptionStatus.Canceled, bench.Now.AddSeconds(1)) with { Plan = "team" });

        Assert.Equal("pro", await bench.PlanAsync(user));
        Assert.Equal("pro", order.Item);
    }

    private static async Task<(Guid User, OrderRow Order)> BeginAsync(PaymentsBench bench)
    {
        var user = await bench.UserAsync();
        var order = await bench.OrderAsync(user, "pro");
        await bench.ApplyAsync(Period(order, "sub", 0, bench.Now));
        await bench.ApplyAsync(Seen(order, "sub", SubscriptionStatus.Active, bench.Now));
        Assert.Equal("pro", await bench.PlanAsync(user));
        return (user, order);
    }

    private static PeriodPaid Period(OrderRow order, string sub, int number, DateTimeOffset at) => new(
        new PurchaseKeys(order.Id, null, sub, "cus"), $"test:invoice:{sub}:{number}", $"pi-{sub}-{number}", 1900, "usd", null, "pro", at, at.AddMonths(1), Change: false, order.UserId, at);

    private static SubscriptionSeen Seen(OrderRow order, string sub, SubscriptionStatus status, DateTimeOffset at) => new(
        new PurchaseKeys(order.Id, null, sub, "cus"), sub, status, "item", null, "pro", at, at.AddMonths(1), null, null, order.UserId, at);

    private static IEnumerable<int[]> Permutations(int[] items) => items.Length < 2
        ? [items]
        : items.SelectMany(first => Permutations([.. items.Where(i => i != first)]).Select(rest => (int[])[first, .. rest]));
}
