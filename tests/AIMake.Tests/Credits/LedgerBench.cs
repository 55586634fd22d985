using AIMake.Credits;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace AIMake.Tests.Credits;

/// <summary>A ledger on a database of its own, with the verbs in short form.</summary>
internal sealed class LedgerBench : IAsyncDisposable
{
    private readonly string _connectionString;
    private int _grants;

    private LedgerBench(string connectionString, TimeProvider time, decimal monthly)
    {
        Plans = new FixedPlans(("free", monthly), ("none", 0), ("pro", 0), ("team", 0));
        _connectionString = connectionString;
        Time = time;
        Clock = new CreditClock(time);
        Database = new Database(connectionString, new DatabaseOptions { JobConnections = 40 });
        Ledger = new CreditLedger(Plans, Clock);
        Sweeper = new HoldSweeper(Database, Clock, [new Owner(Swept)], NullLogger<HoldSweeper>.Instance);
        Allowances = new AllowanceJob(Database, Plans, Clock, NullLogger<AllowanceJob>.Instance);
    }

    public FixedPlans Plans { get; }

    public TimeProvider Time { get; }

    public CreditClock Clock { get; }

    public Database Database { get; }

    public CreditLedger Ledger { get; }

    public HoldSweeper Sweeper { get; }

    /// <summary>What the sweeper has told the holds' owners.</summary>
    public List<SweptHold> Swept { get; } = [];

    public AllowanceJob Allowances { get; }

    public static async Task<LedgerBench> StartAsync(TimeProvider? time = null, decimal monthly = 500) =>
        new(await TestPostgres.CreateDatabaseAsync(), time ?? TimeProvider.System, monthly);

    /// <summary>On a database somebody else made, and without the checker at the end.</summary>
    public static LedgerBench On(string connectionString, TimeProvider? time = null) => new(connectionString, time ?? TimeProvider.System, 500);

    /// <summary>Every test on this bench ends with the whole checker.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await LedgerAssert.CleanAsync(Database, Time);
        }
        finally
        {
            await Database.DisposeAsync();
            await TestPostgres.ReleaseAsync(_connectionString);
        }
    }

    /// <summary>Runs one unit in one transaction. Told that too much goes on at once (a slow machine), it comes back as a client would.</summary>
    public async Task<T> DoAsync<T>(Func<DbSession, Task<T>> unit)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await Database.TransactAsync(DbPurpose.Jobs, unit, CancellationToken.None);
            }
            catch (DatabaseFaultException e) when (e.Fault.Code == FaultCodes.Overloaded && attempt < 20)
            {
                await Task.Yield();
            }
        }
    }

    /// <summary>A new user without allowance and with one pack of so many credits.</summary>
    public async Task<Guid> OpenAsync(decimal credits, string plan = "none")
    {
        var user = Guid.CreateVersion7();
        await DoAsync(async s =>
        {
            await Ledger.OpenAccountAsync(s, user, plan, CancellationToken.None);
            return credits > 0 && await Ledger.GrantAsync(s, Pack(user, credits, $"start:{user}"), CancellationToken.None);
        });
        return user;
    }

    public static GrantOrder Pack(Guid user, decimal credits, string key) =>
        new(user, Micro.FromCredits(credits), "pack", key, 50, null, "test");

    public Task<bool> GrantAsync(Guid user, decimal credits, string? key = null) =>
        GrantAsync(Pack(user, credits, key ?? $"test:{user}:{Interlocked.Increment(ref _grants)}"));

    public Task<bool> GrantAsync(GrantOrder order) => DoAsync(s => Ledger.GrantAsync(s, order, CancellationToken.None));

    public Task<Fault?> HoldAsync(Guid user, decimal credits, out Guid operation)
    {
        operation = Guid.CreateVersion7();
        return HoldAsync(user, credits, operation);
    }

    public async Task<Fault?> HoldAsync(Guid user, decimal credits, Guid operation, TimeSpan? lease = null) =>
        (await HoldAsync(new HoldOrder(operation, user, Micro.FromCredits(credits), lease)))[0].Fault;

    public Task<IReadOnlyList<HoldReply>> HoldAsync(params HoldOrder[] orders) => DoAsync(s => Ledger.HoldAsync(s, orders, CancellationToken.None));

    public async Task<bool> SettleAsync(Guid operation, decimal credits) =>
        (await DoAsync(s => Ledger.SettleAsync(s, [new Settlement(operation, Micro.FromCredits(credits), "test")], CancellationToken.None)))[0];

    public async Task<bool> VoidAsync(Guid operation) =>
        (await DoAsync(s => Ledger.VoidAsync(s, [operation], CancellationToken.None)))[0];

    public async Task RenewAsync(Guid operation, decimal checkpoint, TimeSpan lease) =>
        await DoAsync(async s =>
        {
            await Ledger.RenewAsync(s, [(operation, Micro.FromCredits(checkpoint))], lease, CancellationToken.None);
            return true;
        });

    public Task<Micro?> WithdrawAsync(Guid user, decimal credits, string key, string? grant = null, bool toDebt = true) =>
        DoAsync(s => Ledger.WithdrawAsync(s, new WithdrawOrder(user, Micro.FromCredits(credits), key, grant, toDebt, "test"), CancellationToken.None));

    public async Task<decimal> DebtAsync(Guid user) => new Micro((await RowAsync<long>($"SELECT debt FROM credits.accounts WHERE user_id = '{user}'", 1))[0]).Credits;

    /// <summary>What the book says, by kind of entry.</summary>
    public async Task<Dictionary<string, decimal>> BookAsync(Guid user)
    {
        await using var command = Database.Source(DbPurpose.Admin).CreateCommand(
            $"SELECT kind, sum(amount)::bigint FROM credits.entries WHERE user_id = '{user}' GROUP BY kind");
        await using var reader = await command.ExecuteReaderAsync();
        var book = new Dictionary<string, decimal>(StringComparer.Ordinal);
        while (await reader.ReadAsync())
        {
            book[reader.GetString(0)] = new Micro(reader.GetInt64(1)).Credits;
        }

        return book;
    }

    public async Task<(decimal Available, decimal Held)> BalanceAsync(Guid user)
    {
        var row = await RowAsync<long>($"SELECT available, held FROM credits.accounts WHERE user_id = '{user}'", 2);
        return (new Micro(row[0]).Credits, new Micro(row[1]).Credits);
    }

    public async Task SqlAsync(string sql)
    {
        await using var command = Database.Source(DbPurpose.Admin).CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T[]> RowAsync<T>(string sql, int columns)
    {
        await using var command = Database.Source(DbPurpose.Admin).CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync()
            ? [.. Enumerable.Range(0, columns).Select(reader.GetFieldValue<T>)]
            : throw new InvalidOperationException($"No row: {sql}");
    }

    private sealed class Owner(List<SweptHold> told) : ISweptHolds
    {
        public Task SweptAsync(DbSession session, IReadOnlyList<SweptHold> swept, CancellationToken ct)
        {
            lock (told)
            {
                told.AddRange(swept);
            }

            return Task.CompletedTask;
        }
    }
}
