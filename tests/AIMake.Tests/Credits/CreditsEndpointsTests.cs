using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AIMake.Credits;
using AIMake.Platform.Database;
using AIMake.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AIMake.Tests.Credits;

public sealed class CreditsEndpointsTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_newcomer_has_the_free_plans_allowance()
    {
        var user = await server.CreateUserAsync();

        var credits = await GetAsync(user, "/api/credits");
        var quota = await GetAsync(user, "/api/user/quota");

        Assert.Equal((500m, 0m, 0m, 500m, 0m), Balance(credits));
        var grant = Assert.Single(credits.GetProperty("grants").EnumerateArray());
        Assert.Equal(("plan", 500m, 500m), (grant.GetProperty("source").GetString(), Number(grant, "total"), Number(grant, "remaining")));
        Assert.Equal(("free", 500m, 0m), (quota.GetProperty("plan").GetString(), Number(quota, "quotaLimit"), Number(quota, "quotaUsed")));
        Assert.Equal(grant.GetProperty("expiresAt").GetDateTimeOffset(), quota.GetProperty("resetAt").GetDateTimeOffset());
        Assert.Equal(500m, Number(quota.GetProperty("credits"), "remaining"));
    }

    [Fact]
    public async Task Held_and_used_credits_are_told_apart_and_sum_to_the_total()
    {
        var user = await server.CreateUserAsync();
        await SpendAsync(user, held: 3, charged: 1.25m);
        await LedgerAsync((ledger, session) => ledger.HoldAsync(session, [new(Guid.CreateVersion7(), user.Id, Micro.FromCredits(10), null)], default));

        Assert.Equal((500m, 1.25m, 10m, 488.75m, 0m), Balance(await GetAsync(user, "/api/credits")));
        var quota = await GetAsync(user, "/api/user/quota");
        Assert.Equal(1.25m, Number(quota, "quotaUsed"));
    }

    [Theory]
    [InlineData("{\"amount\":500}", true, 500)]
    [InlineData("{\"amount\":500.000001}", false, 500.000001)]
    [InlineData("{\"amount\":0}", true, 0)]
    public async Task A_check_says_whether_an_amount_is_there(string body, bool sufficient, double required)
    {
        var user = await server.CreateUserAsync();

        var check = await (await PostAsync(user, body)).DataAsync();

        Assert.Equal(sufficient, check.GetProperty("sufficient").GetBoolean());
        Assert.Equal(((decimal)required, 500m), (Number(check, "required"), Number(check, "remaining")));
    }

    [Fact]
    public async Task A_check_of_a_request_costs_what_its_quote_says_and_meets_the_requests_own_faults()
    {
        var user = await server.CreateUserAsync();
        const string Order = "\"text\":\"Good morning, harbour.\",\"voiceId\":\"espeak:en-us\"";
        using var asked = await user.Http.PostAsync("/api/tts/quote", new StringContent($"{{{Order}}}", Encoding.UTF8, "application/json"));
        var quote = await asked.DataAsync();

        var check = await (await PostAsync(user, $"{{\"kind\":\"speech\",{Order}}}")).DataAsync();

        Assert.True(check.GetProperty("sufficient").GetBoolean());
        Assert.Equal(Number(quote, "ceiling"), Number(check, "required"));
        await (await PostAsync(user, "{\"kind\":\"speech\",\"text\":\"Hi\"}")).FaultAsync(400, "FIELD_REQUIRED");
    }

    [Theory]
    [InlineData("{}", "FIELD_REQUIRED", "amount")]
    [InlineData("{\"amount\":-1}", "FIELD_OUT_OF_RANGE", "amount")]
    [InlineData("{\"amount\":1e309}", "FIELD_INVALID", "amount")]
    [InlineData("{\"amount\":9223372036854775808}", "FIELD_INVALID", "amount")]
    [InlineData("{\"amount\":99999999999}", "FIELD_OUT_OF_RANGE", "amount")]
    [InlineData("{\"amount\":0.0000001}", "FIELD_INVALID", "amount")]
    [InlineData("{\"amount\":0.30000000000000004}", "FIELD_INVALID", "amount")]
    [InlineData("{\"amount\":\"5\"}", "FIELD_INVALID", "amount")]
    [InlineData("{\"amount\":5,\"amount\":6}", "DUPLICATE_FIELD", "amount")]
    [InlineData("{\"amount\":5,\"user\":\"x\"}", "UNKNOWN_FIELD", "user")]
    [InlineData("{\"amount\":5,\"kind\":\"speech\"}", "FIELD_INVALID", "kind")]
    [InlineData("{\"kind\":\"no-such-kind\"}", "FIELD_INVALID", "kind")]
    [InlineData("[]", null, null)]
    [InlineData("{\"amount\":", "MALFORMED_JSON", null)]
    public async Task A_check_of_nonsense_is_refused_by_name(string body, string? code, string? field)
    {
        var user = await server.CreateUserAsync();

        var response = await PostAsync(user, body);

        if (code is null)
        {
            Assert.Equal(400, (int)response.StatusCode);
            return;
        }

        var error = await response.FaultAsync(400, code);
        Assert.Equal(field, error.GetProperty("field").GetString());
    }

    [Fact]
    public async Task The_statement_pages_without_gaps_or_repeats_and_sums_to_the_balance()
    {
        var user = await server.CreateUserAsync();
        for (var i = 0; i < 7; i++)
        {
            await SpendAsync(user, held: 2, charged: 1.5m);
        }

        var seen = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = await GetAsync(user, $"/api/credits/entries?limit=3{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        Assert.Equal(8, seen.Select(e => e.GetProperty("id").GetString()).Distinct().Count());
        Assert.Equal(8, seen.Count);
        Assert.Equal(489.5m, seen.Sum(e => Number(e, "amount")));
        Assert.Equal(["spend", "grant"], seen.Select(e => e.GetProperty("kind").GetString()).Distinct());
        Assert.Equal(7, (await GetAsync(user, "/api/credits/entries?kind=spend")).GetProperty("items").GetArrayLength());
        Assert.Equal(0, (await GetAsync(user, "/api/credits/entries?to=2020-01-01T00:00:00Z")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_charge_over_several_grants_is_one_line()
    {
        var user = await server.CreateUserAsync();
        await LedgerAsync((ledger, session) => ledger.GrantAsync(session, LedgerBench.Pack(user.Id, 10, $"p:{user.Id}"), default));
        await SpendAsync(user, held: 505, charged: 505);

        var line = Assert.Single((await GetAsync(user, "/api/credits/entries?kind=spend")).GetProperty("items").EnumerateArray());

        Assert.Equal(-505m, Number(line, "amount"));
    }

    [Theory]
    [InlineData("limit=0", "FIELD_OUT_OF_RANGE")]
    [InlineData("limit=101", "FIELD_OUT_OF_RANGE")]
    [InlineData("limit=x", "FIELD_INVALID")]
    [InlineData("cursor=nonsense", "CURSOR_INVALID")]
    [InlineData("cursor=%F0%9F%98%80", "CURSOR_INVALID")]
    [InlineData("kind=bribe", "FIELD_INVALID")]
    [InlineData("from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", "FIELD_INVALID")]
    [InlineData("from=yesterday", "FIELD_INVALID")]
    public async Task A_statement_of_nonsense_is_refused(string query, string code)
    {
        var user = await server.CreateUserAsync();

        await (await user.Http.GetAsync($"/api/credits/entries?{query}")).FaultAsync(400, code);
    }

    [Fact]
    public async Task The_statement_comes_as_csv_whose_cells_are_no_formulas()
    {
        var user = await server.CreateUserAsync();
        await LedgerAsync((ledger, session) => ledger.GrantAsync(
            session, new(user.Id, Micro.FromCredits(5), "adjustment", $"a:{user.Id}", 20, null, "=HYPERLINK(\"http://x\",\"点我\")"), default));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/credits/entries");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/csv"));

        var response = await user.Http.SendAsync(request);

        Assert.Equal("text/csv", response.Content.Headers.ContentType?.MediaType);
        var lines = (await response.Content.ReadAsStringAsync()).TrimStart('\ufeff').TrimEnd().Split("\r\n");
        Assert.Equal("id,time,kind,credits,generation,description,source", lines[0]);
        Assert.Equal(3, lines.Length);
        Assert.Contains(",grant,5,,\"'=HYPERLINK(\"\"http://x\"\",\"\"点我\"\")\",adjustment", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("@SUM(A1)", "\"'@SUM(A1)\"")]
    [InlineData("\tx", "\"'\tx\"")]
    [InlineData("＝1+1", "\"'＝1+1\"")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("你好😀", "你好😀")]
    public void Cells_are_quoted_and_disarmed(string text, string cell) => Assert.Equal(cell, EntriesCsv.Cell(text));

    [Theory]
    [InlineData("/api/credits")]
    [InlineData("/api/credits/entries")]
    [InlineData("/api/user/quota")]
    public async Task Nobody_reads_credits_without_signing_in(string path) =>
        await (await server.Anonymous.GetAsync(path)).FaultAsync(401, "UNAUTHENTICATED");

    [Fact]
    public async Task One_user_sees_nothing_of_anothers()
    {
        var (rich, other) = (await server.CreateUserAsync(), await server.CreateUserAsync());
        await SpendAsync(rich, held: 3, charged: 3);
        var cursor = (await GetAsync(rich, "/api/credits/entries?limit=1")).GetProperty("nextCursor").GetString();

        var page = await GetAsync(other, $"/api/credits/entries?cursor={cursor}");

        Assert.All(page.GetProperty("items").EnumerateArray(), e => Assert.Equal("grant", e.GetProperty("kind").GetString()));
        Assert.Equal((500m, 0m, 0m, 500m, 0m), Balance(await GetAsync(other, "/api/credits")));
    }

    private static decimal Number(JsonElement element, string name) => element.GetProperty(name).GetDecimal();

    private static (decimal Total, decimal Used, decimal Held, decimal Remaining, decimal Debt) Balance(JsonElement credits) => (
        Number(credits, "totalCredits"), Number(credits, "usedCredits"), Number(credits, "heldCredits"), Number(credits, "remainingCredits"), Number(credits, "debt"));

    private static async Task<JsonElement> GetAsync(TestUser user, string path) => await (await user.Http.GetAsync(path)).DataAsync();

    private static Task<HttpResponseMessage> PostAsync(TestUser user, string body) =>
        user.Http.PostAsync("/api/credits-check", new StringContent(body, Encoding.UTF8, "application/json"));

    private Task SpendAsync(TestUser user, decimal held, decimal charged) => LedgerAsync(async (ledger, session) =>
    {
        var operation = Guid.CreateVersion7();
        await ledger.HoldAsync(session, [new(operation, user.Id, Micro.FromCredits(held), null)], default);
        return await ledger.SettleAsync(session, [new(operation, Micro.FromCredits(charged), "speech")], default);
    });

    private Task<T> LedgerAsync<T>(Func<ICreditLedger, DbSession, Task<T>> unit) =>
        server.Services.GetRequiredService<Database>().TransactAsync(
            DbPurpose.Jobs, session => unit(server.Services.GetRequiredService<ICreditLedger>(), session), CancellationToken.None);
}
