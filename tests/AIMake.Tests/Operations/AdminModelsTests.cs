using AIMake.Catalog;
using AIMake.Credits;
using AIMake.Operations.Models;
using AIMake.Tests.Hosting;
using AIMake.Tests.Speech;

namespace AIMake.Tests.Operations;

public sealed class AdminModelsTests
{
    private static readonly DateOnly Today = new(2026, 11, 20);

    [Fact]
    public async Task The_whole_catalog_is_listed_page_by_page_for_admins_only()
    {
        await using var server = await TestServer.StartAsync();
        var (user, admin) = (await server.CreateUserAsync(), await server.CreateAdminAsync());
        await (await user.Http.GetAsync("/api/admin/models")).FaultAsync(403, "FORBIDDEN");

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await admin.GetAsync($"/api/admin/models?limit=3{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(m => $"{m.GetProperty("id").GetString()} {m.GetProperty("state").GetString()}"));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        Assert.Equal(CatalogReader.ReadShipped().Models.Count, seen.Distinct().Count());
        Assert.Contains("espeak-ng offered", seen);
        Assert.Contains("tts-1 noProvider", seen); // no key here
    }

    [Theory]
    [InlineData(3, 0.01, 0.015, 0.5)]
    [InlineData(1, 0.01, 0.015, -0.5)]
    [InlineData(1, 0.01, 0, 1)]
    public void A_margin_is_what_stays_of_the_price(double credits, double creditUsd, double costUsd, double margin)
    {
        var model = Of([Price((decimal)credits)], [new UnitCost("character", 2000, 2 * (decimal)costUsd, "list", Today)]);

        var price = Assert.Single(View(model, offered: true, (decimal)creditUsd).Prices);

        Assert.Equal(((decimal?)costUsd, (decimal?)margin), (price.CostUsd, price.Margin));
    }

    [Fact]
    public void A_cost_in_another_unit_or_size_says_nothing_about_a_price()
    {
        var model = Of(
            [Price(1), Price(2) with { Unit = "image", Per = 1, Size = "1024x1024", Quality = "high" }],
            [
                new UnitCost("second", 60, 0.015m, "list", Today), new UnitCost("image", 1, 0.01m, "any", Today),
                new UnitCost("image", 1, 0.02m, "large", Today, Size: "2048x2048"), new UnitCost("image", 1, 0.015m, "this", Today, Size: "1024x1024"),
            ]);

        var prices = View(model, offered: true).Prices;

        Assert.Equal((null, null), (prices[0].CostUsd, prices[0].Margin));
        Assert.Equal((0.015m, "this", 0.25m), (prices[1].CostUsd!.Value, prices[1].CostSource, prices[1].Margin!.Value));
    }

    [Theory]
    [InlineData(true, true, null, AdminModelState.Offered)]
    [InlineData(false, true, null, AdminModelState.NoProvider)]
    [InlineData(true, false, null, AdminModelState.Unpriced)]
    [InlineData(true, true, "2026-11-20", AdminModelState.Retired)]
    [InlineData(true, true, "2026-11-21", AdminModelState.Offered)]
    public void A_model_says_why_nobody_can_have_it(bool offered, bool priced, string? retires, AdminModelState state) =>
        Assert.Equal(state, View(Of(priced ? [Price(1)] : [], []) with { Retires = retires is null ? null : DateOnly.Parse(retires, System.Globalization.CultureInfo.InvariantCulture) }, offered).State);

    private static AdminModelView View(Model model, bool offered, decimal creditUsd = 0.01m) =>
        AdminModels.View(new CatalogSnapshot(new CatalogFile([model], []), [], new HashSet<string>(offered ? ["p"] : [])), model, Today, creditUsd);

    private static UnitPrice Price(decimal credits) => new("character", 1000, Micro.FromCredits(credits), "list", Today);

    private static Model Of(IReadOnlyList<UnitPrice> prices, IReadOnlyList<UnitCost> costs) =>
        new("m", "speech", "p", "Model", new Localized("x", "x"), prices, costs);
}
