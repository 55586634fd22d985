using AIMake.Credits;
using AIMake.Payments;
using AIMake.Payments.Orders;
using AIMake.Platform.Faults;
using Npgsql;

namespace AIMake.Tests.Payments;

public sealed class FulfilmentTests
{
    [Fact]
    public async Task A_paid_package_grants_its_credits_and_never_again()
    {
        await using var bench = await PaymentsBench.StartAsync();
        var user = await bench.UserAsync();
        var order = await bench.OrderAsync(user);

        Assert.Equal(FactVerdict.Applied, (await bench.ApplyAsync(bench.Paid(order))).Verdict);
        Assert.Equal(FactVerdict.Known, (await bench.ApplyAsync(bench.Paid(order))).Verdict);

        Assert.Equal((500m, "paid"), (await bench.FreeAsync(user), await bench.StateAsync(order.Id)));
    }

    [Fact]
    public async Task Fifty_at_once_from_two_nodes_grant_once()
    {
        await using var bench = await PaymentsBench.StartAsync();
        await using var other = PaymentsBench.On(bench.Ledger.Database.ConnectionString);
        var user = await bench.UserAsync();
        var order = await bench.OrderAsync(user);

        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(n => Task.Run(() => (n % 2 == 0 ? bench : other).ApplyAsync(bench.Paid(order)))));

        Assert.Single(results, r => r.Verdict is FactVerdict.Applied);
        Assert.Equal(500m, await bench.FreeAsync(user));
    }

    /// <summary>S34.</summary>
    [Fact]
    public async Task What_was_not_ordered_changes_nothing()
    {
        await using var bench = await PaymentsBench.StartAsync();
        var user = await bench.UserAsync();
        var order = await bench.OrderAsync(user);
        PackagePaid right = bench.Paid(order);

        FactResult[] results =
        [
            await bench.ApplyAsync(right with { Amount = 499 }), await bench.ApplyAsync(right with { Amount = 501 }), await bench.ApplyAsync(right with { Currency = "eur" }),
            await bench.ApplyAsync(right, provider: "creem"),
        ];

        Assert.All(results, r => Assert.Equal(FactVerdict.Refused, r.Verdict));
        Assert.Equal((0m, "pending"), (await bench.FreeAsync(user), await bench.StateAsync(order.Id)));
        await bench.ApplyAsync(right); // the right one still can
        Assert.Equal(500m, await bench.FreeAsync(user));
    }

    [Fact]
    public async Task Money_twice_for_one_order_is_for_a_person()
    {
        await using var bench = await PaymentsBench.StartAsync();
        var user = await bench.UserAsync();
        var order = await bench.OrderAsync(user);
        await bench.ApplyAsync(bench.Paid(order));

        var second = await bench.ApplyAsync(bench.Paid(order, "pay-2") with { Reference = "test:other" });

        Assert.Equal(FactVerdict.Refused, second.Verdict);
        Assert.Equal(500m, await bench.FreeAsync(user));
    }

    [Theory]
    [InlineData("failed", true)]
    [InlineData("expired", false)]
    public async Task Money_that_comes_after_its_page_has_ended_counts(string state, bool failed)
    {
        await using var bench = await PaymentsBench.StartAsync();
        var user = await bench.UserAsync();
        var order = await bench.OrderAsync(user);
        await bench.ApplyAsync(new CheckoutEnded(new PurchaseKeys(null, order.CheckoutId), failed, bench.Now));
        Assert.Equal(state, await bench.StateAsync(order.Id));

        await bench.ApplyAsync(bench.Paid(order));
        await bench.ApplyAsync(new CheckoutEnded(new PurchaseKeys(order.Id), failed, bench.Now));

        Assert.Equal((500m, "paid"), (await bench.FreeAsync(user), await bench.StateAsync(order.Id)));
    }

    [Fact]
    public async Task Every_order_of_a_purchases_events_ends_alike()
    {
        await using var bench = await PaymentsBench.StartAsync();
        foreach (var (permutation, n) in Permutations([0, 1, 2, 3]).Select((p, n) => (p, n)))
        {
            var user = await bench.UserAsync();
            var order = await bench.OrderAsync(user);
            PaymentFact[] facts =
            [
                new PaymentAwaited(new PurchaseKeys(order.Id), bench.Now), bench.Paid(order, $"pay-{n}"), new MoneyRefunded($"pay-{n}", 200, 500, bench.Now),
                new MoneyRefunded($"pay-{n}", 300, 500, bench.Now.AddSeconds(1)),
            ];

            foreach (var fact in permutation)
            {
                await bench.ReceiveAsync($"evt-{n}-{fact}", facts[fact]);
            }

            Assert.True((200m, "partly_refunded") == (await bench.FreeAsync(user), await bench.StateAsync(order.Id)), string.Join(',', permutation));
            Assert.All([0, 1, 2, 3], i => Assert.Equal("applied", bench.EventAsync($"evt-{n}-{i}").Result.Outcome));
        }
    }

    [Fact]
    public async Task A_cent_at_a_time_takes_back_no_more_than_all_of_it()
    {
        await using var bench = await PaymentsBench.StartAsync();
        var user = await bench.UserAsync();
        var order = await bench.OrderAsync(user);
        await bench.ApplyAsync(bench.Paid(order));
        for (var cents = 1; cents <= 500; cents += 83)
        {
            await bench.ApplyAsync(new MoneyRefunded("pay-1", cents, 500, bench.Now.AddSeconds(cents)));
            Assert.Equal(500m - cents, await bench.FreeAsync(user));
        }

        await bench.ApplyAsync(new MoneyRefunded("pay-1", 500, 500, bench.Now.AddSeconds(900)));
        await bench.ApplyAsync(new MoneyRefunded("pay-1", 500, 500, bench.Now.AddSeconds(901)));
        await bench.ApplyAsync(new MoneyRefunded("pay-1", 84, 500, bench.Now.AddSeconds(84))); // an old one, late

        Assert.Equal((0m, "refunded"), (await bench.FreeAsync(user), await bench.StateAsync(order.Id)));
        Assert.Equal(500m, (await bench.Ledger.BookAsync(user))["withdraw"]);
    }

    [Fact]
    public async Task A_refund_that_failed_gives_the_credits_back()
    {
        await using var bench = await PaymentsBench.StartAsync();
        var user = await bench.UserAsync();
        var order = await bench.OrderAsync(user);
        await bench.ApplyAsync(bench.Paid(order));
        await bench.ApplyAsync(new MoneyRefunded("pay-1", 500, 500, bench.Now));

        await bench.ApplyAsync(new MoneyRefunded("pay-1", 0, 500, bench.Now.AddMinutes(1)));

        Assert.Equal((500m, "paid"), (await bench.FreeAsync(user), await bench.StateAsync(order.Id)));
    }

    /// <summary>F35.</summary>
    [Fact]
    public async Task A_dispute_after_the_credits_are_spent_is_a_debt_that_blocks_until_the_next_package_pays_it()
    {
        await using var bench = await PaymentsBench.StartAsync();
        var user = await bench.UserAsync();
        var order = await bench.OrderAsync(user);
        await bench.ApplyAsync(bench.Paid(order));
        Assert.Null(await bench.Ledger.HoldAsync(user, 450, out var work));
        await bench.Ledger.SettleAsync(work, 450);

        await bench.ApplyAsync(new MoneyDisputed("dp-1", "pay-1", 500, null, DisputeState.Open, bench.Now));

        Assert.Equal((450m, "disputed"), (await bench.Ledger.DebtAsync(user), await bench.StateAsync(order.Id)));
        Assert.Equal(FaultCodes.DebtOutstanding, (await bench.Ledger.HoldAsync(user, 1, out _))!.Code);
        await bench.ApplyAsync(bench.Paid(await bench.OrderAsync(user), "pay-2"));
        Assert.Equal((0m, 50m), (await bench.Ledger.DebtAsync(user), await bench.FreeAsync(user)));
        Assert.Null(await bench.Ledger.HoldAsync(user, 1, out var next));
        await bench.Ledger.VoidAsync(next);
        await bench.ApplyAsync(new MoneyDisputed("dp-1", "pay-1", 500, null, DisputeState.Lost, bench.Now));
        Assert.Equal((50m, "charged_back"), (await bench.FreeAsync(user), await bench.StateAsync(order.Id)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_dispute_that_is_won_restores_everything_in_whatever_order_it_is_told(bool inOrder)
    {
        await using var bench = await PaymentsBench.StartAsync();
        var user = await bench.UserAsync();
        var order = await bench.OrderAsync(user);
        await bench.ApplyAsync(bench.Paid(order));
        PaymentFact[] facts = [new MoneyDisputed("dp", "pay-1", 500, null, DisputeState.Open, bench.Now), new MoneyDisputed("dp", "pay-1", 500, null, DisputeState.Won, bench.Now)];

        foreach (var fact in inOrder ? facts : facts.Reverse())
        {
            await bench.ApplyAsync(fact);
            await bench.ApplyAsync(fact);
        }

        Assert.Equal((500m, "paid"), (await bench.FreeAsync(user), await bench.StateAsync(order.Id)));
        Assert.Equal(0m, await bench.Ledger.DebtAsync(user));
    }

    [Fact]
    public async Task An_inquiry_moves_nothing()
    {
        await using var bench = await PaymentsBench.StartAsync();
        var user = await bench.UserAsync();
        var order = await bench.OrderAsync(user);
        await bench.ApplyAsync(bench.Paid(order));

        await bench.ApplyAsync(new MoneyDisputed("dp", "pay-1", 500, null, DisputeState.Inquiry, bench.Now));

        Assert.Equal((500m, "paid"), (await bench.FreeAsync(user), await bench.StateAsync(order.Id)));
    }

    [Fact]
    public async Task A_refund_never_takes_what_work_under_way_holds()
    {
        await using var bench = await PaymentsBench.StartAsync();
        var user = await bench.UserAsync();
        await bench.ApplyAsync(bench.Paid(await bench.OrderAsync(user)));
        await bench.Ledger.HoldAsync(user, 300, out var work);

        await bench.ApplyAsync(new MoneyRefunded("pay-1", 500, 500, bench.Now));

        Assert.Equal((0m, 300m), await bench.Ledger.BalanceAsync(user));
        Assert.Equal(300m, await bench.Ledger.DebtAsync(user));
        await bench.Ledger.VoidAsync(work);
        Assert.Equal(0m, await bench.Ledger.DebtAsync(user));
    }

    [Fact]
    public async Task A_grant_by_hand_and_the_notice_that_comes_after_it_are_one_grant()
    {
        await using var bench = await PaymentsBench.StartAsync();
        var user = await bench.UserAsync();
        var order = await bench.OrderAsync(user);

        Assert.True((await bench.Ledger.DoAsync(s => bench.Fulfilment.GrantByHandAsync(s, order.Id, "seen at the bank", default))).Ok);
        Assert.Equal(FaultCodes.OrderPaid, (await bench.Ledger.DoAsync(s => bench.Fulfilment.GrantByHandAsync(s, order.Id, "seen at the bank", default))).Fault!.Code);
        Assert.Equal(FactVerdict.Known, (await bench.ApplyAsync(bench.Paid(order))).Verdict);
        await bench.ApplyAsync(new MoneyRefunded("pay-1", 500, 500, bench.Now)); // known by the provider's name from then on

        Assert.Equal((0m, "refunded"), (await bench.FreeAsync(user), await bench.StateAsync(order.Id)));
    }

    [Theory]
    [InlineData("UPDATE payments.orders SET amount = 1")]
    [InlineData("UPDATE payments.orders SET state = 'won'")]
    [InlineData("UPDATE payments.orders SET state = 'created'")]
    [InlineData("UPDATE payments.orders SET paid_at = NULL, state = 'pending'")]
    [InlineData("DELETE FROM payments.orders")]
    [InlineData("UPDATE payments.payments SET refunded = 501")]
    [InlineData("UPDATE payments.payments SET clawed = credits + 1")]
    [InlineData("DELETE FROM payments.payments")]
    [InlineData("UPDATE payments.movements SET amount = 0")]
    [InlineData("INSERT INTO payments.payments SELECT gen_random_uuid(), order_id, user_id, provider, 'test:again', 'pay-9', NULL, item, amount, currency, credits, 0, NULL, 0, 0, 0, paid_at, created_at FROM payments.payments")]
    public async Task The_tables_refuse_what_cannot_be(string sql)
    {
        await using var bench = await PaymentsBench.StartAsync();
        var order = await bench.OrderAsync(await bench.UserAsync());
        await bench.ApplyAsync(bench.Paid(order));

        await Assert.ThrowsAsync<PostgresException>(() => bench.Ledger.SqlAsync(sql));
    }

    private static IEnumerable<int[]> Permutations(int[] items) => items.Length < 2
        ? [items]
        : items.SelectMany(first => Permutations([.. items.Where(i => i != first)]).Select(rest => (int[])[first, .. rest]));
}
