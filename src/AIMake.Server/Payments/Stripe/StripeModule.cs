using AIMake.Accounts;
using AIMake.Payments.Orders;
using AIMake.Platform.Http;
using AIMake.Platform.Settings;

namespace AIMake.Payments.Stripe;

/// <summary>Stripe's part of payments.</summary>
internal static class StripeModule
{
    public static void AddStripe(this IHostApplicationBuilder builder)
    {
        builder.AddSettings<StripeOptions>(StripeOptions.Section);
        var services = builder.Services;
        services.AddSingleton<StripeClient>();
        services.AddSingleton<StripeQuestions>();
        services.AddSingleton<StripeProvider>();
        services.AddSingleton<IPaymentProvider>(s => s.GetRequiredService<StripeProvider>());
        services.AddSingleton<IWebhookReader, StripeWebhooks>();
    }

    public static void MapStripe(this IEndpointRouteBuilder app) =>
        app.MapPost("/api/payments/stripe", Open).RequireCaller().SessionOnly().WithRateClass(RateClass.Paid).WithTags("Payments")
            .WithName("BuyWithStripe").WithSummary("Order a package or a plan and get Stripe's page to pay it on");

    private static async Task<ApiResult<CheckoutView>> Open(CheckoutRequest body, CurrentCaller caller, IdempotencyKey key, OrderDesk desk, CancellationToken ct) =>
        ApiResult.From(await desk.OpenAsync(StripeProvider.ProviderName, caller.UserId, body, key, ct));
}
