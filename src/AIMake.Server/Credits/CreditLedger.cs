using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using Npgsql;

namespace AIMake.Credits;

/// <summary>
/// Speaks to the schema's functions and translates their answers. A hold that outlived its lease may still be settled by its
/// owner until the sweeper comes: the credits are still reserved, and the owner's figure is the truthful one.
/// </summary>
internal sealed class CreditLedger(IPlanAllowances plans, CreditClock clock) : ICreditLedger
{
    public async Task<IReadOnlyList<HoldReply>> HoldAsync(DbSession session, IReadOnlyList<HoldOrder> orders, CancellationToken ct)
    {
        if (orders.Count == 0)
        {
            return [];
        }

        var rows = await session.QueryAsync<HoldRow>(
            CreditsSql.Hold,
            new
            {
                operations = orders.Select(o => o.Operation).ToArray(),
                users = orders.Select(o => o.UserId).ToArray(),
                amounts = orders.Select(o => o.Ceiling.Value).ToArray(),
                leases = orders.Select(o => o.Lease).ToArray(),
                budgets = orders.Select(o => o.Budget?.Id).ToArray(),
                limits = orders.Select(o => o.Budget?.Limit.Value).ToArray(),
                starts = orders.Select(o => o.Budget?.WindowStart).ToArray(),
                now = clock.Now,
            },
            ct);
        return [.. rows.Select(row => new HoldReply(orders[row.Ord - 1].Operation, Fault(row, orders[row.Ord - 1])))];
    }

    public Task<IReadOnlyList<bool>> SettleAsync(DbSession session, IReadOnlyList<Settlement> settlements, CancellationToken ct) =>
        ResolveAsync(
            session,
            settlements.Count,
            CreditsSql.Settle,
            () => new
            {
                operations = settlements.Select(s => s.Operation).ToArray(),
                amounts = settlements.Select(s => s.Amount.Value).ToArray(),
                notes = settlements.Select(s => s.What).ToArray(),
                now = clock.Now,
            },
            ct);

    public Task<IReadOnlyList<bool>> VoidAsync(DbSession session, IReadOnlyList<Guid> operations, CancellationToken ct) =>
        ResolveAsync(session, operations.Count, CreditsSql.Void, () => new { operations = operations.ToArray(), now = clock.Now }, ct);

    public async Task RenewAsync(DbSession session, IReadOnlyList<(Guid Operation, Micro Checkpoint)> holds, TimeSpan lease, CancellationToken ct)
    {
        if (holds.Count == 0)
        {
            return;
        }

        await session.SingleAsync<int>(
            CreditsSql.Renew,
            new
            {
                operations = holds.Select(h => h.Operation).ToArray(),
                checkpoints = holds.Select(h => h.Checkpoint.Value).ToArray(),
                lease,
                now = clock.Now,
            },
            ct);
    }

    public async Task<Micro> OpenAdvanceAsync(DbSession session, AdvanceOrder order, CancellationToken ct) =>
        new(await session.SingleAsync<long>(
            CreditsSql.OpenAdvance,
            new
            {
                operation = order.Id, user = order.UserId, ceiling = order.Ceiling.Value, want = order.Wanted.Value, lease = order.Lease, now = clock.Now,
            },
            ct));

    public async Task DrawAsync(DbSession session, IReadOnlyList<Draw> draws, CancellationToken ct)
    {
        if (draws.Count == 0)
        {
            return;
        }

        try
        {
            await session.SingleAsync<int>(
                CreditsSql.Draw,
                new
                {
                    advances = draws.Select(d => d.Advance).ToArray(),
                    operations = draws.Select(d => d.Operation).ToArray(),
                    amounts = draws.Select(d => d.Amount.Value).ToArray(),
                    notes = draws.Select(d => d.What).ToArray(),
                    now = clock.Now,
                },
                ct);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.NoDataFound or PostgresErrorCodes.CheckViolation)
        {
            throw new InvalidOperationException(e.MessageText, e);
        }
    }

    public Task PostAsync(DbSession session, IReadOnlyList<(Guid Advance, Micro? Keep)> advances, CancellationToken ct) => advances.Count == 0
        ? Task.CompletedTask
        : session.SingleAsync<int>(
            CreditsSql.Post,
            new { advances = advances.Select(a => a.Advance).ToArray(), keeps = advances.Select(a => a.Keep?.Value).ToArray(), now = clock.Now },
            ct);

    public Task<bool> GrantAsync(DbSession session, GrantOrder order, CancellationToken ct) =>
        session.SingleAsync<bool>(
            CreditsSql.Grant,
            new
            {
                user = order.UserId,
                amount = order.Amount.Value,
                source = order.Source,
                sourceKey = order.SourceKey,
                priority = order.Priority,
                expiresAt = order.ExpiresAt,
                note = order.Note,
                now = clock.Now,
            },
            ct);

    public async Task<Micro?> WithdrawAsync(DbSession session, WithdrawOrder order, CancellationToken ct)
    {
        var taken = await session.SingleAsync<long?>(
            CreditsSql.Withdraw,
            new
            {
                user = order.UserId,
                amount = order.Amount.Value,
                sourceKey = order.SourceKey,
                grantKey = order.GrantKey,
                toDebt = order.ToDebt,
                note = order.Note,
                now = clock.Now,
            },
            ct);
        return taken is { } amount ? new Micro(amount) : null;
    }

    public Task OpenAccountAsync(DbSession session, Guid userId, string plan, CancellationToken ct)
    {
        return session.SingleAsync<bool>(CreditsSql.OpenAccount, new { user = userId, plan, allowance = Allowance(plan), now = clock.Now }, ct);
    }

    public Task SetPlanAsync(DbSession session, Guid userId, string plan, DateTimeOffset? periodStart, CancellationToken ct) => session.SingleAsync<bool>(
        CreditsSql.SetPlan,
        new { user = userId, plan, allowance = Allowance(plan), starts = periodStart, now = clock.Now },
        ct);

    private long Allowance(string plan) => plans.Current.TryGetValue(plan, out var allowance)
        ? allowance.Value
        : throw new InvalidOperationException($"There is no plan '{plan}' in the catalog.");

    /// <summary>Whether a settlement or draw failed because nothing is held for its operation, or not enough. Then nothing was charged either.</summary>
    public static bool IsUnknownHold(Exception failure) =>
        (failure as PostgresException ?? (failure as InvalidOperationException)?.InnerException as PostgresException)
            is { SqlState: PostgresErrorCodes.NoDataFound } or { SqlState: PostgresErrorCodes.CheckViolation, ConstraintName: "advances_drawn" };

    private static async Task<IReadOnlyList<bool>> ResolveAsync(DbSession session, int count, Statement statement, Func<object> parameters, CancellationToken ct)
    {
        if (count == 0)
        {
            return [];
        }

        try
        {
            return await session.QueryAsync<bool>(statement, parameters(), ct);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.NoDataFound or PostgresErrorCodes.InvalidParameterValue)
        {
            throw new InvalidOperationException(e.MessageText, e);
        }
    }

    private static Fault? Fault(HoldRow row, HoldOrder order) => row.Answer switch
    {
        HoldAnswer.Held or HoldAnswer.Exists => null,
        HoldAnswer.TooFewCredits => new Fault(FaultCodes.InsufficientCredits, order.Ceiling, new Micro(row.Spendable), order.Ceiling - new Micro(row.Spendable)),
        HoldAnswer.InDebt => new Fault(FaultCodes.DebtOutstanding, new Micro(row.Owed)),
        HoldAnswer.OverBudget => new Fault(FaultCodes.KeyLimitReached, order.Ceiling, Left(order.Budget!, row.Budgeted), order.Budget!.Limit),
        HoldAnswer.NoAccount => new Fault(FaultCodes.NotFound),
        _ => throw new InvalidOperationException($"Operation {order.Operation} already holds other credits than {order.Ceiling}."),
    };

    /// <summary>A limit that was lowered may lie below what is used already.</summary>
    private static Micro Left(Budget budget, long used) => Micro.Max(Micro.Zero, budget.Limit - new Micro(used));

    /// <summary>As numbered in <c>credits.hold_within</c>.</summary>
    private enum HoldAnswer
    {
        Held = 0,
        Exists = 1,
        TooFewCredits = 2,
        InDebt = 3,
        OtherTerms = 4,
        NoAccount = 5,
        OverBudget = 6,
    }

    private sealed record HoldRow(int Ord, HoldAnswer Answer, long Spendable, long Owed, long Budgeted);
}
