using AIMake.Accounts;
using AIMake.Credits;
using AIMake.Faults.Hosting;
using AIMake.Gateway;
using AIMake.Gateway.Till;
using AIMake.Platform.Database;
using AIMake.Providers;
using AIMake.Tests.Credits;
using AIMake.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AIMake.Faults.Gateway;

/// <summary>The till while its database is away.</summary>
public sealed class TillFaultTests : IAsyncLifetime
{
    private readonly Guid _user = Guid.CreateVersion7();
    private FaultyPostgres _postgres = null!;
    private Database _database = null!;
    private GatewayTill _till = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _postgres = await FaultyPostgres.StartAsync();
        await Migrator.ApplyAsync(_postgres.ConnectionString, Ct);
        _database = new Database(_postgres.ConnectionString, new DatabaseOptions());
        var ledger = new CreditLedger(new FixedPlans(("free", 500)), new CreditClock(TimeProvider.System));
        await _database.TransactAsync(DbPurpose.Hot, s => ledger.OpenAccountAsync(s, _user, "free", Ct), Ct);
        var options = new GatewayOptions { CheckpointEvery = TimeSpan.FromMilliseconds(200) };
        var advances = new Advances(_database, ledger, options, TimeProvider.System, NullLogger<Advances>.Instance);
        _till = new GatewayTill(_database, ledger, new UsageBook(), advances, options, TimeProvider.System, NullLogger<GatewayTill>.Instance);
        await _till.StartAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _till.StopAsync(CancellationToken.None);
        await LedgerAssert.CleanAsync(_postgres.ConnectionString);
        await _database.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    /// <summary>The answer could not be sent in the end: what was charged for it while nobody could write it down stays charged.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_charge_that_waits_for_the_database_stands_whatever_comes_after_it(bool shared)
    {
        var ticket = await OpenAsync(shared);
        await _postgres.CrashAsync();

        Assert.Equal(Micro.FromCredits(0.5m), await _till.ChargeAsync(ticket, Micro.FromCredits(0.5m), Event(ticket)));
        await _till.VoidAsync(ticket);
        await _till.ChargeAsync(ticket, Micro.FromCredits(1), Event(ticket));
        await _postgres.StartAgainAsync();

        await UntilAsync($"SELECT count(*) FROM usage.events WHERE operation = '{ticket.Operation}' AND credits = 500000", 1);
        await _till.StopAsync(Ct);
        Assert.Equal(500_000, await _postgres.ScalarAsync<long>($"SELECT coalesce(sum(amount), 0)::bigint FROM credits.entries WHERE operation = '{ticket.Operation}'"));
        Assert.Equal(0, await _postgres.ScalarAsync<long>("SELECT count(*) FROM credits.holds WHERE state = 'held'"));
    }

    /// <summary>One ticket, with a hold of its own or out of an advance.</summary>
    private async Task<Ticket> OpenAsync(bool shared)
    {
        var caller = new CurrentCaller(_user, null, Role.User);
        while (true)
        {
            Assert.True((await _till.OpenAsync(caller, Micro.FromCredits(1), lasting: !shared)).TryGet(out var ticket, out _));
            if (ticket.Advance is not null == shared)
            {
                return ticket;
            }

            await _till.VoidAsync(ticket);
        }
    }

    private static UsageEvent Event(Ticket ticket) => new(
        ticket.Operation, ticket.UserId, TimeProvider.System.GetUtcNow(), "chat", "parrot", "upstream", new ProviderUsage { InputTokens = 1 }, Micro.Zero, null, TimeSpan.Zero);

    private async Task UntilAsync(string sql, long wanted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (await _postgres.ScalarAsync<long>(sql) != wanted)
        {
            await Task.Delay(100, patience.Token);
        }
    }
}
