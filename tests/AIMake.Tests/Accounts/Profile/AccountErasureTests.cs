using System.Net.Http.Json;
using System.Text;
using AIMake.Platform.Scheduling;
using AIMake.Tests.Accounts.Export;
using AIMake.Tests.Hosting;
using AIMake.Tests.Payments;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AIMake.Tests.Accounts.Profile;

/// <summary>An account is gone when nothing of it is found, wherever one looks.</summary>
public sealed class AccountErasureTests
{
    /// <summary>Where the id of somebody who has left may stand, and why. It names nobody: no other table knows it.</summary>
    private static readonly Dictionary<string, string> Books = new(StringComparer.Ordinal)
    {
        ["credits.accounts.user_id"] = "sums must remain provable",
        ["credits.grants.user_id"] = "the same",
        ["credits.grants.source_key"] = "the same: which fact granted, once for ever",
        ["credits.holds.user_id"] = "the same",
        ["credits.entries.user_id"] = "the same",
        ["credits.budgets.user_id"] = "the same",
        ["payments.orders.user_id"] = "accounting: what was sold",
        ["payments.payments.user_id"] = "accounting: what was paid",
        ["payments.movements.user_id"] = "accounting: what was given back or disputed",
        ["payments.subscriptions.user_id"] = "accounting: what the payments of a plan were for; its end is still to be told",
        ["payments.inbox.user_id"] = "that something was told, and when; its body is empty",
        ["operations.audit.actor"] = "who did what must remain provable",
        ["operations.audit.subject_id"] = "the same",
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_somebody_who_used_everything_only_the_books_remain_and_name_nobody()
    {
        await using var life = await FullLife.LiveAsync();
        var before = await FindAsync(life);
        Assert.Equal([], FullLife.Words.Where(w => w is not FullLife.Asked && !before.Any(f => f.StartsWith(w, StringComparison.Ordinal))).Select(w => $"{w} is searched for and was nowhere"));
        var subscription = (await life.ColumnAsync("SELECT subscription_id FROM payments.subscriptions")).Single();

        await (await life.DeleteAsync()).DataAsync();
        await life.SettleAsync();
        await life.ActAsync($"/__stripe/subscriptions/{subscription}/renew"); // canceled there: this ends it, and its notice comes late
        await RunJobsAsync(life.Server);

        Assert.Equal([], (await FindAsync(life)).Where(f => f.Split(' ') is not [var word, var column] || word != life.Id.ToString() || !Books.ContainsKey(column)));
        Assert.Equal(["canceled"], await life.ColumnAsync("SELECT status FROM payments.subscriptions"));
        Assert.Equal([], Directory.EnumerateFiles(Path.Combine(life.Server.DataFolder, "media"), "*", SearchOption.AllDirectories));
        Assert.Equal([], Directory.EnumerateFiles(Path.Combine(life.Server.DataFolder, "spool"), "*", SearchOption.AllDirectories));
        var books = await (await life.Admin.Http.GetAsync("/api/admin/books", Ct)).DataAsync();
        Assert.True(books.GetProperty("closes").GetBoolean(), books.ToString());
    }

    [Fact]
    public async Task Debt_and_an_open_dispute_keep_nobody_here_and_stay_in_the_books()
    {
        var shop = new StripeShop();
        await shop.InitializeAsync();
        await using (shop.Server)
        {
            var user = await shop.Server.CreateUserAsync();
            var (order, session) = await shop.BuyAsync(user, new { packageId = "small" });
            var all = await StripeShop.CreditsAsync(user);
            await (await shop.Admin.Http.PostAsJsonAsync($"/api/admin/users/{user.Id}/credits", new { amount = -all, reason = "spent" }, Ct)).DataAsync();
            var dispute = await shop.ActAsync($"payments/{session.GetProperty("payment_intent").GetString()}/dispute");
            Assert.True(await StripeShop.CreditsAsync(user) < 0);

            using var request = new HttpRequestMessage(HttpMethod.Delete, "/api/auth/me") { Content = JsonContent.Create(new { password = user.Password }) };
            await (await user.Http.SendAsync(request, Ct)).DataAsync();
            await shop.ActAsync($"disputes/{dispute.GetProperty("id").GetString()}/lost");

            Assert.Equal("charged_back", await TestDatabase.ExecuteAsync(shop.Server, $"SELECT state FROM payments.orders WHERE id = '{order}'"));
            Assert.Equal(0L, await TestDatabase.ExecuteAsync(shop.Server, $"SELECT count(*) FROM payments.inbox WHERE user_id = '{user.Id}' AND body <> ''"));
            await shop.BooksCloseAsync();
        }

        await shop.Stripe.DisposeAsync();
    }

    [Fact]
    public async Task What_was_asked_for_goes_with_what_it_made_when_the_bin_is_emptied()
    {
        await using var life = await FullLife.LiveAsync();
        await life.ExecuteAsync("UPDATE library.assets SET deleted_at = now() - interval '31 days'");

        await RunJobsAsync(life.Server);

        Assert.Equal([], (await FindAsync(life)).Where(f => f.StartsWith(FullLife.Spoken, StringComparison.Ordinal) || f.StartsWith(FullLife.Prompted, StringComparison.Ordinal))
            .Where(f => !f.EndsWith("platform.idempotency_keys.key", StringComparison.Ordinal)));
        Assert.Equal(["2"], await life.ColumnAsync("SELECT count(*)::text FROM generations.generations WHERE credits > 0 AND receipt IS NOT NULL"));
    }

    /// <summary>The nightly jobs, on a night long after: files are a week old.</summary>
    private static async Task RunJobsAsync(TestServer server)
    {
        foreach (var folder in new[] { "media", "spool" })
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(server.DataFolder, folder), "*", SearchOption.AllDirectories))
            {
                File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddDays(-7));
            }
        }

        string[] names = ["accounts-purge", "library-purge", "gateway-answers-purge", "payments-inbox-retention", "storage-orphans"];
        var jobs = server.Services.GetServices<IRecurringJob>().ToDictionary(j => j.Name, StringComparer.Ordinal);
        foreach (var name in names)
        {
            await jobs[name].RunOnceAsync(Ct);
        }
    }

    /// <summary>Every column of every table and every file that holds one of the words, or the id: "word schema.table.column".</summary>
    private static async Task<IReadOnlyList<string>> FindAsync(FullLife life)
    {
        string[] words = [.. FullLife.Words, life.Id.ToString(), life.Id.ToString("N")];
        var columns = await life.ColumnAsync("""
            SELECT format('%I.%I.%I %s', n.nspname, c.relname, a.attname, t.typname) FROM pg_attribute a
            JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid
            WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
            """);
        Assert.True(columns.Count > 300, "the columns are not found where they were");
        var found = new List<string>();
        await using var connection = new NpgsqlConnection(life.Server.ConnectionString);
        await connection.OpenAsync(Ct);
        foreach (var (column, type) in columns.Select(c => (c.Split(' ')[0], c.Split(' ')[1])))
        {
            var (table, name) = (column[..column.LastIndexOf('.')], column[(column.LastIndexOf('.') + 1)..]);
            var holds = type == "bytea" ? $"position(convert_to(w, 'UTF8') IN t.{name}) > 0" : $"strpos(lower(t.{name}::text), lower(w)) > 0";
            await using var command = new NpgsqlCommand($"SELECT w FROM unnest(@words) w WHERE EXISTS (SELECT 1 FROM {table} t WHERE {holds})", connection);
            command.Parameters.AddWithValue("words", words);
            await using var reader = await command.ExecuteReaderAsync(Ct);
            while (await reader.ReadAsync(Ct))
            {
                found.Add($"{reader.GetString(0)} {column}");
            }
        }

        foreach (var file in Directory.EnumerateFiles(life.Server.DataFolder, "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file, Ct);
            found.AddRange(words.Where(w => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(w)) >= 0 || file.Contains(w, StringComparison.OrdinalIgnoreCase)).Select(w => $"{w} {file}"));
        }

        return found;
    }
}
