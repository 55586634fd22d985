using AIMake.Accounts;
using AIMake.Payments.Admin;
using AIMake.Payments.Books;
using AIMake.Payments.Creem;
using AIMake.Payments.Inbox;
using AIMake.Payments.Orders;
using AIMake.Payments.Stripe;
using AIMake.Payments.Subscriptions;
using AIMake.Payments.TestFlow;
using AIMake.Platform.Scheduling;
using AIMake.Platform.Settings;

namespace AIMake.Payments;

/// <summary>Plans, packages, orders and what providers tell of them. A provider registers its <see cref="IPaymentProvider"/> and <see cref="IWebhookReader"/>.</summary>
internal static class PaymentsModule
{
    public static void AddPayments(this IHostApplicationBuilder builder)
    {
        builder.AddSettings<PaymentsOptions>(PaymentsOptions.Section);
        var services = builder.Services;
        services.AddSingleton<PaymentProviders>();
        services.AddSingleton<PlanKeeper>();
        services.AddSingleton<IPlanFollower, RankFollowsPlan>();
        services.AddSingleton<Fulfilment>();
        services.AddSingleton<WebhookInbox>();
        services.AddSingleton<IRecurringJob, InboxJob>();
        services.AddSingleton<IRecurringJob, InboxRetention>();
        services.AddSingleton<OrderDesk>();
        services.AddSingleton<PurchaseList>();
        services.AddSingleton<AdminDesk>();
        services.AddSingleton<DisputeDesk>();
        services.AddSingleton<RefundDesk>();
        services.AddSingleton<SaleDesk>();
        services.AddSingleton<SubscriptionDesk>();
        services.AddSingleton<SubscriptionViews>();
        services.AddSingleton<IRecurringJob, GraceJob>();
        services.AddSingleton<SurplusJob>();
        services.AddSingleton<IRecurringJob>(s => s.GetRequiredService<SurplusJob>());
        services.AddSingleton<ReconciliationJob>();
        services.AddSingleton<IRecurringJob>(s => s.GetRequiredService<ReconciliationJob>());
        services.AddSingleton<PaymentBooks>();
        services.AddSingleton<IUserDataOwner, BuyerData>();
        services.AddSingleton<Accounts.Export.IUserDataExport, BuyerExport>();
        builder.AddStripe();
        builder.AddCreem();
        builder.AddTestFlow();
    }

    public static void MapPayments(this IEndpointRouteBuilder app)
    {
        app.MapOrders();
        app.MapStripe();
        app.MapSubscriptions();
        app.MapCreem();
        app.MapPaymentAdmin();
        app.MapDisputes();
        PaymentEndpoints.MapPayments(app);
        app.MapBooks();
        app.MapTestFlow();
        app.MapPaymentWebhooks();
    }
}
