using System.Diagnostics;
using AIMake.Credits;
using AIMake.Platform.Database;
using Npgsql;

namespace AIMake.Bench;

/// <summary>
/// Pairs of a hold and its settlement, each its own transaction, 16 callers: over 1,000 accounts, and all on one. The peer is
/// the least a balance could cost in the same two transactions: a guarded UPDATE, then an UPDATE and an INSERT, on plain
/// tables without lots, holds or a book.
/// </summary>
internal static class LedgerBench
{
    private const int Callers = 16;
    private const int Accounts = 1_000;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(BenchRun bench)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"aimake-bench-{Guid.NewGuid():N}");
        var postgres = await PrivatePostgres.StartAsync(folder, CancellationToken.None);
        await using var database = new Database(postgres.ConnectionString, new DatabaseOptions());
        try
        {
            await Migrator.ApplyAsync(postgres.ConnectionString, CancellationToken.None);
            var clock = new CreditClock(TimeProvider.System);
            var ledger = new CreditLedger(new CreditsOptions(), clock);
            var users = Enumerable.Range(0, Accounts).Select(_ => Guid.CreateVersion7()).ToArray();
            await OpenAsync(database, ledger, users);
            await Pairs.RunAsync(users, (user, ct) => PairAsync(database, ledger, user, ct), TimeSpan.FromSeconds(1)); // warm

            var bare = await Pairs.RunAsync(users, (user, ct) => BareAsync(database, user, ct), Long);
            var spread = await Pairs.RunAsync(users, (user, ct) => PairAsync(database, ledger, user, ct), Long);
            var bareHot = await Pairs.RunAsync(users[..1], (user, ct) => BareAsync(database, user, ct), Long);
            var hot = await Pairs.RunAsync(users[..1], (user, ct) => PairAsync(database, ledger, user, ct), Long);
            var batched = await Pairs.RunAsync(users, (user, ct) => BatchAsync(database, ledger, users, ct), Long) * Batch;

            Console.WriteLine($"over {Accounts} accounts: {spread:0} pairs/s, bare rows {bare:0}; one account: {hot:0} pairs/s, bare row {bareHot:0}; in batches of {Batch}: {batched:0} pairs/s");
            bench.Verdict("hold and settle, pairs per second over many accounts", spread, 1_500, atLeast: true);
            bench.Verdict("hold and settle, pairs per second on one account", hot, 400, atLeast: true);
            var findings = await new Credits.Checking.LedgerChecker(database, clock).FindAsync(timely: true, CancellationToken.None);
            bench.Verdict("broken invariants afterwards", findings.Count, 0, atLeast: false);
        }
        finally
        {
            await database.DisposeAsync();
            await postgres.StopAsync(CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
    }

    private const int Batch = 50;

    private static async Task OpenAsync(Database database, CreditLedger ledger, Guid[] users)
    {
        await database.TransactAsync(
            DbPurpose.Jobs,
            async s =>
            {
                foreach (var user in users)
                {
                    await ledger.OpenAccountAsync(s, user, "free", CancellationToken.None);
                }
            },
            CancellationToken.None);
        await using var table = database.Source(DbPurpose.Admin).CreateCommand("""
            CREATE TABLE bare_balances (id uuid PRIMARY KEY, available bigint NOT NULL CHECK (available >= 0)) WITH (fillfactor = 50);
            CREATE TABLE bare_entries (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account uuid NOT NULL, amount bigint NOT NULL);
            INSERT INTO bare_balances SELECT user_id, available FROM credits.accounts;
            """);
        await table.ExecuteNonQueryAsync();
    }

    private static async Task PairAsync(Database database, CreditLedger ledger, Guid user, CancellationToken ct)
    {
        var operation = Guid.CreateVersion7();
        await database.TransactAsync(DbPurpose.Hot, s => ledger.HoldAsync(s, [new(operation, user, new Micro(1_000), null)], ct), ct);
        await database.TransactAsync(DbPurpose.Hot, s => ledger.SettleAsync(s, [new(operation, new Micro(900), "bench")], ct), ct);
    }

    private static async Task BatchAsync(Database database, CreditLedger ledger, Guid[] users, CancellationToken ct)
    {
        var operations = Enumerable.Range(0, Batch).Select(_ => Guid.CreateVersion7()).ToArray();
        await database.TransactAsync(
            DbPurpose.Hot,
            s => ledger.HoldAsync(s, [.. operations.Select(o => new HoldOrder(o, users[Random.Shared.Next(users.Length)], new Micro(1_000), null))], ct),
            ct);
        await database.TransactAsync(
            DbPurpose.Hot, s => ledger.SettleAsync(s, [.. operations.Select(o => new Settlement(o, new Micro(900), "bench"))], ct), ct);
    }

    private static async Task BareAsync(Database database, Guid user, CancellationToken ct)
    {
        await database.TransactAsync(DbPurpose.Hot, s => RunAsync(s, "UPDATE bare_balances SET available = available - 1000 WHERE id = $1 AND available >= 1000", user, ct), ct);
        await database.TransactAsync(
            DbPurpose.Hot,
            async s =>
            {
                await RunAsync(s, "UPDATE bare_balances SET available = available + 100 WHERE id = $1", user, ct);
                await RunAsync(s, "INSERT INTO bare_entries (account, amount) VALUES ($1, -900)", user, ct);
            },
            ct);
    }

    private static async Task RunAsync(DbSession session, string sql, Guid user, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, session.Connection, session.Transaction);
        command.Parameters.Add(new() { Value = user });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static class Pairs
    {
        /// <returns>Calls per second.</returns>
        public static async Task<double> RunAsync(Guid[] users, Func<Guid, CancellationToken, Task> pair, TimeSpan time)
        {
            var count = 0;
            var started = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
            {
                while (Stopwatch.GetElapsedTime(started) < time)
                {
                    await pair(users[Random.Shared.Next(users.Length)], CancellationToken.None);
                    Interlocked.Increment(ref count);
                }
            })));
            return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
    }
}
