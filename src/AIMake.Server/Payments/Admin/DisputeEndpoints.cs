using AIMake.Accounts;
using AIMake.Payments.Inbox;
using AIMake.Payments.Orders;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Payments.Admin;

/// <summary>What only a person can say: how a dispute ended, and whose a sale was.</summary>
internal static class DisputeEndpoints
{
    private static readonly string[] States = ["open", "won", "lost"];
    private static readonly string[] Outcomes = ["won", "lost"];

    public static void MapDisputes(this IEndpointRouteBuilder app)
    {
        var admin = app.MapGroup("/api/admin").RequireAdmin().WithTags("Admin");
        admin.MapGet("/disputes", List).WithName("ListDisputes").WithSummary("Disputes, newest first; by state or order");
        admin.MapPost("/disputes/{provider}/{id}", Decide).WithName("DecideDispute")
            .WithSummary("Say how a dispute ended, where its provider does not tell; won brings the credits back. Final");
        admin.MapPost("/webhooks/{id:guid}/assign", Assign).WithName("AssignWebhook")
            .WithSummary("Give a sale that names nobody to a user: the order is written down, paid; amount and product must be the catalog's");
    }

    /// <param name="state"><c>open</c> (inquiries too), <c>won</c>, <c>lost</c>; all when absent.</param>
    /// <param name="orderId">Of one order.</param>
    private static async Task<ApiResult<Page<DisputeView>>> List([AsParameters] PageQuery page, string? state, Guid? orderId, DisputeDesk desk, CancellationToken ct)
    {
        if (state is not null && !States.Contains(state))
        {
            return ApiResult.From<Page<DisputeView>>(Fault.Invalid("state", Said.OneOf(States)));
        }

        return page.Read<DisputeKey>("disputes:created").TryGet(out var request, out var fault)
            ? await desk.ListAsync(state, orderId, request, ct)
            : ApiResult.From<Page<DisputeView>>(fault);
    }

    private static async Task<ApiResult<DisputeView>> Decide(string provider, string id, DecideDisputeRequest body, CurrentCaller caller, DisputeDesk desk, CancellationToken ct)
    {
        if (!Outcomes.Contains(body.Outcome))
        {
            return ApiResult.From<DisputeView>(Fault.Invalid("outcome", Said.OneOf(Outcomes)));
        }

        return PaymentAdminEndpoints.Faulty(body.Reason) is { } fault
            ? ApiResult.From<DisputeView>(fault)
            : ApiResult.From(await desk.DecideAsync(provider, id, body.Outcome == "won", body.Reason.Trim(), caller.UserId, ct));
    }

    private static async Task<ApiResult<WebhookView>> Assign(Guid id, AssignWebhookRequest body, SaleDesk desk, CancellationToken ct) =>
        PaymentAdminEndpoints.Faulty(body.Reason) is { } fault
            ? ApiResult.From<WebhookView>(fault)
            : ApiResult.From((await desk.AssignAsync(id, body.UserId, body.Reason.Trim(), ct)).Select(WebhookView.From));
}

/// <summary>Whose a sale was.</summary>
/// <param name="UserId">An account that is neither closed nor disabled.</param>
/// <param name="Reason">1 to 500 characters: how you know.</param>
public sealed record AssignWebhookRequest(Guid UserId, string Reason);
