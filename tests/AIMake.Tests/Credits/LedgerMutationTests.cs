using AIMake.Credits;
using AIMake.Credits.Checking;
using AIMake.Tests.Hosting;
using Npgsql;

namespace AIMake.Tests.Credits;

/// <summary>
/// A checker that finds nothing proves little. Here one guard at a time is taken out of a scratch database: then either a
/// second guard refuses, and with that taken out too the checker names what broke.
/// </summary>
public sealed class LedgerMutationTests
{
    private const string NoBounds = "ALTER TABLE credits.grants DROP CONSTRAINT grants_bounds; ALTER TABLE credits.accounts DROP CONSTRAINT accounts_available_check; ALTER TABLE credits.accounts DROP CONSTRAINT accounts_held_check;";
    private const string Hold = "hold_within";
    private const string Resolve = "resolve_many";
    private const string Post = "post_advances";

    [Fact]
    public async Task Unharmed_the_scenario_leaves_clean_books()
    {
        await using var bench = await LedgerBench.StartAsync(new ManualTime());

        Assert.Null(await LiveAsync(bench));
        Assert.Empty(await FindAsync(bench));
    }

    [Theory]
    [InlineData("no entry for a charge", Resolve, "WHERE t.spent > 0", "WHERE false", "", "charged-once")]
    [InlineData("no entry for an expiry", "refresh", "FROM swept\n    )", "FROM swept WHERE false\n    )", "", "lot")]
    [InlineData("no entry for a grant", "add_lot", "VALUES (p_user, v_id, 'grant', v_id, p_amount, p_note, p_now)", "SELECT p_user, v_id, 'grant', v_id, p_amount, p_note, p_now WHERE false", "", "granted-once")]
    [InlineData("charge not taken from the account", Resolve, "a.available + t.amount - t.charge", "a.available + t.amount", "", "account")]
    [InlineData("hold not freed in the account", Resolve, "held = a.held - t.amount", "held = a.held", "", "account-held")]
    [InlineData("hold not freed in its lot", Resolve, "held = g.held - t.reserved", "held = g.held", NoBounds, "lot-held")]
    [InlineData("charge not taken from its lot", Resolve, "remaining = g.remaining - t.spent", "remaining = g.remaining", "ALTER TABLE credits.grants DROP CONSTRAINT grants_closed_when_empty;" + NoBounds, "lot")]
    [InlineData("no look at the funds", Hold, "WHEN v_order.amount > spendable THEN 2", "", NoBounds, "bounds")]
    [InlineData("burning in the wrong order", Hold, "ORDER BY g.priority, g.expires_at NULLS LAST", "ORDER BY g.priority DESC, g.expires_at NULLS LAST", "", "burn-order")]
    [InlineData("a lot reserved and not told", Hold, "UPDATE credits.grants g SET held = g.held + t.amount", "UPDATE credits.grants g SET held = g.held", NoBounds, "lot-held")]
    [InlineData("debt not repaid from what comes free", "repay", "v_paid := credits.take", "RETURN; v_paid := credits.take", "", "debt")]
    [InlineData("known source granted again", "add_lot", "ON CONFLICT (source_key) DO NOTHING", "", "ALTER TABLE credits.grants DROP CONSTRAINT grants_source_key_key;", "source-once")]
    [InlineData("expiry takes what is reserved", "refresh", "SET remaining = g.held, closed_at = CASE WHEN g.held = 0 THEN p_now END", "SET remaining = 0, closed_at = p_now", NoBounds, "bounds")]
    [InlineData("a late moment forgotten", "add_lot", "due_at = least(a.due_at, p_expires_at)", "due_at = a.due_at", "", "calendar")]
    [InlineData("a budget held and not told", Hold, "DO UPDATE SET held = b.held + excluded.held", "DO UPDATE SET held = b.held", "ALTER TABLE credits.budgets DROP CONSTRAINT budgets_held_check;", "budget")]
    [InlineData("a budget not freed", Resolve, "SET held = b.held - t.amount, spent", "SET spent", "", "budget")]
    [InlineData("a charge that a budget does not see", Resolve, "spent = b.spent + t.charge", "spent = b.spent", "", "budget")]
    [InlineData("no entry for a draw", Post, "ORDER BY d.upto, l.upto\n            RETURNING amount", "ORDER BY d.upto, l.upto LIMIT 0 RETURNING amount", "", "account", "IF v_posted <> v_hold.drawn THEN", "IF false THEN")]
    [InlineData("a draw posted and not taken away", Post, "DELETE FROM credits.draws d WHERE d.user_id = v_hold.user_id AND d.advance = v_hold.operation\n            RETURNING d.operation, d.amount, d.note, d.created_at", "SELECT d.operation, d.amount, d.note, d.created_at FROM credits.draws d WHERE d.user_id = v_hold.user_id AND d.advance = v_hold.operation", "", "drawn")]
    [InlineData("a draw not taken from its lot", Post, "remaining = g.remaining - v_spent,", "", "ALTER TABLE credits.grants DROP CONSTRAINT grants_closed_when_empty;" + NoBounds, "lot")]
    [InlineData("what an advance frees not told", Post, "available = a.available + (v_hold.amount - v_hold.drawn - v_rest)", "available = a.available", "", "available")]
    [InlineData("swept twice", Resolve, "done := v_hold.state = 'held' AND", "done := v_hold.state IS NOT NULL AND", "DROP TRIGGER holds_end_once ON credits.holds; ALTER TABLE credits.entries DROP CONSTRAINT entries_once;" + NoBounds, "charged-once", "h.operation = t.operation AND h.state = 'held'", "h.operation = t.operation")]
    public async Task A_guard_taken_out_is_noticed(
        string what, string function, string guard, string without, string secondGuard, string invariant, string? alsoGuard = null, string? alsoWithout = null)
    {
        var bench = LedgerBench.On(await TestPostgres.CreateDatabaseAsync(), new ManualTime());
        await TakeOutAsync(bench, function, guard, without);
        if (secondGuard.Length > 0)
        {
            var refusal = await LiveAsync(bench);
            Assert.True(refusal is not null || (await FindAsync(bench)).Count > 0, $"{what}: nobody noticed");
            await bench.Database.DisposeAsync();
            bench = LedgerBench.On(await TestPostgres.CreateDatabaseAsync(), new ManualTime());
            await TakeOutAsync(bench, function, guard, without);
            await bench.SqlAsync(secondGuard);
        }

        if (alsoGuard is not null)
        {
            await TakeOutAsync(bench, function, alsoGuard, alsoWithout!);
        }

        Assert.Null(await LiveAsync(bench));
        var findings = await FindAsync(bench);
        await bench.Database.DisposeAsync();

        Assert.Contains(invariant, findings.Select(f => f.Invariant.Name));
    }

    /// <summary>Guards whose absence only many at once can show.</summary>
    [Fact]
    public async Task Without_the_account_lock_the_constraints_refuse_and_without_those_the_checker_sees_the_overdraft()
    {
        var bench = LedgerBench.On(await TestPostgres.CreateDatabaseAsync());
        await TakeOutAsync(bench, Hold, "PERFORM 1 FROM credits.accounts a WHERE a.user_id = ANY (p_users) ORDER BY a.user_id FOR NO KEY UPDATE;", "");
        var user = await bench.OpenAsync(10);
        await CrowdAsync(bench, user);
        Assert.Empty(await FindAsync(bench));

        await bench.SqlAsync(NoBounds);
        var findings = new List<LedgerFinding>();
        for (var i = 0; i < 20 && findings.Count == 0; i++)
        {
            await CrowdAsync(bench, await bench.OpenAsync(10));
            findings.AddRange(await FindAsync(bench));
        }

        await bench.Database.DisposeAsync();
        Assert.Contains("bounds", findings.Select(f => f.Invariant.Name));
    }

    [Theory]
    [InlineData("UPDATE credits.entries SET amount = amount + 1 WHERE kind = 'spend'", "DROP TRIGGER entries_append_only ON credits.entries", "charged-once")]
    [InlineData("DELETE FROM credits.entries WHERE kind = 'grant'", "DROP TRIGGER entries_append_only ON credits.entries", "granted-once")]
    [InlineData("UPDATE credits.holds SET amount = amount + 1", "DROP TRIGGER holds_end_once ON credits.holds; ALTER TABLE credits.holds DROP CONSTRAINT holds_backed", "backed")]
    [InlineData("UPDATE credits.holds SET settled = amount + 1 WHERE state = 'settled'", "DROP TRIGGER holds_end_once ON credits.holds; ALTER TABLE credits.holds DROP CONSTRAINT holds_charge", "within-hold")]
    [InlineData("UPDATE credits.advances SET size = size + 1", null, "drawn")]
    [InlineData("UPDATE credits.draws SET amount = amount + 1", null, "drawn")]
    [InlineData("UPDATE credits.entries SET advance = operation WHERE advance IS NOT NULL", "DROP TRIGGER entries_append_only ON credits.entries", "drawn")]
    [InlineData("UPDATE credits.accounts SET available = available + 1", null, "available")]
    [InlineData("UPDATE credits.accounts SET period = period + 1", null, "calendar")]
    [InlineData("UPDATE credits.holds SET lease_until = '2020-01-01' WHERE state = 'held'", null, "forgotten-hold")]
    public async Task An_edit_by_hand_is_noticed(string edit, string? guard, string invariant)
    {
        var bench = LedgerBench.On(await TestPostgres.CreateDatabaseAsync(), new ManualTime());
        Assert.Null(await LiveAsync(bench));
        await bench.HoldAsync(await bench.OpenAsync(3), 1, out _);
        if (guard is not null)
        {
            await Assert.ThrowsAsync<PostgresException>(() => bench.SqlAsync(edit));
            await bench.SqlAsync(guard);
        }

        await bench.SqlAsync(edit);
        var findings = await FindAsync(bench, timely: true);
        await bench.Database.DisposeAsync();

        Assert.Contains(invariant, findings.Select(f => f.Invariant.Name));
    }

    [Fact]
    public async Task A_calendar_that_does_not_run_is_noticed()
    {
        var clock = new ManualTime();
        await using var bench = await LedgerBench.StartAsync(clock);
        var user = await bench.OpenAsync(0);
        await bench.GrantAsync(new GrantOrder(user, Micro.FromCredits(1), "promotion", "p", 20, clock.GetUtcNow().AddHours(1), ""));
        clock.Advance(TimeSpan.FromHours(4));

        Assert.Equal(["expired-lot"], (await FindAsync(bench, timely: true)).Select(f => f.Invariant.Name));
        await bench.Allowances.RunOnceAsync(default);
        Assert.Empty(await FindAsync(bench, timely: true));
    }

    /// <summary>A short life in which every verb happens. Null, or the refusal that ended it.</summary>
    private static async Task<string?> LiveAsync(LedgerBench bench)
    {
        var clock = (ManualTime)bench.Time;
        try
        {
            var user = await bench.OpenAsync(0);
            var soon = clock.GetUtcNow().AddHours(1);
            await bench.GrantAsync(new GrantOrder(user, Micro.FromCredits(3), "promotion", $"a:{user}", 20, soon, ""));
            await bench.GrantAsync(new GrantOrder(user, Micro.FromCredits(5), "pack", $"b:{user}", 50, null, ""));
            await bench.GrantAsync(new GrantOrder(user, Micro.FromCredits(5), "pack", $"b:{user}", 50, null, ""));
            await bench.HoldAsync(user, 6, out var both);
            await bench.HoldAsync(user, 100, out _);
            await bench.SettleAsync(both, 3.5m);
            await bench.SettleAsync(both, 3.5m);
            await bench.GrantAsync(new GrantOrder(user, Micro.FromCredits(2), "promotion", $"c:{user}", 20, soon, ""));
            await bench.HoldAsync(user, 1, out var late);
            clock.Advance(TimeSpan.FromHours(2));
            await bench.Allowances.RunOnceAsync(default);
            await bench.SettleAsync(late, 0.5m);
            await bench.HoldAsync(user, 3, out var open);
            await bench.WithdrawAsync(user, 6, $"w:{user}", $"a:{user}");
            await bench.VoidAsync(open);
            var busy = await bench.OpenAsync(160);
            var advance = new AdvanceOrder(Guid.CreateVersion7(), busy, Micro.FromCredits(1), Micro.FromCredits(8), TimeSpan.FromHours(9));
            await bench.DoAsync(s => bench.Ledger.OpenAdvanceAsync(s, advance, default));
            foreach (var keep in new Micro?[] { null, Micro.FromCredits(3), null })
            {
                await bench.DoAsync(async s =>
                {
                    await bench.Ledger.DrawAsync(s, [new Draw(advance.Id, Guid.CreateVersion7(), Micro.FromCredits(1), "chat")], default);
                    return true;
                });
                if (keep is not null)
                {
                    await bench.DoAsync(async s =>
                    {
                        await bench.Ledger.PostAsync(s, [(advance.Id, keep)], default);
                        return true;
                    });
                }
            }

            var budget = new Budget(Guid.CreateVersion7(), Micro.FromCredits(2), BudgetWindow.Day.StartOf(clock.GetUtcNow()));
            var keyed = await bench.OpenAsync(1);
            var within = Enumerable.Range(0, 3).Select(_ => new HoldOrder(Guid.CreateVersion7(), keyed, new Micro(1_000), null, budget)).ToArray();
            await bench.HoldAsync(within[0]);
            await bench.HoldAsync(within[1], within[2]);
            await bench.SettleAsync(within[0].Operation, 0.0005m);
            await bench.VoidAsync(within[1].Operation);
            await bench.GrantAsync(new GrantOrder(await bench.OpenAsync(0), Micro.FromCredits(5), "promotion", $"d:{user}", 20, clock.GetUtcNow().AddHours(30), ""));
            return null;
        }
        catch (PostgresException e)
        {
            return e.MessageText;
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
        catch (AIMake.Platform.Database.DatabaseFaultException e)
        {
            return e.Message;
        }
    }

    private static Task CrowdAsync(LedgerBench bench, Guid user) => Task.WhenAll(Enumerable.Range(0, 40).Select(async _ =>
    {
        try
        {
            await bench.HoldAsync(user, 1, out var _);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.CheckViolation)
        {
            // refused by a constraint: the second guard at work
        }
    }));

    private static Task<IReadOnlyList<LedgerFinding>> FindAsync(LedgerBench bench, bool timely = false) =>
        new LedgerChecker(bench.Database, bench.Clock).FindAsync(timely, CancellationToken.None);

    private static async Task TakeOutAsync(LedgerBench bench, string function, string guard, string without)
    {
        var source = (await bench.RowAsync<string>($"SELECT pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.pronamespace = 'credits'::regnamespace AND p.proname = '{function}'", 1))[0];
        Assert.Contains(guard, source, StringComparison.Ordinal);
        await bench.SqlAsync(source.Replace(guard, without, StringComparison.Ordinal));
    }
}
