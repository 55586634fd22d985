using AIMake.Platform.Faults;
using Npgsql;

namespace AIMake.Platform.Database;

/// <summary>What a connection is for: each purpose has its own pool and its own patience.</summary>
internal enum DbPurpose
{
    /// <summary>A caller waits: lock 2 s, statement 5 s.</summary>
    Hot,

    /// <summary>Administration and webhooks: as hot, but a pool of their own.</summary>
    Admin,

    /// <summary>Workers and recurring jobs: statement 60 s.</summary>
    Jobs,

    /// <summary>
    /// As hot, but a commit does not wait for the disk: for what is worth nothing by itself and is followed by a durable commit,
    /// such as setting credits aside for a call that is charged when it has been answered. A crash of the database may forget it.
    /// </summary>
    Fleeting,

    /// <summary>As hot, for the few statements that charge call after call, in groups: planned once, with a pool of their own.</summary>
    Till,
}

/// <summary>The one door to PostgreSQL. Thread-safe, one per process.</summary>
internal sealed class Database : IAsyncDisposable
{
    private const int MaxAttempts = 5;

    /// <summary>Left to itself, PostgreSQL plans a statement with array parameters anew each time, which takes longer than to run it.</summary>
    private const string PlannedOnce = " -c plan_cache_mode=force_generic_plan";

    private readonly Lazy<string> _connectionString;
    private readonly Lazy<NpgsqlDataSource>[] _sources;

    public Database(string connectionString, DatabaseOptions options)
        : this(() => connectionString, options)
    {
    }

    /// <summary>For a database that is found while the host starts: the connection string is asked for at the first use.</summary>
    public Database(Func<string> connectionString, DatabaseOptions options)
    {
        _connectionString = new(connectionString, LazyThreadSafetyMode.PublicationOnly);
        _sources =
        [
            new(() => Build(ConnectionString, "aimake-hot", options.HotConnections, lockMs: 2_000, statementMs: 5_000)),
            new(() => Build(ConnectionString, "aimake-admin", options.AdminConnections, lockMs: 2_000, statementMs: 5_000)),
            new(() => Build(ConnectionString, "aimake-jobs", options.JobConnections, lockMs: 10_000, statementMs: 60_000)),
            new(() => Build(ConnectionString, "aimake-fleeting", options.FleetingConnections, lockMs: 2_000, statementMs: 5_000, $"{PlannedOnce} -c synchronous_commit=off")),
            new(() => Build(ConnectionString, "aimake-till", options.TillConnections, lockMs: 2_000, statementMs: 5_000, PlannedOnce)),
        ];
    }

    public string ConnectionString => _connectionString.Value;

    public NpgsqlDataSource Source(DbPurpose purpose) => _sources[(int)purpose].Value;

    /// <summary>
    /// Runs a whole unit of work in one READ COMMITTED transaction and commits it. When the connection is lost, a deadlock or a serialization
    /// failure ends it, the unit runs again from the start (jittered, bounded), so it must not keep state between runs.
    /// A failure <em>of the commit itself</em> is retried too: units that must happen once carry a unique key.
    /// </summary>
    /// <exception cref="FaultException">DATABASE_UNAVAILABLE, OVERLOADED or STORAGE_FULL when it cannot be done.</exception>
    public Task<T> TransactAsync<T>(DbPurpose purpose, Func<DbSession, Task<T>> unit, CancellationToken ct) =>
        AttemptAsync(
            async () =>
            {
                await using var connection = await Source(purpose).OpenConnectionAsync(ct);
                await using var transaction = await connection.BeginTransactionAsync(ct);
                var result = await unit(new DbSession(connection, transaction));
                await transaction.CommitAsync(ct);
                return result;
            },
            ct);

    public Task TransactAsync(DbPurpose purpose, Func<DbSession, Task> unit, CancellationToken ct) =>
        TransactAsync(
            purpose,
            async session =>
            {
                await unit(session);
                return Done.Value;
            },
            ct);

    /// <summary>
    /// As <see cref="TransactAsync{T}"/>, for units that answer with an <see cref="Outcome{T}"/>: a fault rolls back.
    /// </summary>
    public Task<Outcome<T>> TryTransactAsync<T>(DbPurpose purpose, Func<DbSession, Task<Outcome<T>>> unit, CancellationToken ct) =>
        AttemptAsync(
            async () =>
            {
                await using var connection = await Source(purpose).OpenConnectionAsync(ct);
                await using var transaction = await connection.BeginTransactionAsync(ct);
                var result = await unit(new DbSession(connection, transaction));
                if (result.Ok)
                {
                    await transaction.CommitAsync(ct);
                }

                return result;
            },
            ct);

    /// <summary>Reads (or writes one statement) without an explicit transaction.</summary>
    public Task<T> ReadAsync<T>(DbPurpose purpose, Func<DbSession, Task<T>> read, CancellationToken ct) =>
        AttemptAsync(
            async () =>
            {
                await using var connection = await Source(purpose).OpenConnectionAsync(ct);
                return await read(new DbSession(connection, null));
            },
            ct);

    /// <summary>
    /// Sends several statements at once, in one round trip and one transaction. <paramref name="gather"/> asks for all of them before
    /// it awaits any. Retried like <see cref="TransactAsync{T}"/>.
    /// </summary>
    public Task PipelineAsync(DbPurpose purpose, Func<DbSession, Task> gather, CancellationToken ct) =>
        AttemptAsync(
            async () =>
            {
                await using var connection = await Source(purpose).OpenConnectionAsync(ct);
                var pipeline = new DbPipeline(connection);
                var gathered = gather(pipeline);
                await pipeline.SendAsync(ct);
                await gathered;
                return Done.Value;
            },
            ct);

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources.Where(s => s.IsValueCreated))
        {
            await source.Value.DisposeAsync();
        }
    }

    private static NpgsqlDataSource Build(string connectionString, string name, int connections, int lockMs, int statementMs, string more = "")
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = name,
            MaxPoolSize = connections,
            Timeout = 2,
            CommandTimeout = Math.Max(5, statementMs / 1000),
            KeepAlive = 15,
            MaxAutoPrepare = 200,
            AutoPrepareMinUsages = 2,
            IncludeErrorDetail = false,
            // No session keeps anything to be reset: locks and settings end with their transaction.
            NoResetOnClose = true,
            Options = $"-c lock_timeout={lockMs} -c statement_timeout={statementMs} -c idle_in_transaction_session_timeout=30000{more}",
        };
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }

    private static async Task<T> AttemptAsync<T>(Func<Task<T>> unit, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await unit();
            }
            catch (Exception e) when (attempt < DatabaseErrors.Attempts(e, MaxAttempts) && !ct.IsCancellationRequested)
            {
                var ceiling = 20 << attempt;
                await Task.Delay(Random.Shared.Next(ceiling / 2, ceiling), ct);
            }
            catch (Exception e) when (DatabaseErrors.ToFault(e) is { } fault)
            {
                throw new DatabaseFaultException(fault, e);
            }
        }
    }
}
