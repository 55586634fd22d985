using AIMake.Accounts;
using AIMake.Payments.Orders;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using AIMake.Platform.Settings;

namespace AIMake.Payments.TestFlow;

/// <summary>
/// What the page that walks through a purchase needs beyond the product's own routes. Mapped only beside a simulator: elsewhere these routes do
/// not exist.
/// </summary>
internal static class TestFlowEndpoints
{
    public static void AddTestFlow(this IHostApplicationBuilder builder)
    {
        builder.AddSettings<TestFlowOptions>(TestFlowOptions.Section);
        builder.Services.AddSingleton<SimulatorDesk>();
    }

    public static void MapTestFlow(this IEndpointRouteBuilder app)
    {
        if (app.ServiceProvider.GetRequiredService<TestFlowOptions>().Simulator is null)
        {
            return;
        }

        app.MapGet("/api/dev/payment-flow", Offer).Public().WithTags("Development").WithName("GetPaymentFlow").WithSummary("Which simulated providers a purchase can be tried with");
        var flow = app.MapGroup("/api/dev/payment-flow").RequireCaller().SessionOnly().WithTags("Development");
        flow.MapGet("/orders/{id:guid}", Look).WithName("LookAtFlow").WithSummary("What the simulator sent about an order, and what arrived");
        flow.MapPost("/orders/{id:guid}/pay", Pay).WithName("PayInFlow").WithSummary("Pays an order on its simulated page; answers with the way back");
        flow.MapPost("/orders/{id:guid}/refund", Refund).WithName("RefundInFlow").WithSummary("The seller gives the money back in the provider's dashboard");
        flow.MapPost("/orders/{id:guid}/dispute", Dispute).WithName("DisputeInFlow").WithSummary("The buyer disputes the payment at the bank");
        flow.MapPost("/subscription/end", End).WithName("EndSubscriptionInFlow").WithSummary("Ends the caller's subscription at the provider, at once");
    }

    private static ApiResult<FlowOfferView> Offer(SimulatorDesk desk, TestFlowOptions options) => new FlowOfferView(options.Simulator!, desk.Providers);

    private static async Task<ApiResult<FlowSightView>> Look(Guid id, CurrentCaller caller, OrderDesk orders, SimulatorDesk desk, CancellationToken ct) =>
        await orders.FindAsync(id, caller.UserId, ct) is { } found
            ? ApiResult.From(await desk.LookAsync(found.Order, found.Payment, ct))
            : ApiResult.From<FlowSightView>(new Fault(FaultCodes.NotFound));

    private static async Task<ApiResult<FlowPaidView>> Pay(Guid id, CurrentCaller caller, OrderDesk orders, SimulatorDesk desk, CancellationToken ct) =>
        await orders.FindAsync(id, caller.UserId, ct) is { } found
            ? ApiResult.From((await desk.PayAsync(found.Order, ct)).Select(url => new FlowPaidView(url)))
            : ApiResult.From<FlowPaidView>(new Fault(FaultCodes.NotFound));

    private static Task<ApiResult<Done>> Refund(Guid id, CurrentCaller caller, OrderDesk orders, SimulatorDesk desk, CancellationToken ct) => TakeBackAsync(id, "refund", caller, orders, desk, ct);

    private static Task<ApiResult<Done>> Dispute(Guid id, CurrentCaller caller, OrderDesk orders, SimulatorDesk desk, CancellationToken ct) => TakeBackAsync(id, "dispute", caller, orders, desk, ct);

    private static async Task<ApiResult<Done>> TakeBackAsync(Guid id, string what, CurrentCaller caller, OrderDesk orders, SimulatorDesk desk, CancellationToken ct) =>
        await orders.FindAsync(id, caller.UserId, ct) is { } found
            ? ApiResult.From(await desk.TakeBackAsync(found.Order, what, ct))
            : ApiResult.From<Done>(new Fault(FaultCodes.NotFound));

    private static async Task<ApiResult<Done>> End(CurrentCaller caller, SimulatorDesk desk, CancellationToken ct) => ApiResult.From(await desk.EndSubscriptionAsync(caller.UserId, ct));
}

/// <summary>What can be tried.</summary>
/// <param name="Simulator">Its page, on which notices are made late, double, forged or lost.</param>
/// <param name="Providers">E.g. <c>creem</c>, <c>stripe</c>.</param>
public sealed record FlowOfferView(string Simulator, IReadOnlyList<string> Providers);

/// <summary>Paid.</summary>
/// <param name="ReturnUrl">Where the provider sends the buyer, with all it signed.</param>
public sealed record FlowPaidView(string ReturnUrl);

/// <summary>An order as its provider sees it.</summary>
/// <param name="Page">HTTP status of the page to pay on; 0 when nobody answers there, null once it has been paid.</param>
/// <param name="CheckoutId">The provider's.</param>
/// <param name="PaymentId">The provider's, once it has been told.</param>
/// <param name="SubscriptionId">The provider's.</param>
/// <param name="Events">Everything sent that mentions one of these, the oldest first; an event sent twice stands there twice.</param>
public sealed record FlowSightView(int? Page, string? CheckoutId, string? PaymentId, string? SubscriptionId, IReadOnlyList<FlowEventView> Events);

/// <summary>An event on its way.</summary>
/// <param name="Delivery"><c>underWay</c>, <c>held</c>, <c>delivered</c>, <c>lost</c>.</param>
/// <param name="Attempts">How often it was sent.</param>
/// <param name="Status">What this server answered last; 0 for nothing.</param>
/// <param name="State">What became of it here: <c>waiting</c>, <c>applied</c>, <c>nothing</c>, <c>refused</c>; null while it has not arrived.</param>
/// <param name="Error">Why it was refused, or what it waits for.</param>
public sealed record FlowEventView(string EventId, string Type, string Delivery, int Attempts, int Status, string? State, string? Error);
