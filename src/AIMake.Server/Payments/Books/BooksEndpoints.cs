using AIMake.Accounts;
using AIMake.Accounts.ApiKeys;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Payments.Books;

/// <summary>The pages that prove the books close.</summary>
internal static class BooksEndpoints
{
    public static void MapBooks(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/admin/books", Look).RequireAdmin().WithTags("Admin").WithName("GetBooks")
            .WithSummary("Orders, payments, ledger and providers against each other, day by day; the last 30 days when not told");
        app.MapGet("/api/credits/books", LookAtOwn).RequireCaller().RequireScope(ApiKeyScope.AccountRead | ApiKeyScope.Usage).WithTags("Credits").WithName("GetOwnBooks")
            .WithSummary("The caller's own books: what was paid, what it granted, and that the entries sum to the balance");
    }

    /// <param name="from">First day, UTC.</param>
    /// <param name="to">Last day, UTC.</param>
    private static async Task<ApiResult<BooksView>> Look(DateOnly? from, DateOnly? to, PaymentBooks books, TimeProvider time, CancellationToken ct) =>
        Days(from, to, time).TryGet(out var days, out var fault) ? await books.LookAsync(days.First, days.Last, ct) : ApiResult.From<BooksView>(fault);

    /// <param name="from">First day, UTC.</param>
    /// <param name="to">Last day, UTC.</param>
    private static async Task<ApiResult<OwnBooksView>> LookAtOwn(DateOnly? from, DateOnly? to, CurrentCaller caller, PaymentBooks books, TimeProvider time, CancellationToken ct) =>
        Days(from, to, time).TryGet(out var days, out var fault) ? await books.LookAsync(caller.UserId, days.First, days.Last, ct) : ApiResult.From<OwnBooksView>(fault);

    private static Outcome<(DateOnly First, DateOnly Last)> Days(DateOnly? from, DateOnly? to, TimeProvider time)
    {
        var last = to ?? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var first = from ?? (last.DayNumber > 29 ? last.AddDays(-29) : last);
        return last.DayNumber - first.DayNumber is >= 0 and < PaymentBooks.MostDays && last.Year < 9999
            ? (first, last)
            : Fault.Invalid("to", new Said($"0 to {PaymentBooks.MostDays - 1} days after from", $"须在 from 之后 0 到 {PaymentBooks.MostDays - 1} 天内"));
    }
}
