using System.Text;
using System.Text.Json;
using AIMake.Payments.Creem;
using AIMake.Payments.Inbox;
using AIMake.Payments.Orders;
using AIMake.Payments.Stripe;
using AIMake.Payments.Subscriptions;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Outbound;

namespace AIMake.Payments.TestFlow;

/// <summary>
/// Does at the simulator what a buyer does on a payment page, and a seller in a dashboard; and holds what the simulator sent against what
/// arrived here. It writes nothing of ours: whatever changes comes in through the doors that real providers use.
/// </summary>
internal sealed class SimulatorDesk(OutboundHttp http, TestFlowOptions options, StripeOptions stripe, CreemOptions creem, PaymentProviders providers, Database database)
{
    private const int MostEvents = 60;
    private static readonly OutboundLimits Limits = new() { FirstByte = TimeSpan.FromSeconds(10), Total = TimeSpan.FromSeconds(15), MaxBytes = 8 << 20 };

    private string Base => options.Simulator!.TrimEnd('/');

    /// <summary>The configured providers whose place the simulator takes. None other is ever paid at.</summary>
    public IReadOnlyList<string> Providers => [.. providers.Configured.Select(p => p.Name).Where(IsSimulated).Order(StringComparer.Ordinal)];

    /// <summary>Pays on the order's page, as a browser would that is sent back afterwards.</summary>
    /// <returns>The address the buyer is sent back to. Faults: ORDER_PAID, PAYMENT_PROVIDER_FAILED.</returns>
    public async Task<Outcome<string>> PayAsync(OrderRow order, CancellationToken ct)
    {
        if (order.State != OrderStates.Pending || order.CheckoutUrl is not { } page)
        {
            return new Fault(FaultCodes.OrderPaid);
        }

        if (!IsSimulated(order.Provider) || !page.StartsWith(Base + "/", StringComparison.Ordinal))
        {
            return Failed(order.Provider);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, page) { Content = new FormUrlEncodedContent([new("what", "pay")]) };
        request.Headers.Accept.ParseAdd("application/json"); // told the way back, instead of being sent there
        return (await SendAsync(request, ct)).Body?.Text("location") is { } back ? back : Failed(order.Provider);
    }

    /// <summary>
    /// Gives the money back, or disputes it, as of the provider's own accord: found in its book, and we learn of it from its notices. Faults:
    /// ORDER_NOT_REFUNDABLE, PAYMENT_PROVIDER_FAILED.
    /// </summary>
    /// <param name="what"><c>refund</c> or <c>dispute</c>.</param>
    public async Task<Outcome<Done>> TakeBackAsync(OrderRow order, string what, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Base}/__payments");
        if ((await SendAsync(request, ct)).Body is not { ValueKind: JsonValueKind.Array } book)
        {
            return Failed(order.Provider);
        }

        var paid = book.EnumerateArray().LastOrDefault(p => p.Text("provider") == order.Provider
            && (p.Text("order") == order.Id.ToString("D") || (order.SubscriptionId is not null && p.Text("subscription") == order.SubscriptionId)));
        return paid.Text("id") is { } id
            ? await ActAsync(order.Provider, $"{(order.Provider == StripeProvider.ProviderName ? "payments" : "transactions")}/{Uri.EscapeDataString(id)}/{what}", ct)
            : new Fault(FaultCodes.OrderNotRefundable);
    }

    /// <summary>Ends whatever the user subscribes to there, at once. Faults: NOT_SUBSCRIBED, PAYMENT_PROVIDER_FAILED.</summary>
    public async Task<Outcome<Done>> EndSubscriptionAsync(Guid user, CancellationToken ct)
    {
        var rows = await database.ReadAsync(DbPurpose.Hot, s => SubscriptionStore.OfUserAsync(s, user, ct), ct);
        return rows.FirstOrDefault(r => !r.IsOver) is { } row
            ? await ActAsync(row.Provider, $"subscriptions/{Uri.EscapeDataString(row.SubscriptionId)}/give-up", ct)
            : new Fault(FaultCodes.NotSubscribed);
    }

    /// <summary>Whether the order's page is open, and what was told of the order so far. Fault: PAYMENT_PROVIDER_FAILED.</summary>
    public async Task<Outcome<FlowSightView>> LookAsync(OrderRow order, PaymentRow? payment, CancellationToken ct)
    {
        int? page = null;
        if (order is { State: OrderStates.Pending, CheckoutUrl: { } url } && url.StartsWith(Base + "/", StringComparison.Ordinal))
        {
            using var ask = new HttpRequestMessage(HttpMethod.Get, url);
            page = (await SendAsync(ask, ct)).Status;
        }

        string?[] names = [order.Id.ToString("D"), order.CheckoutId, order.SubscriptionId, payment?.PaymentId, payment?.SubscriptionId];
        var query = string.Concat(names.OfType<string>().Distinct(StringComparer.Ordinal).Select(n => $"&mentions={Uri.EscapeDataString(n)}"));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Base}/__deliveries?last={MostEvents}{query}");
        if ((await SendAsync(request, ct)).Body?.Member("sent") is not { ValueKind: JsonValueKind.Array } told)
        {
            return Failed(order.Provider);
        }

        var sent = told.EnumerateArray().Where(d => d.Text("provider") == order.Provider).ToList();
        var ids = sent.Select(d => d.NeedText("eventId")).Distinct(StringComparer.Ordinal).ToArray();
        var arrived = (await database.ReadAsync(DbPurpose.Admin, s => InboxStore.OfEventsAsync(s, order.Provider, ids, ct), ct)).ToDictionary(r => r.EventId, StringComparer.Ordinal);
        return new FlowSightView(page, order.CheckoutId, payment?.PaymentId, payment?.SubscriptionId ?? order.SubscriptionId, [.. sent.Select(d => View(d, arrived.GetValueOrDefault(d.NeedText("eventId"))))]);
    }

    private static FlowEventView View(JsonElement sent, InboxRow? row) => new(
        sent.NeedText("eventId"), sent.NeedText("type"), sent.NeedText("end"), (int)sent.NeedNumber("attempts"), (int)sent.NeedNumber("status"),
        row is null ? null : row.Outcome ?? "waiting", row?.Error);

    private async Task<Outcome<Done>> ActAsync(string provider, string path, CancellationToken ct)
    {
        if (!IsSimulated(provider))
        {
            return Failed(provider);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Base}/__{provider}/{path}") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        return (await SendAsync(request, ct)).Status == 200 ? Done.Value : Failed(provider);
    }

    private bool IsSimulated(string provider) => provider switch
    {
        StripeProvider.ProviderName => !stripe.IsLive && stripe.BaseUrl.StartsWith(Base + "/", StringComparison.Ordinal),
        CreemProvider.ProviderName => !creem.IsLive && creem.Api.StartsWith(Base + "/", StringComparison.Ordinal),
        _ => false,
    };

    /// <summary>Status 0 when nobody answered.</summary>
    private async Task<(int Status, JsonElement? Body)> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            using var response = await http.SendAsync(request, Limits, ct);
            return response.MediaType == "application/json" && response.Success
                ? (response.Status, await JsonSerializer.DeserializeAsync<JsonElement>(response.Body, cancellationToken: ct))
                : (response.Status, null);
        }
        catch (Exception e) when (e is OutboundException or JsonException)
        {
            return default;
        }
    }

    private static Fault Failed(string provider) => new(FaultCodes.PaymentProviderFailed, $"{provider} (simulated)");
}
