using AIMake.Credits;
using AIMake.Platform.Database;
using AIMake.Providers;
using AIMake.Tests.Hosting;
using AIMake.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AIMake.Tests.Usage;

/// <summary>The book and its job on a database of their own, without a server.</summary>
internal sealed class Books : IAsyncDisposable
{
    private static readonly UsageBook Book = new();

    private Books(string connectionString)
    {
        ConnectionString = connectionString;
        Database = new Database(connectionString, new DatabaseOptions { JobConnections = 20, HotConnections = 4, AdminConnections = 4 });
    }

    public string ConnectionString { get; }

    public Database Database { get; }

    public ManualTime Clock { get; } = new();

    public UsageRollup Rollup => new(Database, NullLogger<UsageRollup>.Instance);

    public UsageMonths Months => new(Database, Clock, NullLogger<UsageMonths>.Instance);

    public UsageStatistics Statistics => new(Database, new UsageOptions(), Clock);

    public static async Task<Books> OpenAsync() => new(await TestPostgres.CreateDatabaseAsync());

    /// <summary>An event of one unit of everything.</summary>
    public static UsageEvent Event(Guid user, DateTimeOffset at, string kind = "chat", string model = "m", string provider = "p", Guid? operation = null, decimal credits = 1) => new(
        operation ?? Guid.CreateVersion7(at), user, at, kind, model, provider,
        new ProviderUsage { InputTokens = 10, CachedTokens = 4, OutputTokens = 5, Characters = 7, Seconds = 1.5m, Count = 1 },
        Micro.FromCredits(credits), 2_000, TimeSpan.FromMilliseconds(30));

    public Task RecordAsync(params UsageEvent[] events) =>
        Database.TransactAsync(DbPurpose.Jobs, s => Book.RecordAsync(s, events, CancellationToken.None), CancellationToken.None);

    public static Task RecordAsync(DbSession session, params UsageEvent[] events) => Book.RecordAsync(session, events, CancellationToken.None);

    public Task NoteAsync(params UsageEvent[] soFar) =>
        Database.TransactAsync(DbPurpose.Jobs, s => Book.NoteAsync(s, soFar, CancellationToken.None), CancellationToken.None);

    public Task DropNotesAsync(params Guid[] operations) =>
        Database.TransactAsync(DbPurpose.Jobs, s => Book.DropNotesAsync(s, operations, CancellationToken.None), CancellationToken.None);

    /// <summary>As the sweeper tells it.</summary>
    public Task SweptAsync(params (Guid Operation, decimal Charged)[] holds) => Database.TransactAsync(
        DbPurpose.Jobs,
        s => new SweptUsage().SweptAsync(s, [.. holds.Select(h => new SweptHold(h.Operation, Guid.Empty, Micro.FromCredits(h.Charged)))], CancellationToken.None),
        CancellationToken.None);

    /// <summary>Visits until nothing waits any more: transactions of other tests on the same server hold the fence up, too.</summary>
    public async Task<long> RollUpAsync(int bite = 100_000)
    {
        var counted = 0L;
        do
        {
            counted += await Rollup.RunOnceAsync(bite, TestContext.Current.CancellationToken);
        }
        while (await ScalarAsync<bool>("SELECT fence IS NOT NULL OR rolled < (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM usage.event_numbers) FROM usage.rollup"));

        return counted;
    }

    /// <summary>One run of the job.</summary>
    public Task<long> RollUpOnceAsync(int bite = 100_000) => Rollup.RunOnceAsync(bite, TestContext.Current.CancellationToken);

    /// <summary>Runs until writers let it.</summary>
    public async Task<int> AddMonthsAsync()
    {
        int? made;
        do
        {
            made = await Months.RunOnceAsync(TestContext.Current.CancellationToken);
        }
        while (made is null);
        return made.Value;
    }

    public Task<UsageView> TotalAsync(Guid? user, DateOnly from, DateOnly to, string? service = null, string? model = null) =>
        Statistics.TotalAsync(new UsageQuery(user, from, to, service, model, WithCost: true), CancellationToken.None);

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Database.Source(DbPurpose.Jobs).CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await TestPostgres.ReleaseAsync(ConnectionString);
    }
}
