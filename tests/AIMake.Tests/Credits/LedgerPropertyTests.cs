using AIMake.Credits;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using FsCheck;
using FsCheck.Fluent;

namespace AIMake.Tests.Credits;

/// <summary>
/// Ten thousand random lives of an account, checked against <see cref="LedgerModel"/>: every reply, every balance, every lot.
/// A hundred accounts live side by side and take each step together, so that the batches are tested too. A failing cohort is
/// shrunk by FsCheck and printed with its seed.
/// </summary>
public sealed class LedgerPropertyTests
{
    private const int Cohorts = 100;
    private const int Accounts = 100;
    private const int Steps = 12;
    private static readonly DateTimeOffset Start = new(2027, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Step = TimeSpan.FromDays(8);

    [Fact]
    public async Task Ten_thousand_random_sequences_leave_the_ledger_as_the_model_says()
    {
        var clock = new StepClock { Now = Start };
        await using var bench = await LedgerBench.StartAsync(clock, monthly: 0.000005m);
        var lives = Gen.ArrayOf(Gen.ArrayOf(Gen.Choose(0, int.MaxValue - 1), Steps), Accounts);
        var cohort = 0;
        var operations = 0;

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(Cohorts).WithStartSize(1).WithEndSize(1),
            Prop.ForAll(
                Arb.From(lives, Smaller),
                (int[][] life) =>
                {
                    operations += new Cohort(bench, clock).LiveAsync(life).GetAwaiter().GetResult();
                    if (++cohort % 25 == 0)
                    {
                        LedgerAssert.CleanAsync(bench.Database, clock).GetAwaiter().GetResult();
                    }
                }));

        Assert.True(operations > Cohorts * Accounts, "hardly anything happened");
        TestContext.Current.SendDiagnosticMessage($"{Cohorts * Accounts} sequences, {operations} operations");
    }

    /// <summary>Half of the accounts; of one account, one step less. Few candidates: each is a run against the database.</summary>
    private static IEnumerable<int[][]> Smaller(int[][] lives) => lives switch
    {
        [] => [],
        [var life] => life.Select((_, i) => new[] { life.Where((_, n) => n != i).ToArray() }).Where(_ => life.Length > 1),
        _ => [lives[..(lives.Length / 2)], lives[(lives.Length / 2)..]],
    };

    private sealed class Cohort(LedgerBench bench, StepClock clock)
    {
        private readonly List<Account> _accounts = [];

        public async Task<int> LiveAsync(int[][] lives)
        {
            clock.Now = Start;
            var steps = lives.Length == 0 ? 0 : lives.Max(l => l.Length);
            for (var i = 0; i < lives.Length; i++)
            {
                _accounts.Add(new Account(Guid.CreateVersion7(), i % 2 == 0 ? "free" : "none", LedgerModel.Open(Start, i % 2 == 0 ? 5 : 0)));
            }

            await bench.DoAsync(async s =>
            {
                foreach (var account in _accounts)
                {
                    await bench.Ledger.OpenAccountAsync(s, account.User, account.Plan, default);
                }

                return true;
            });

            var operations = 0;
            for (var step = 0; step < steps; step++)
            {
                clock.Now = Start + Step * (step + 1);
                operations += await StepAsync([.. lives.Select(l => step < l.Length ? l[step] : 0)]);
                    await TidyAsync(step);
                await CompareAsync();
            }

            return operations;
        }

        /// <summary>Each account draws its deed; deeds of one kind are done in one call, all of them in one transaction.</summary>
        private async Task<int> StepAsync(int[] draws)
        {
            var deeds = draws.Select((draw, i) => (Account: _accounts[i], Draw: new Draw(draw))).Where(d => !d.Account.Unsure).ToLookup(d => d.Draw.Next(20) switch
            {
                < 5 => Verb.Grant,
                < 11 => Verb.Hold,
                < 14 => Verb.Settle,
                < 16 => Verb.Void,
                < 18 => Verb.Renew,
                _ => Verb.Withdraw,
            });
            await bench.DoAsync(async session =>
            {
                await HoldAsync(session, [.. deeds[Verb.Hold]]);
                await SettleAsync(session, [.. deeds[Verb.Settle].Where(d => d.Account.Operations.Count > 0)]);
                await VoidAsync(session, [.. deeds[Verb.Void].Where(d => d.Account.Operations.Count > 0)]);
                await RenewAsync(session, [.. deeds[Verb.Renew].Where(d => d.Account.Operations.Count > 0)]);
                foreach (var (account, draw) in deeds[Verb.Grant])
                {
                    await GrantAsync(session, account, draw);
                }

                foreach (var (account, draw) in deeds[Verb.Withdraw])
                {
                    await WithdrawAsync(session, account, draw);
                }

                return true;
            });
            return deeds.Sum(d => d.Count());
        }

        private async Task HoldAsync(DbSession session, (Account Account, Draw Draw)[] deeds)
        {
            var orders = new List<(Account Account, HoldOrder Order, bool Again)>();
            foreach (var (account, draw) in deeds)
            {
                for (var n = 1 + draw.Next(3); n > 0; n--)
                {
                    if (account.Operations.Count > 0 && draw.Next(6) == 0)
                    {
                        orders.Add((account, account.Orders[draw.Next(account.Orders.Count)], true)); // a retry
                        continue;
                    }

                    var order = new HoldOrder(Guid.CreateVersion7(), account.User, new Micro(draw.Next(14)), draw.Next(3) == 0 ? Step * (1 + draw.Next(2)) : null);
                    orders.Add((account, order, false));
                }
            }

            var replies = await bench.Ledger.HoldAsync(session, [.. orders.Select(o => o.Order)], default);
            foreach (var ((account, order, again), reply) in orders.Zip(replies))
            {
                var (held, spendable, owed) = account.Model.TryHold(order.Operation, order.Ceiling.Value, clock.Now + order.Lease, clock.Now);
                var expected = held ? null
                    : owed > 0 && order.Ceiling > Micro.Zero ? new Fault(FaultCodes.DebtOutstanding, new Micro(owed))
                    : new Fault(FaultCodes.InsufficientCredits, order.Ceiling, new Micro(spendable), order.Ceiling - new Micro(spendable));
                Assert.Equal(order.Operation, reply.Operation);
                Assert.Equal(expected, reply.Fault);
                if (held && !again)
                {
                    account.Operations.Add(order.Operation);
                    account.Orders.Add(order);
                }
            }
        }

        private async Task SettleAsync(DbSession session, (Account Account, Draw Draw)[] deeds)
        {
            var orders = deeds.SelectMany(d => d.Draw.Some(d.Account.Operations).Select(o =>
                (d.Account, Settlement: new Settlement(o, new Micro(d.Draw.Next((int)d.Account.Model.Holds[o].Amount + 1)), "test")))).ToArray();
            var replies = await bench.Ledger.SettleAsync(session, [.. orders.Select(o => o.Settlement)], default);

            Expect([.. orders.Select(o => (o.Account, o.Settlement.Operation, (long?)o.Settlement.Amount.Value))], replies);
        }

        private async Task VoidAsync(DbSession session, (Account Account, Draw Draw)[] deeds)
        {
            var orders = deeds.SelectMany(d => d.Draw.Some(d.Account.Operations).Select(o => (d.Account, Operation: o))).ToArray();
            var replies = await bench.Ledger.VoidAsync(session, [.. orders.Select(o => o.Operation)], default);
            Expect([.. orders.Select(o => (o.Account, o.Operation, (long?)null))], replies);
        }

        /// <summary>One call is one batch: all of an account's holds end together.</summary>
        private void Expect((Account Account, Guid Operation, long? Charge)[] orders, IReadOnlyList<bool> replies)
        {
            Assert.Equal(orders.Select(o => o.Account.Model.Holds[o.Operation].Open), replies);
            foreach (var mine in orders.GroupBy(o => o.Account))
            {
                mine.Key.Model.Resolve([.. mine.OrderBy(o => o.Operation.ToString(), StringComparer.Ordinal).Select(o => (o.Operation, o.Charge))], clock.Now);
            }
        }

        private async Task RenewAsync(DbSession session, (Account Account, Draw Draw)[] deeds)
        {
            var orders = deeds.Select(d => (d.Account, Operation: d.Account.Operations[d.Draw.Next(d.Account.Operations.Count)], Checkpoint: d.Draw.Next(16))).ToArray();
            await bench.Ledger.RenewAsync(session, [.. orders.Select(o => (o.Operation, new Micro(o.Checkpoint)))], Step, default);
            foreach (var (account, operation, checkpoint) in orders)
            {
                account.Model.Renew(operation, checkpoint, clock.Now + Step);
            }
        }

        private async Task GrantAsync(DbSession session, Account account, Draw draw)
        {
            var again = account.Grants > 0 && draw.Next(6) == 0;
            var key = $"{account.User}:{(again ? draw.Next(account.Grants) : account.Grants++)}";
            var (amount, priority) = (1 + draw.Next(20), draw.Next(2) == 0 ? 20 : 50);
            DateTimeOffset? expires = draw.Next(2) == 0 ? null : clock.Now + TimeSpan.FromDays(1 + draw.Next(60));

            var granted = await bench.Ledger.GrantAsync(session, new(account.User, new Micro(amount), "promotion", key, priority, expires, ""), default);

            Assert.Equal(account.Model.Grant(key, amount, priority, expires, clock.Now), granted);
        }

        private async Task WithdrawAsync(DbSession session, Account account, Draw draw)
        {
            var (amount, toDebt) = (1 + draw.Next(10), draw.Next(2) == 0);
            var first = account.Grants > 0 && draw.Next(2) == 0 ? $"{account.User}:{draw.Next(account.Grants)}" : null;
            var key = $"{account.User}:{account.Withdrawals++}";

            var taken = await bench.Ledger.WithdrawAsync(session, new(account.User, new Micro(amount), key, first, toDebt, ""), default);

            Assert.Equal(new Micro(account.Model.Withdraw(amount, first, toDebt, clock.Now)), taken);
        }

        /// <summary>Sweeper and calendar come by now and then.</summary>
        private async Task TidyAsync(int step)
        {
            if (step % 2 == 1)
            {
                // A sweep may meet an account's holds in two bites, and pay its debt from other lots than in one.
                _accounts.ForEach(a => a.Unsure |= a.Model.Debt > 0 && a.Model.Due(clock.Now) > 1);
                await bench.Sweeper.RunOnceAsync(default);
                _accounts.ForEach(a => a.Model.Sweep(clock.Now));
            }

            if (step % 3 == 2)
            {
                await bench.Allowances.RunOnceAsync(default);
                _accounts.ForEach(a => a.Model.Refresh(clock.Now));
            }
        }

        private async Task CompareAsync()
        {
            var users = string.Join(',', _accounts.Select(a => $"'{a.User}'"));
            if (users.Length == 0)
            {
                return;
            }

            var real = new Dictionary<Guid, (long[] Balance, string[] Lots)>();
            await using var command = bench.Database.Source(DbPurpose.Admin).CreateCommand($"""
                SELECT a.user_id, ARRAY[a.available, a.held, a.debt], ARRAY(
                    SELECT format('%s/%s/%s', g.remaining, g.held, g.spent) FROM credits.grants g WHERE g.user_id = a.user_id
                    ORDER BY g.created_at, g.priority)
                FROM credits.accounts a WHERE a.user_id IN ({users})
                """);
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                real[reader.GetGuid(0)] = (reader.GetFieldValue<long[]>(1), reader.GetFieldValue<string[]>(2));
            }

            foreach (var account in _accounts.Where(a => !a.Unsure))
            {
                var model = account.Model;
                Assert.Equal([model.Available, model.Held, model.Debt], real[account.User].Balance);
                Assert.Equal(model.Lots.Select(l => $"{l.Remaining}/{l.Held}/{l.Spent}").Order(), real[account.User].Lots.Order());
            }
        }
    }

    private enum Verb
    {
        Grant,
        Hold,
        Settle,
        Void,
        Renew,
        Withdraw,
    }

    private sealed record Account(Guid User, string Plan, LedgerModel Model)
    {
        public List<Guid> Operations { get; } = [];

        public List<HoldOrder> Orders { get; } = [];

        public int Grants { get; set; }

        public int Withdrawals { get; set; }

        public bool Unsure { get; set; }
    }

    /// <summary>One generated number, drawn from as often as needed.</summary>
    private sealed class Draw(int seed)
    {
        private readonly Random _random = new(seed);

        public int Next(int below) => _random.Next(below);

        /// <summary>One or two different ones.</summary>
        public IEnumerable<Guid> Some(List<Guid> all) => Enumerable.Range(0, 1 + Next(2)).Select(_ => all[Next(all.Count)]).ToArray().Distinct();
    }

    private sealed class StepClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
