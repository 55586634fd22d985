using AIMake.Catalog;
using AIMake.Credits;
using AIMake.Payments;
using AIMake.Payments.Inbox;
using AIMake.Payments.Orders;
using AIMake.Payments.Subscriptions;
using AIMake.Platform.Database;
using AIMake.Tests.Credits;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace AIMake.Tests.Payments;

/// <summary>Orders and facts on a database of its own, without a server. Ends with the whole ledger checker and the books.</summary>
internal sealed class PaymentsBench : IAsyncDisposable
{
    private readonly LedgerBench _ledger;

    private PaymentsBench(LedgerBench ledger)
    {
        _ledger = ledger;
        var catalog = new LiveCatalog(new CatalogOptions(), [], new OfferedProviders(new HashSet<string>()), ledger.Time, NullLogger<LiveCatalog>.Instance);
        Catalog = catalog.Current;
        var glance = new Glance(ledger);
        Plans = new PlanKeeper(ledger.Ledger, glance, catalog, new PaymentsOptions(), [Follower], ledger.Time, NullLogger<PlanKeeper>.Instance);
        Fulfilment = new Fulfilment(ledger.Ledger, catalog, Plans, ledger.Time, NullLogger<Fulfilment>.Instance);
        Inbox = new WebhookInbox(ledger.Database, Fulfilment, [Reader], ledger.Time, NullLogger<WebhookInbox>.Instance);
    }

    public LedgerBench Ledger => _ledger;

    public CatalogSnapshot Catalog { get; }

    public PlanKeeper Plans { get; }

    public Fulfilment Fulfilment { get; }

    public WebhookInbox Inbox { get; }

    public ScriptedReader Reader { get; } = new();

    public PlanFollower Follower { get; } = new();

    public DateTimeOffset Now => _ledger.Time.GetUtcNow();

    public static async Task<PaymentsBench> StartAsync(TimeProvider? time = null) => new(await LedgerBench.StartAsync(time, monthly: 0));

    /// <summary>Another node on the same database.</summary>
    public static PaymentsBench On(string connectionString, TimeProvider? time = null) => new(LedgerBench.On(connectionString, time));

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    /// <summary>A user without any credits.</summary>
    public Task<Guid> UserAsync() => _ledger.OpenAsync(0, "free");

    /// <summary>An order whose page is open: 500 credits for 5.00 USD, or the pro plan for 19.00.</summary>
    public async Task<OrderRow> OrderAsync(Guid user, string item = "small", string provider = "test")
    {
        var (package, plan) = (Catalog.Packages.FirstOrDefault(p => p.Id == item), Catalog.Plans.FirstOrDefault(p => p.Id == item));
        var order = new OrderRow
        {
            Id = Guid.CreateVersion7(), UserId = user, Kind = package is null ? "plan" : "package", Item = item, Amount = (package?.Price ?? plan!.Price!).Amount, Currency = "usd",
            Credits = package?.Credits ?? plan!.MonthlyCredits, Provider = provider, CreatedAt = Now,
        };
        return await _ledger.DoAsync(async s =>
        {
            await OrderStore.InsertAsync(s, order, default);
            await OrderStore.SetCheckoutAsync(s, order.Id, new CheckoutPage($"page-{order.Id}", "https://pay.example.com/x", null), Now, default);
            return (await OrderStore.FindAsync(s, order.Id, default))!;
        });
    }

    public Task<FactResult> ApplyAsync(PaymentFact fact, string provider = "test") => _ledger.DoAsync(s => Fulfilment.ApplyAsync(s, provider, fact, default));

    /// <summary>An event that says these facts, as if its signature were right.</summary>
    public Task ReceiveAsync(string eventId, params PaymentFact[] facts)
    {
        Reader.Facts[eventId] = facts;
        return Inbox.ReceiveAsync("test", new SignedEvent(eventId, "test", Now, false), System.Text.Encoding.UTF8.GetBytes(eventId), default);
    }

    public async Task<string> StateAsync(Guid order) => (await _ledger.RowAsync<string>($"SELECT state FROM payments.orders WHERE id = '{order}'", 1))[0];

    public async Task<decimal> FreeAsync(Guid user) => (await _ledger.BalanceAsync(user)).Available;

    public async Task<string> PlanAsync(Guid user) => (await _ledger.RowAsync<string>($"SELECT plan FROM credits.accounts WHERE user_id = '{user}'", 1))[0];

    public async Task<(string? Outcome, string? Error)> EventAsync(string id)
    {
        var row = await _ledger.RowAsync<string>($"SELECT coalesce(outcome, 'waiting'), coalesce(error, '') FROM payments.inbox WHERE event_id = '{id}'", 2);
        return (row[0], row[1]);
    }

    public PackagePaid Paid(OrderRow order, string payment = "pay-1", long? amount = null) =>
        new(new PurchaseKeys(order.Id, order.CheckoutId), $"test:{order.CheckoutId}", payment, amount ?? order.Amount, order.Currency, Now);

    /// <summary>Reads events whose body is their id.</summary>
    internal sealed class ScriptedReader : IWebhookReader
    {
        public System.Collections.Concurrent.ConcurrentDictionary<string, PaymentFact[]> Facts { get; } = new(StringComparer.Ordinal);

        public string Provider => "test";

        public AIMake.Platform.Faults.Outcome<SignedEvent> Verify(Microsoft.AspNetCore.Http.IHeaderDictionary headers, ReadOnlyMemory<byte> body, DateTimeOffset now) => throw new NotSupportedException();

        public IReadOnlyList<PaymentFact> Read(ReadOnlyMemory<byte> body) =>
            Facts.TryGetValue(System.Text.Encoding.UTF8.GetString(body.Span), out var facts) ? facts : throw new System.Text.Json.JsonException("no", "$.data", 1, 1);
    }

    internal sealed class PlanFollower : IPlanFollower
    {
        public List<(Guid User, string Plan, bool Paid)> Told { get; } = [];

        public Task PlanChangedAsync(DbSession session, Guid userId, string plan, bool paid, CancellationToken ct)
        {
            Told.Add((userId, plan, paid));
            return Task.CompletedTask;
        }
    }

    private sealed class Glance(LedgerBench ledger) : ICreditsGlance
    {
        private static readonly Statement Plan = new("tests", "plan", "SELECT plan FROM credits.accounts WHERE user_id = @user");

        public async Task<CreditsGlance> ReadAsync(DbSession session, Guid userId, CancellationToken ct) =>
            new(await session.SingleAsync<string>(Plan, new { user = userId }, ct), default, default, default, default, ledger.Time.GetUtcNow());
    }
}
