using System.Diagnostics;
using AIMake.Credits;
using AIMake.Platform.Database;
using Npgsql;

namespace AIMake.Bench;

/// <summary>
/// Pairs of a hold and its settlement of 16 callers, over 1,000 accounts and all on one: as the server writes them, where callers who
/// arrive together share a commit, and each pair in two transactions of its own. The peers: pgbench with the same statements and as
/// many clients, and the least a balance could cost in two transactions, a guarded UPDATE, then an UPDATE and an INSERT, on plain
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
            var ledger = new CreditLedger(new FreeForAll(), clock);
            var users = Enumerable.Range(0, Accounts).Select(_ => Guid.CreateVersion7()).ToArray();
            await OpenAsync(database, ledger, users);
            await Pairs.RunAsync(users, (user, ct) => PairAsync(database, ledger, user, ct), TimeSpan.FromSeconds(1)); // warm

            var bare = await Pairs.RunAsync(users, (user, ct) => BareAsync(database, user, ct), Long);
            var alone = await Pairs.RunAsync(users, (user, ct) => PairAsync(database, ledger, user, ct), Long);
            var raw = await PgbenchAsync(postgres.ConnectionString, users);
            await using var together = new Together(database, ledger);
            var spread = await Pairs.RunAsync(users, together.PairAsync, Long);
            var bareHot = await Pairs.RunAsync(users[..1], (user, ct) => BareAsync(database, user, ct), Long);
            var hotAlone = await Pairs.RunAsync(users[..1], (user, ct) => PairAsync(database, ledger, user, ct), Long);
            var hot = await Pairs.RunAsync(users[..1], together.PairAsync, Long);
            var batched = await Pairs.RunAsync(users, (user, ct) => BatchAsync(database, ledger, users, ct), Long) * Batch;

            Console.WriteLine($"over {Accounts} accounts, pairs/s: {spread:0}; each in transactions of its own {alone:0}, pgbench with the same statements {raw}, bare rows {bare:0}");
            Console.WriteLine($"on one account, pairs/s: {hot:0}; each in transactions of its own {hotAlone:0}, bare row {bareHot:0}; in batches of {Batch} over all: {batched:0}");
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

    /// <returns>pgbench's own count of pairs per second; why there is none where it is not installed.</returns>
    private static async Task<string> PgbenchAsync(string connectionString, Guid[] users)
    {
        var to = new NpgsqlConnectionStringBuilder(connectionString);
        var script = Path.GetTempFileName();
        await File.WriteAllTextAsync(script, $"""
            \set user random(1, {users.Length})
            \set one random(1, 1000000000)
            \set two random(1, 1000000000)
            BEGIN;
            SELECT ord, answer, spendable, owed, budgeted FROM credits.hold_within(ARRAY[md5(:one || '-' || :two)::uuid],
                ARRAY[(SELECT b.id FROM bare_users b WHERE b.n = :user)], ARRAY[1000::bigint], ARRAY[NULL::interval], NULL, NULL, NULL, NULL) ORDER BY ord;
            COMMIT;
            BEGIN;
            SELECT done FROM credits.resolve_many(ARRAY[md5(:one || '-' || :two)::uuid], ARRAY[900::bigint], ARRAY['bench'], false, NULL) ORDER BY ord;
            COMMIT;
            """);
        var start = new ProcessStartInfo(
            "pgbench", ["-n", "-M", "prepared", "-c", $"{Callers}", "-T", $"{Long.TotalSeconds}", "-f", script, "-h", to.Host!, "-p", $"{to.Port}", "-U", to.Username!, to.Database!])
        { RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["PGPASSWORD"] = to.Password } };
        try
        {
            using var process = Process.Start(start)!;
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            var line = output.Split('\n').FirstOrDefault(l => l.StartsWith("tps = ", StringComparison.Ordinal));
            return line?.Split(' ')[2].Split('.')[0] ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync());
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "(not installed)";
        }
        finally
        {
            File.Delete(script);
        }
    }

    /// <summary>As the server writes them: callers who arrive together share a commit.</summary>
    private sealed class Together(Database database, CreditLedger ledger) : IAsyncDisposable
    {
        private readonly GroupCommit<HoldOrder, HoldReply> _holds = new(
            64, orders => database.TransactAsync(DbPurpose.Till, s => ledger.HoldAsync(s, orders, CancellationToken.None), CancellationToken.None));

        private readonly GroupCommit<Settlement, bool> _settlements = new(
            64,
            async settlements =>
            {
                await database.TransactAsync(DbPurpose.Till, s => ledger.SettleAsync(s, settlements, CancellationToken.None), CancellationToken.None);
                return new bool[settlements.Count];
            });

        public async Task PairAsync(Guid user, CancellationToken ct)
        {
            var operation = Guid.CreateVersion7();
            await _holds.AddAsync(new HoldOrder(operation, user, new Micro(1_000), null));
            await _settlements.AddAsync(new Settlement(operation, new Micro(900), "bench"));
        }

        public async ValueTask DisposeAsync()
        {
            await _holds.DisposeAsync();
            await _settlements.DisposeAsync();
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
            CREATE TABLE bare_users AS SELECT row_number() OVER () AS n, user_id AS id FROM credits.accounts;
            CREATE UNIQUE INDEX ON bare_users (n);
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

    private sealed class FreeForAll : IPlanAllowances
    {
        public IReadOnlyDictionary<string, Micro> Current { get; } = new Dictionary<string, Micro> { [CreditLimits.DefaultPlan] = Micro.FromCredits(500) };
    }
}
