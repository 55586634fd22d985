using System.Globalization;
using AIMake.Platform.Database;

namespace AIMake.Usage;

/// <summary>Answers what was used: the daily sums and what is not yet in them, so that an answer is never behind.</summary>
internal sealed class UsageStatistics(Database database, UsageOptions options, TimeProvider time)
{
    private const int MostModels = 200;

    /// <summary>The day it is in UTC.</summary>
    public DateOnly Today => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    public async Task<UsageView> TotalAsync(UsageQuery query, CancellationToken ct)
    {
        var rows = await RowsAsync(query, UsageSql.ModelsOfUser, UsageSql.ModelsOfAll, ct);
        var worth = Worth(query);
        return new UsageView(UsageRow.Sum(rows).Figures(worth), Text(query.From), Text(query.To), Services(rows, worth), Models(rows, worth));
    }

    public Task<UsageSeries> DailyAsync(UsageQuery query, CancellationToken ct) => SeriesAsync(query, UsageSql.DaysOfUser, UsageSql.DaysOfAll, ct);

    public Task<UsageSeries> MonthlyAsync(UsageQuery query, CancellationToken ct) => SeriesAsync(query, UsageSql.MonthsOfUser, UsageSql.MonthsOfAll, ct);

    /// <summary>Every day by model, for a spreadsheet.</summary>
    public async Task<UsageCsv> SheetAsync(UsageQuery query, CancellationToken ct) =>
        new(await RowsAsync(query, UsageSql.SheetOfUser, UsageSql.SheetOfAll, ct), Worth(query));

    /// <summary>What a day cost, for admins.</summary>
    public async Task<CostsView> CostsAsync(DateOnly day, CancellationToken ct)
    {
        var rows = await RowsAsync(new UsageQuery(null, day, day, null, null, WithCost: true), UsageSql.ModelsOfUser, UsageSql.ModelsOfAll, ct);
        var worth = options.CreditUsd;
        return new CostsView(UsageRow.Sum(rows).Figures(worth), Text(day), worth, Models(rows.OrderByDescending(r => r.Cost), worth));
    }

    private async Task<UsageSeries> SeriesAsync(UsageQuery query, Statement ofUser, Statement ofAll, CancellationToken ct)
    {
        var rows = await RowsAsync(query, ofUser, ofAll, ct);
        var worth = Worth(query);
        return new UsageSeries(Text(query.From), Text(query.To), [.. rows.GroupBy(r => r.Period).Select(g =>
            new PeriodUsage(UsageRow.Sum(g).Figures(worth), g.Key, Services(g, worth)))]);
    }

    private Task<IReadOnlyList<UsageRow>> RowsAsync(UsageQuery query, Statement ofUser, Statement ofAll, CancellationToken ct) => database.ReadAsync(
        query.UserId is null ? DbPurpose.Admin : DbPurpose.Hot,
        s => s.QueryAsync<UsageRow>(
            query.UserId is null ? ofAll : ofUser,
            new { userId = query.UserId, from = Text(query.From), to = Text(query.To), service = query.Service, model = query.Model },
            ct),
        ct);

    private decimal? Worth(UsageQuery query) => query.WithCost ? options.CreditUsd : null;

    private static IReadOnlyList<ServiceUsage> Services(IEnumerable<UsageRow> rows, decimal? worth) =>
        [.. rows.GroupBy(r => r.Kind).Select(g => (g.Key, Sum: UsageRow.Sum(g))).OrderByDescending(g => g.Sum.Credits).ThenBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new ServiceUsage(g.Sum.Figures(worth), g.Key))];

    private static IReadOnlyList<ModelUsage> Models(IEnumerable<UsageRow> rows, decimal? worth) =>
        [.. rows.Take(MostModels).Select(r => new ModelUsage(r.Figures(worth), r.Kind, r.Model, r.Provider))];

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
