using System.Text;
using System.Text.Json;
using AIMake.Platform.Database;
using AIMake.Tests.Hosting;
using AIMake.Tests.Speech;
using AIMake.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Usage;

public sealed class UsageEndpointsTests : IAsyncLifetime
{
    private static readonly string[] ForAdmins = ["costUsd", "marginUsd", "unknownCosts"];
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(["--Usage:CreditUsd", "0.02"]);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_spoken_text_is_in_the_statistics_at_once_with_what_it_was_charged()
    {
        var user = await _server.CreateUserAsync();
        var audio = await user.GenerateAsync(Sounds.Text(3));
        await user.GenerateAsync(Sounds.Text(3)); // used again: a call, but nothing spoken

        var total = await user.GetAsync("/api/stats/usage");

        var credits = audio.GetProperty("credits").GetDecimal();
        Assert.Equal((2, credits, 0), (total.GetProperty("count").GetInt32(), total.GetProperty("credits").GetDecimal(), total.GetProperty("ownKeyCount").GetInt32()));
        Assert.Equal(credits / 0.0002m, total.GetProperty("units").GetProperty("characters").GetInt64());
        Assert.InRange(total.GetProperty("units").GetProperty("seconds").GetDouble(), 1, 60);
        var model = Assert.Single(total.GetProperty("models").EnumerateArray());
        Assert.Equal(("speech", "espeak-ng", "espeak"), (model.GetProperty("service").GetString(), model.GetProperty("model").GetString(), model.GetProperty("provider").GetString()));
        var day = Assert.Single((await user.GetAsync("/api/stats/usage/daily")).GetProperty("items").EnumerateArray());
        Assert.Equal(TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd"), day.GetProperty("period").GetString());
        var month = Assert.Single((await user.GetAsync("/api/stats/usage/monthly?service=speech&model=espeak-ng")).GetProperty("items").EnumerateArray());
        Assert.Equal(credits, month.GetProperty("credits").GetDecimal());
        Assert.Empty((await user.GetAsync("/api/stats/usage/monthly?service=video")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Cost_and_margin_are_for_admins_and_so_is_everybody()
    {
        var (user, admin) = (await _server.CreateUserAsync(), await _server.CreateAdminAsync());
        await RecordAsync(Books.Event(user.Id, TimeProvider.System.GetUtcNow(), provider: "openai", credits: 3), Books.Event(admin.Id, TimeProvider.System.GetUtcNow()) with { CostMicroUsd = null, Usage = new() });

        foreach (var path in new[] { "/api/stats/usage", "/api/stats/usage/daily", "/api/stats/usage/monthly" })
        {
            using var response = await user.Http.GetAsync(path);
            var text = await response.Content.ReadAsStringAsync();
            Assert.All(ForAdmins, name => Assert.DoesNotContain(name, text, StringComparison.OrdinalIgnoreCase));
            await (await user.Http.GetAsync($"{path}?everyone=true")).FaultAsync(403, "FORBIDDEN");
        }

        await (await user.Http.GetAsync("/api/admin/costs")).FaultAsync(403, "FORBIDDEN");
        var own = await admin.GetAsync("/api/stats/usage");
        Assert.Equal((1, 0m, 1), (own.GetProperty("count").GetInt32(), own.GetProperty("costUsd").GetDecimal(), own.GetProperty("unknownCosts").GetInt32()));
        var all = await admin.GetAsync("/api/stats/usage?everyone=true");
        Assert.Equal((2, 0.002m, 0.078m), (all.GetProperty("count").GetInt32(), all.GetProperty("costUsd").GetDecimal(), all.GetProperty("marginUsd").GetDecimal()));
        var costs = await admin.GetAsync("/api/admin/costs");
        Assert.Equal((0.002m, 0.02m, "openai"), (costs.GetProperty("costUsd").GetDecimal(), costs.GetProperty("creditUsd").GetDecimal(), costs.GetProperty("items")[0].GetProperty("provider").GetString()));
    }

    [Theory]
    [InlineData("from=2026-02-30", "from")]
    [InlineData("from=yesterday", "from")]
    [InlineData("to=2026-11-20T00:00:00Z", "to")]
    [InlineData("to=9999-12-31", "to")]
    [InlineData("from=0001-01-01", "from")]
    [InlineData("from=2026-11-02&to=2026-11-01", "to")]
    [InlineData("from=2024-01-01&to=2026-11-01", "from")]
    [InlineData("model=a%00b", "model")]
    [InlineData("everyone=perhaps", "everyone")]
    public async Task A_question_that_makes_no_sense_is_refused_by_name(string query, string field)
    {
        var user = await _server.CreateUserAsync();

        var error = await (await user.Http.GetAsync($"/api/stats/usage/daily?{query}")).FaultAsync(400, "FIELD_INVALID");

        Assert.Equal(field, error.GetProperty("field").GetString());
    }

    [Fact]
    public async Task A_spreadsheet_gets_a_line_for_each_day_and_model_and_no_formulas()
    {
        var (user, admin) = (await _server.CreateUserAsync(), await _server.CreateAdminAsync());
        await RecordAsync(
            Books.Event(user.Id, new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero), model: "=cmd|'x'!A1", credits: 1.25m), Books.Event(user.Id, new(2026, 11, 1, 5, 0, 0, TimeSpan.Zero), model: "模型, two"));

        var csv = await CsvAsync(user, "/api/stats/usage/daily?from=2026-11-01&to=2026-11-30");
        var withCost = await CsvAsync(admin, "/api/stats/usage/daily?from=2026-11-01&to=2026-11-30&everyone=true");

        Assert.Equal(
            [
                "\uFEFFday,service,model,provider,calls,own_key_calls,characters,seconds,pieces,input_tokens,cached_tokens,output_tokens,credits",
                "2026-11-01,chat,\"'=cmd|'x'!A1\",p,1,0,7,1.5,1,10,4,5,1.25",
                "2026-11-01,chat,\"模型, two\",p,1,0,7,1.5,1,10,4,5,1",
                "",
            ],
            csv.Split("\r\n").Order(StringComparer.Ordinal).OrderBy(l => l.Length == 0 ? 2 : l[0] == '\uFEFF' ? 0 : 1));
        Assert.EndsWith(",1.25,0.002,0.023", withCost.Split("\r\n").Single(l => l.Contains("=cmd", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_account_leaves_no_name_in_the_books()
    {
        var (user, admin) = (await _server.CreateUserAsync(), await _server.CreateAdminAsync());
        await RecordAsync(Books.Event(user.Id, TimeProvider.System.GetUtcNow()));

        using var request = new HttpRequestMessage(HttpMethod.Delete, "/api/auth/me") { Content = new StringContent(JsonSerializer.Serialize(new { password = user.Password }), Encoding.UTF8, "application/json") };
        using var response = await user.Http.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());

        Assert.Equal(0L, await TestDatabase.ExecuteAsync(_server, $"SELECT count(*) FROM usage.events WHERE user_id = '{user.Id}'"));
        Assert.Equal(1, (await admin.GetAsync("/api/stats/usage?everyone=true")).GetProperty("count").GetInt32());
    }

    private static async Task<string> CsvAsync(TestUser user, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/csv" } } };
        using var response = await user.Http.SendAsync(request);
        Assert.Equal("text/csv", response.Content.Headers.ContentType!.MediaType);
        return Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync());
    }

    private Task RecordAsync(params UsageEvent[] events) => _server.Services.GetRequiredService<Database>().TransactAsync(
        DbPurpose.Jobs, s => _server.Services.GetRequiredService<IUsageBook>().RecordAsync(s, events, CancellationToken.None), CancellationToken.None);
}
