using System.Text;
using AIMake.Accounts;
using AIMake.Catalog;
using AIMake.Payments.Inbox;
using AIMake.Payments.Orders;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Payments.Admin;

/// <summary>Orders, events and the tools for both.</summary>
internal static class PaymentAdminEndpoints
{
    private static readonly string[] WebhookStates = ["waiting", "applied", "nothing", "refused"];

    public static void MapPaymentAdmin(this IEndpointRouteBuilder app)
    {
        var admin = app.MapGroup("/api/admin").RequireAdmin().WithTags("Admin");
        admin.MapGet("/orders", Orders).WithName("ListAdminOrders").WithSummary("Everybody's orders, newest first; by state, provider or user");
        admin.MapGet("/orders/{id:guid}", FindOrder).WithName("GetAdminOrder").WithSummary("One order with what the provider calls it");
        admin.MapPost("/orders/{id:guid}/match", Match).WithName("MatchOrder").WithSummary("Give an event that found no order to this one; amounts must agree");
        admin.MapPost("/orders/{id:guid}/grant", Grant).WithName("GrantOrder").WithSummary("Grant an unpaid order whose money was seen elsewhere; once");
        admin.MapPost("/orders/{id:guid}/refund", Refund).WithName("RefundOrder").WithSummary("Give money back through the provider; the credits go with it");
        admin.MapGet("/webhooks", Webhooks).WithName("ListWebhooks").WithSummary("Events of the payment providers and what became of them, newest first");
        admin.MapGet("/webhooks/{id:guid}", FindWebhook).WithName("GetWebhook").WithSummary("One event with its body as it came");
        admin.MapPost("/webhooks/{id:guid}/replay", Replay).WithName("ReplayWebhook").WithSummary("Drive an event again; what took effect takes none a second time");
        app.MapGet("/api/webhook-info", Info).RequireAdmin().WithTags("Admin").WithName("GetWebhookInfo").WithSummary("Which addresses to register with the providers, and when they last called");
    }

    /// <param name="state">As in an order; all when absent.</param>
    private static async Task<ApiResult<Page<AdminOrderView>>> Orders(
        [AsParameters] PageQuery page, string? state, string? provider, Guid? userId, AdminDesk desk, HttpContext context, CancellationToken ct)
    {
        if (state is not null && OrderView.Stored(state) is null)
        {
            return ApiResult.From<Page<AdminOrderView>>(Fault.Invalid("state", Said.OneOf(OrderView.States)));
        }

        return page.Read<OrderKey>("orders:id").TryGet(out var request, out var fault)
            ? await desk.OrdersAsync(state is null ? null : OrderView.Stored(state), provider, userId, request, RequestLanguage.Of(context), ct)
            : ApiResult.From<Page<AdminOrderView>>(fault);
    }

    private static async Task<ApiResult<AdminOrderView>> FindOrder(Guid id, AdminDesk desk, HttpContext context, CancellationToken ct) =>
        ApiResult.From(await desk.FindAsync(id, RequestLanguage.Of(context), ct));

    private static async Task<ApiResult<AdminOrderView>> Match(Guid id, MatchOrderRequest body, CurrentCaller caller, AdminDesk desk, HttpContext context, CancellationToken ct) =>
        await AfterAsync(await desk.MatchAsync(id, body.WebhookId, caller.UserId, ct), id, desk, context, ct);

    private static async Task<ApiResult<AdminOrderView>> Grant(Guid id, ReasonRequest body, CurrentCaller caller, AdminDesk desk, HttpContext context, CancellationToken ct) =>
        Faulty(body.Reason) is { } fault
            ? ApiResult.From<AdminOrderView>(fault)
            : await AfterAsync(await desk.GrantAsync(id, body.Reason.Trim(), caller.UserId, ct), id, desk, context, ct);

    private static async Task<ApiResult<AdminOrderView>> Refund(Guid id, RefundOrderRequest body, CurrentCaller caller, AdminDesk desk, HttpContext context, CancellationToken ct) =>
        Faulty(body.Reason) is { } fault
            ? ApiResult.From<AdminOrderView>(fault)
            : await AfterAsync(await desk.RefundAsync(id, body.Amount, body.Reason.Trim(), caller.UserId, ct), id, desk, context, ct);

    private static async Task<ApiResult<AdminOrderView>> AfterAsync(Outcome<Done> done, Guid id, AdminDesk desk, HttpContext context, CancellationToken ct) =>
        done.Fault is { } fault ? ApiResult.From<AdminOrderView>(fault) : ApiResult.From(await desk.FindAsync(id, RequestLanguage.Of(context), ct));

    internal static Fault? Faulty(string reason) => reason.Trim().Length is < 1 or > 500 ? Fault.Invalid("reason", Said.Characters(500)) : null;

    /// <param name="state"><c>waiting</c>, <c>applied</c>, <c>nothing</c>, <c>refused</c>; all when absent.</param>
    private static async Task<ApiResult<Page<WebhookView>>> Webhooks(
        [AsParameters] PageQuery page, string? state, string? provider, Database database, CancellationToken ct)
    {
        if (state is not null && !WebhookStates.Contains(state))
        {
            return ApiResult.From<Page<WebhookView>>(Fault.Invalid("state", Said.OneOf(WebhookStates)));
        }

        if (!page.Read<WebhookKey>("webhooks:id").TryGet(out var request, out var fault))
        {
            return ApiResult.From<Page<WebhookView>>(fault);
        }

        var rows = await database.ReadAsync(DbPurpose.Admin, s => InboxStore.AllAsync(s, provider, state, request.After?.Id, request.Take, ct), ct);
        return request.ToPage(rows, r => new WebhookKey(r.Id), WebhookView.From);
    }

    private static async Task<ApiResult<WebhookBodyView>> FindWebhook(Guid id, Database database, WebhookInbox inbox, LiveCatalog catalog, CancellationToken ct) =>
        await database.ReadAsync(DbPurpose.Admin, s => InboxStore.FindAsync(s, id, ct), ct) is { } row
            ? new WebhookBodyView(WebhookView.From(row), Encoding.UTF8.GetString(row.Body), inbox.SaleOf(row) is { } paid ? Sale(paid, catalog.Current) : null)
            : ApiResult.From<WebhookBodyView>(new Fault(FaultCodes.NotFound));

    private static SaleView Sale(PackagePaid paid, CatalogSnapshot catalog) => new(
        paid.Reference, paid.Unordered?.Product, paid.Unordered is { } sold ? catalog.Packages.FirstOrDefault(p => p.CreemProduct == sold.Product || p.StripePrice == sold.Product)?.Id : null,
        paid.Amount, paid.Currency, paid.At, paid.Keys.OrderId, paid.Unordered?.Email);

    private static async Task<ApiResult<WebhookView>> Replay(Guid id, AdminDesk desk, CancellationToken ct) =>
        ApiResult.From((await desk.ReplayAsync(id, ct)).Select(WebhookView.From));

    private static async Task<ApiResult<WebhookInfo>> Info(Database database, HttpContext context, IEnumerable<IWebhookReader> readers, CancellationToken ct)
    {
        var endpoints = new List<WebhookEndpointView>();
        foreach (var provider in readers.Select(r => r.Provider).Order(StringComparer.Ordinal))
        {
            var last = await database.ReadAsync(DbPurpose.Admin, s => InboxStore.LastAsync(s, provider, ct), ct);
            endpoints.Add(new WebhookEndpointView(provider, PublicAddress.Of(context.RequestServices) + $"/api/webhooks/{provider}", last));
        }

        return new WebhookInfo(endpoints);
    }

    private sealed record WebhookKey(Guid Id);
}

/// <summary>Which event belongs to the order.</summary>
/// <param name="WebhookId">As in <c>GET /api/admin/webhooks</c>.</param>
public sealed record MatchOrderRequest(Guid WebhookId);

/// <summary>Why.</summary>
/// <param name="Reason">1 to 500 characters.</param>
public sealed record ReasonRequest(string Reason);

/// <summary>What to give back.</summary>
/// <param name="Reason">1 to 500 characters.</param>
/// <param name="Amount">Minor units; all that is left when absent.</param>
public sealed record RefundOrderRequest(string Reason, long? Amount = null);

/// <summary>An event.</summary>
/// <param name="EventId">The provider's.</param>
/// <param name="State"><c>waiting</c>, <c>applied</c>, <c>nothing</c> (not about money), <c>refused</c> (it contradicts an order: look).</param>
/// <param name="Error">Why it was refused, or what it waits for.</param>
/// <param name="NextAttemptAt">Null where nobody will try by themselves.</param>
public sealed record WebhookView(
    Guid Id, string Provider, string EventId, string Type, string State, string? Error, int Attempts, Guid? OrderId, DateTimeOffset EventAt, DateTimeOffset ReceivedAt,
    DateTimeOffset? ProcessedAt, DateTimeOffset? NextAttemptAt)
{
    internal static WebhookView From(InboxRow row) => new(
        row.Id, row.Provider, row.EventId, row.Type, row.Outcome ?? "waiting", row.Error, row.Attempts, row.OrderId, row.EventAt, row.ReceivedAt, row.ProcessedAt, row.NextAttemptAt);
}

/// <summary>An event with its body.</summary>
/// <param name="Body">As it came; empty once its buyer's account is deleted.</param>
/// <param name="Sale">What was sold, for finding the buyer; null where it is about no sale of a package.</param>
public sealed record WebhookBodyView(WebhookView Webhook, string Body, SaleView? Sale);

/// <summary>The addresses to register.</summary>
public sealed record WebhookInfo(IReadOnlyList<WebhookEndpointView> Endpoints);

/// <summary>One address.</summary>
/// <param name="LastReceivedAt">Null when nothing has come yet.</param>
public sealed record WebhookEndpointView(string Provider, string Url, DateTimeOffset? LastReceivedAt);
