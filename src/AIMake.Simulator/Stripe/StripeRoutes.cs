using System.Globalization;
using System.Text.Json.Nodes;
using AIMake.Simulator.Deliveries;

namespace AIMake.Simulator.Stripe;

/// <summary>Stripe's API under <c>/stripe/v1</c>.</summary>
internal static class StripeRoutes
{
    private const string Root = "/stripe/v1";
    private const int PageSize = 10;
    private const int LargestPage = 100;

    /// <summary>Names in addresses, the kind of their objects, and what a list may be narrowed by.</summary>
    private static readonly (string Path, string Kind, string[] Filters)[] Readable =
    [
        ("customers", "customer", ["email"]),
        ("checkout/sessions", "checkout.session", ["customer", "payment_intent", "subscription", "status"]),
        ("subscriptions", "subscription", ["customer", "status"]),
        ("payment_intents", "payment_intent", ["customer"]),
        ("charges", "charge", ["customer", "payment_intent"]),
        ("refunds", "refund", ["charge", "payment_intent"]),
        ("disputes", "dispute", ["charge", "payment_intent"]),
        ("invoices", "invoice", ["customer", "status", "subscription"]),
        ("prices", "price", ["product"]),
        ("events", "event", ["type", "types", "delivery_success"]),
    ];

    public static void MapStripe(this IEndpointRouteBuilder routes)
    {
        foreach (var (path, kind, filters) in Readable)
        {
            routes.MapGet($"{Root}/{path}", context => StripeCall.AnswerAsync(context, form => StripeParameters.Plain(form, [.. filters, "created", "limit", "starting_after", "expand"]), form => List(context, path, kind, form)));
            routes.MapGet($"{Root}/{path}/{{id}}", context => StripeCall.AnswerAsync(context, form => StripeParameters.Plain(form, "expand"), form => Expanded(context, Read(context, kind), form["expand"])));
        }
        routes.MapGet($"{Root}/invoice_payments", context => StripeCall.AnswerAsync(context, form => StripeParameters.Plain(form, "payment", "invoice", "status", "limit", "expand"), form => InvoicePayments(context, form)));
        routes.MapGet($"{Root}/invoices/{{id}}/lines", context => StripeCall.AnswerAsync(context, form => StripeParameters.Plain(form, "limit"), _ => Read(context, "invoice")["lines"]!.AsObject()));
        routes.MapGet($"{Root}/checkout/sessions/{{id}}/line_items", context => StripeCall.AnswerAsync(context, form => StripeParameters.Plain(form, "limit"), _ => LineItems(context, Read(context, "checkout.session"))));

        Post(routes, "customers", (context, order) => Get<StripeCheckout>(context).MakeCustomer(order));
        Post(routes, "checkout/sessions", (context, order) => Expanded(context, Get<StripeCheckout>(context).MakeSession(order, $"{Address(context)}/stripe/pay"), order["expand"]));
        routes.MapPost($"{Root}/checkout/sessions/{{id}}/expire", context => StripeCall.AnswerAsync(context, form => StripeParameters.Plain(form, "expand"), _ => Get<StripeCheckout>(context).ExpireSession(Id(context))));
        Post(routes, "billing_portal/sessions", (context, order) => Get<StripePortal>(context).Make(order, $"{Address(context)}/stripe/portal"));
        Post(routes, "refunds", (context, order) => Expanded(context, Get<StripeMoney>(context).Refund(order), order["expand"]));
        routes.MapPost($"{Root}/subscriptions/{{id}}", context => StripeCall.AnswerAsync(
            context, form => StripeParameters.Read("POST /v1/subscriptions/{id}", form), order => Expanded(context, Get<StripeSubscriptions>(context).Update(Id(context), order), order["expand"])));
        routes.MapDelete($"{Root}/subscriptions/{{id}}", context => StripeCall.AnswerAsync(
            context, form => StripeParameters.Read("DELETE /v1/subscriptions/{id}", form), order => Get<StripeSubscriptions>(context).Cancel(Id(context), (string?)order["cancellation_details"]?["comment"])));
        routes.Map($"{Root}/{{**rest}}", context => StripeCall.AnswerAsync(
            context, _ => throw new StripeRefusal(404, "invalid_request_error", null, null, $"Unrecognized request URL ({context.Request.Method}: {context.Request.Path})."), form => form));
    }

    /// <summary>Where browsers and callers reach this simulator.</summary>
    public static string Address(HttpContext context) => $"{context.Request.Scheme}://{context.Request.Host}";

    private static void Post(IEndpointRouteBuilder routes, string path, Func<HttpContext, JsonObject, JsonObject> make) =>
        routes.MapPost($"{Root}/{path}", context => StripeCall.AnswerAsync(context, form => StripeParameters.Read($"POST /v1/{path}", form), order => make(context, order)));

    private static JsonObject Read(HttpContext context, string kind) =>
        kind == "checkout.session" ? Get<StripeCheckout>(context).Session(Id(context)) : Get<StripeWorld>(context).Need(Id(context), kind);

    private static JsonObject List(HttpContext context, string path, string kind, JsonObject form)
    {
        var all = Get<StripeWorld>(context).All(kind).Where(each => Fits(context, each, form));
        if ((string?)form["starting_after"] is { } last) all = all.SkipWhile(each => (string?)each["id"] != last).Skip(1);
        var limit = form["limit"] is null ? PageSize
            : int.TryParse((string?)form["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var given) && given is >= 1 and <= LargestPage ? given
            : throw StripeRefusal.Bad("parameter_invalid_integer", "limit", "Invalid integer");
        var page = all.Take(limit + 1).ToList();
        return StripeWorld.List($"/v1/{path}", page.Take(limit).Select(each => Expanded(context, each, form["expand"], "data.")), page.Count > limit);
    }

    private static bool Fits(HttpContext context, JsonObject each, JsonObject form)
    {
        foreach (var (name, wanted) in form)
        {
            var fits = name switch
            {
                "limit" or "starting_after" or "expand" => true,
                "created" => Within((long)each["created"]!, wanted!),
                "types" => wanted!.AsObject().Any(type => (string?)type.Value == (string?)each["type"]),
                "delivery_success" => Delivered(context, each) == ((string?)wanted == "true"),
                "status" when (string?)wanted == "all" => true,
                "subscription" when (string?)each["object"] == "invoice" => (string?)each["parent"]!["subscription_details"]!["subscription"] == (string?)wanted,
                _ => (string?)each[name] == (string?)wanted,
            };
            if (!fits) return false;
        }
        // As Stripe does: what has ended is listed only when it is asked for.
        return form["status"] is not null || (string?)each["object"] != "subscription" || (string?)each["status"] != "canceled";
    }

    private static bool Within(long created, JsonNode wanted) => wanted is JsonObject range
        ? range.All(bound => long.TryParse((string?)bound.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && bound.Key switch
        {
            "gt" => created > at,
            "gte" => created >= at,
            "lt" => created < at,
            "lte" => created <= at,
            _ => throw StripeRefusal.Unknown($"created[{bound.Key}]"),
        })
        : (string?)wanted == created.ToString(CultureInfo.InvariantCulture);

    private static bool Delivered(HttpContext context, JsonObject made) =>
        Get<DeliveryEngine>(context).Records.Any(delivery => delivery.EventId == (string?)made["id"] && delivery.End == DeliveryEnd.Delivered);

    private static JsonObject InvoicePayments(HttpContext context, JsonObject form)
    {
        var (intent, invoice) = ((string?)form["payment"]?["payment_intent"], (string?)form["invoice"]);
        if (form["payment"] is not null && (string?)form["payment"]!["type"] is null) throw StripeRefusal.Missing("payment[type]");
        return StripeWorld.List("/v1/invoice_payments", Get<StripeWorld>(context).All("invoice_payment")
            .Where(each => (intent is null || (string?)each["payment"]!["payment_intent"] == intent) && (invoice is null || (string?)each["invoice"] == invoice))
            .Select(each => Expanded(context, each, form["expand"], "data.")));
    }

    private static JsonObject LineItems(HttpContext context, JsonObject session) =>
        StripeWorld.List($"/v1/checkout/sessions/{session["id"]}/line_items", Get<StripeWorld>(context).Lines[(string)session["id"]!].Select(line => line!));

    /// <summary>A copy in which the ids that were asked for are the objects themselves.</summary>
    private static JsonObject Expanded(HttpContext context, JsonObject it, JsonNode? asked, string prefix = "")
    {
        var copy = it.DeepClone().AsObject();
        var paths = asked is JsonArray list ? list.Select(path => (string?)path) : (asked as JsonObject ?? []).Select(path => (string?)path.Value);
        foreach (var path in paths) Expand(context, copy, path!.StartsWith(prefix, StringComparison.Ordinal) ? path[prefix.Length..] : path, path);
        return copy;
    }

    private static void Expand(HttpContext context, JsonObject it, string path, string asked)
    {
        var world = Get<StripeWorld>(context);
        var (name, rest) = path.Split('.', 2) is [var first, var others] ? (first, others) : (path, null);
        if ((string?)it["object"] == "checkout.session" && name == "line_items") it[name] = LineItems(context, it);
        else if ((string?)it["object"] == "invoice" && name == "payments")
        {
            it[name] = StripeWorld.List($"/v1/invoice_payments?invoice={it["id"]}", world.All("invoice_payment").Where(each => (string?)each["invoice"] == (string?)it["id"]));
        }
        else if (!it.ContainsKey(name)) throw StripeRefusal.Bad(null, "expand", $"This property cannot be expanded ({asked}).");
        else if (it[name] is JsonValue id && id.TryGetValue<string>(out var known) && Kinds.Select(kind => world.Find(known, kind)).FirstOrDefault(found => found is not null) is { } found)
        {
            it[name] = found.DeepClone();
        }
        if (rest is not null && it[name] is JsonObject inner) Expand(context, inner, rest, asked);
    }

    private static IEnumerable<string> Kinds => Readable.Select(each => each.Kind);

    private static string? Id(HttpContext context) => (string?)context.Request.RouteValues["id"];

    private static T Get<T>(HttpContext context) where T : notnull => context.RequestServices.GetRequiredService<T>();
}
