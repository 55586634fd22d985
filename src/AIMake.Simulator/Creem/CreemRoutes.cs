using System.Globalization;
using System.Text.Json.Nodes;

namespace AIMake.Simulator.Creem;

/// <summary>Creem's API under <c>/creem/v1</c>.</summary>
internal static class CreemRoutes
{
    private const string Root = "/creem/v1";
    private const int PageSize = 10;
    private const int LargestPage = 100;

    public static void MapCreem(this IEndpointRouteBuilder routes)
    {
        Map("POST", "/checkouts", (context, order) => Get<CreemCheckout>(context).Make(order, $"{Address(context)}/creem/checkout", context.Request.Headers["x-api-key"]!));
        Map("GET", "/checkouts", (context, _) => Read(context, "checkout", "checkout_id", "order", "product", "customer", "subscription"));
        Map("GET", "/products", (context, _) => World(context).Product(context.Request.Query["product_id"]).DeepClone().AsObject());
        Map("GET", "/products/search", (context, _) => Page(context, "product"));
        Map("GET", "/products/{id}", (context, _) => World(context).Product(Id(context)).DeepClone().AsObject());
        Map("POST", "/customers", (context, order) => World(context).Customer((string?)order["email"] ?? "", (string?)order["name"]).DeepClone().AsObject());
        Map("GET", "/customers", (context, _) => Customer(context));
        Map("POST", "/customers/billing", (context, order) => new JsonObject
        {
            ["customer_portal_link"] = $"{Address(context)}/creem/my-orders/login/{(string)World(context).Need((string?)order["customer_id"], "customer")["id"]!}",
        });
        Map("GET", "/subscriptions", (context, _) => Read(context, "subscription", "subscription_id", "product", "customer"));
        Map("GET", "/subscriptions/search", (context, _) => Page(context, "subscription", "customer", "product"));
        Subscription("cancel", (it, id, order) => it.Cancel(id, (string?)order["mode"], (string?)order["onExecute"]));
        Subscription("resume", (it, id, _) => it.Resume(id));
        Subscription("pause", (it, id, _) => it.Pause(id));
        Subscription("upgrade", (it, id, order) => it.Upgrade(id, (string?)order["product_id"], (string?)order["update_behavior"]));
        Map("GET", "/transactions", (context, _) => Read(context, "transaction", "transaction_id"));
        Map("GET", "/transactions/search", (context, _) => Page(context, "transaction", "customer", "order", "product"));
        Map("POST", "/refunds", (context, order) => new JsonObject { ["status"] = (string?)Get<CreemMoney>(context).Refund((string?)order["transaction_id"], null)["status"] });
        routes.Map($"{Root}/{{**rest}}", context => CreemCall.AnswerAsync(context, _ => throw new CreemRefusal(404, "Not Found", $"Cannot {context.Request.Method} {context.Request.Path}")));

        void Map(string method, string path, Func<HttpContext, JsonObject, JsonObject> answer) =>
            routes.MapMethods($"{Root}{path}", [method], context => CreemCall.AnswerAsync(context, order => answer(context, order)));

        void Subscription(string what, Func<CreemSubscriptions, string?, JsonObject, JsonObject> act) =>
            Map("POST", $"/subscriptions/{{id}}/{what}", (context, order) => Get<CreemSubscriptions>(context).Described(act(Get<CreemSubscriptions>(context), Id(context), order)));
    }

    private static JsonObject Read(HttpContext context, string kind, string parameter, params string[] whole) =>
        World(context).With(World(context).Need(context.Request.Query[parameter], kind), whole);

    private static JsonObject Customer(HttpContext context)
    {
        var email = context.Request.Query["email"].ToString();
        return email.Length > 0
            ? World(context).All("customer").FirstOrDefault(each => (string?)each["email"] == email)?.DeepClone().AsObject() ?? throw CreemRefusal.NoSuch("Customer")
            : World(context).Need(context.Request.Query["customer_id"], "customer").DeepClone().AsObject();
    }

    private static JsonObject Page(HttpContext context, string kind, params string[] filters)
    {
        var query = context.Request.Query;
        var all = World(context).All(kind).Where(each => filters.All(name => query[$"{name}_id"].ToString() is not { Length: > 0 } wanted || Named(each, name) == wanted)).ToList();
        var (page, size) = (Number("page_number", 1, int.MaxValue), Number("page_size", PageSize, LargestPage));
        var pages = Math.Max(1, (all.Count + size - 1) / size);
        return new JsonObject
        {
            ["items"] = new JsonArray([.. all.Skip((page - 1) * size).Take(size).Select(each => each.DeepClone())]),
            ["pagination"] = new JsonObject
            {
                ["total_records"] = all.Count, ["total_pages"] = pages, ["current_page"] = page, ["next_page"] = page < pages ? page + 1 : null, ["prev_page"] = page > 1 ? page - 1 : null,
            },
        };

        int Number(string name, int usual, int most) => query[name].ToString() is not { Length: > 0 } text ? usual
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most ? number
            : throw CreemRefusal.Bad($"{name} must be a number from 1 to {most}");
    }

    /// <summary>A transaction does not show its product, but can be looked for by it.</summary>
    private static string? Named(JsonObject each, string name) => (string?)each[name == "product" && each[name] is null ? "description" : name];

    private static string Address(HttpContext context) => $"{context.Request.Scheme}://{context.Request.Host}";

    private static string? Id(HttpContext context) => (string?)context.Request.RouteValues["id"];

    private static CreemWorld World(HttpContext context) => Get<CreemWorld>(context);

    private static T Get<T>(HttpContext context) where T : notnull => context.RequestServices.GetRequiredService<T>();
}
