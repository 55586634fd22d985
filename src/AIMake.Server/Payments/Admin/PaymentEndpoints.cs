using AIMake.Accounts;
using AIMake.Credits;
using AIMake.Payments.Orders;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Payments.Admin;

/// <summary>Money that came, a line for each: the later periods of a plan have no order, and are given back here.</summary>
internal static class PaymentEndpoints
{
    public static void MapPayments(this IEndpointRouteBuilder app)
    {
        var admin = app.MapGroup("/api/admin/payments").RequireAdmin().WithTags("Admin");
        admin.MapGet("", List).WithName("ListAdminPayments").WithSummary("Payments, newest first; of a user, an order or a subscription");
        admin.MapPost("/{id:guid}/refund", Refund).WithName("RefundPayment")
            .WithSummary("Give money back through the provider, of a package or of one period of a plan; the credits go with it");
    }

    /// <param name="subscriptionId">The provider's.</param>
    private static async Task<ApiResult<Page<AdminPaymentView>>> List(
        [AsParameters] PageQuery page, Guid? userId, Guid? orderId, string? subscriptionId, Database database, CancellationToken ct)
    {
        if (!page.Read<OrderKey>("payments:id").TryGet(out var request, out var fault))
        {
            return ApiResult.From<Page<AdminPaymentView>>(fault);
        }

        var rows = await database.ReadAsync(DbPurpose.Admin, s => PaymentStore.AllAsync(s, userId, orderId, subscriptionId, request.After?.Id, request.Take, ct), ct);
        return request.ToPage(rows, r => new OrderKey(r.Id), AdminPaymentView.From);
    }

    private static async Task<ApiResult<AdminPaymentView>> Refund(
        Guid id, RefundOrderRequest body, CurrentCaller caller, RefundDesk refunds, Database database, IAuditLog audit, CancellationToken ct)
    {
        if ((PaymentAdminEndpoints.Faulty(body.Reason) ?? (await refunds.GiveBackAsync(id, body.Amount, body.Reason.Trim(), caller.UserId, ct)).Fault) is { } fault)
        {
            return ApiResult.From<AdminPaymentView>(fault);
        }

        var entry = AuditEntry.Of(AuditActions.PaymentRefunded, "payment", id.ToString(), ("amount", body.Amount?.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("reason", body.Reason.Trim()));
        return await database.TransactAsync(
            DbPurpose.Admin,
            async s =>
            {
                await audit.WriteAsync(s, entry, ct);
                return AdminPaymentView.From((await PaymentStore.LockAsync(s, id, ct))!);
            },
            ct);
    }
}

/// <summary>Money that came. Amounts in minor units.</summary>
/// <param name="OrderId">Null for a later period of a plan.</param>
/// <param name="PaymentId">The provider's name of it.</param>
/// <param name="Amount">For the goods.</param>
/// <param name="Tax">Added to it.</param>
/// <param name="Discount">What a coupon took off the price, or what was to the buyer's credit.</param>
/// <param name="Reason">Why it was granted by hand; null where money was told of.</param>
public sealed record AdminPaymentView(
    Guid Id, Guid? OrderId, Guid UserId, string Provider, string Item, string Reference, string? PaymentId, string? SubscriptionId, long Amount, long Tax, long Discount,
    string Currency, Micro Credits, long Refunded, long Disputed, Micro Clawed, DateTimeOffset PaidAt, string? Reason)
{
    internal static AdminPaymentView From(PaymentRow p) => new(
        p.Id, p.OrderId, p.UserId, p.Provider, p.Item, p.Reference, p.PaymentId, p.SubscriptionId, p.Amount, p.Tax, p.Discount, p.Currency, p.Credits, p.Refunded, p.Disputed, p.Clawed,
        p.PaidAt, p.Reason);
}
