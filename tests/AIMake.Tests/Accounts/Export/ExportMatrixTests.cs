using System.IO.Compression;
using AIMake.Tests.Hosting;

namespace AIMake.Tests.Accounts.Export;

/// <summary>Every table of the database is in the archive, or here with the reason why it is not. A new table belongs in one of the lists.</summary>
public sealed class ExportMatrixTests
{
    /// <summary>Table, and the file of the archive that shows it.</summary>
    private static readonly Dictionary<string, string> Exported = new(StringComparer.Ordinal)
    {
        ["accounts.users"] = "account/profile.json",
        ["accounts.identities"] = "account/identities.jsonl",
        ["accounts.sessions"] = "account/sessions.jsonl",
        ["accounts.totp"] = "account/second-factor.jsonl",
        ["accounts.recovery_codes"] = "account/second-factor.jsonl",
        ["accounts.mailed_tokens"] = "account/mailed-links.jsonl",
        ["accounts.api_keys"] = "account/api-keys.jsonl",
        ["accounts.provider_keys"] = "account/provider-keys.jsonl",
        ["accounts.provider_key_days"] = "account/provider-keys.jsonl",
        ["platform.mails"] = "account/mails.jsonl",
        ["platform.idempotency_keys"] = "generations/idempotency-keys.jsonl",
        ["operations.audit"] = "account/what-i-did.jsonl",
        ["credits.accounts"] = "credits/balance.json",
        ["credits.entries"] = "credits/statement.jsonl",
        ["credits.grants"] = "credits/grants.jsonl",
        ["credits.holds"] = "credits/holds.jsonl",
        ["credits.budgets"] = "credits/budgets.jsonl",
        ["generations.generations"] = "generations/generations.jsonl",
        ["generations.events"] = "generations/timeline.jsonl",
        ["generations.steps"] = "generations/steps.jsonl",
        ["library.assets"] = "library/library.jsonl",
        ["speech.audios"] = "speech/texts.jsonl",
        ["video.videos"] = "video/videos.jsonl",
        ["usage.events"] = "usage/events.jsonl",
        ["usage.under_way"] = "usage/under-way.jsonl",
        ["gateway.answers"] = "gateway/answers.jsonl",
        ["payments.orders"] = "payments/orders.jsonl",
        ["payments.payments"] = "payments/payments.jsonl",
        ["payments.movements"] = "payments/movements.jsonl",
        ["payments.refunds"] = "payments/refunds.jsonl",
        ["payments.disputes"] = "payments/disputes.jsonl",
        ["payments.customers"] = "payments/customers.jsonl",
        ["payments.subscriptions"] = "payments/subscriptions.jsonl",
        ["payments.surplus"] = "payments/subscriptions.jsonl",
        ["payments.inbox"] = "payments/notices.jsonl",
    };

    /// <summary>Tables with something of a user's that is left out.</summary>
    private static readonly Dictionary<string, string> LeftOut = new(StringComparer.Ordinal)
    {
        ["accounts.refresh_tokens"] = "digests of secrets; the sessions they belong to are there",
        ["accounts.setup_links"] = "digest of a secret; that the first administrator used it is in the audit log",
        ["accounts.login_attempts"] = "digests that cannot be told to be anybody's",
        ["accounts.oauth_trips"] = "ten minutes on the way to another site, digests only",
        ["accounts.oauth_arrivals"] = "ten minutes on the way back; what comes of it is an identity",
        ["accounts.clerk_users"] = "the state of Clerk's notices about a subject; the subject is among the identities",
        ["credits.advances"] = "a hold seen from the gateway; the hold is there",
        ["credits.draws"] = "posted into the statement before it is read",
        ["payments.surplus"] = "that a subscription beside another is being ended; what came of it is among the payments and refunds",
        ["speech.packs"] = "sound that is in the audio files, kept to be used again",
        ["speech.segments"] = "where in a pack a sentence is",
        ["usage.daily"] = "sums of the events",
        ["catalog.changes"] = "decisions about the installation; that somebody made one is in the audit log",
    };

    /// <summary>Tables that know no users.</summary>
    private static readonly string[] NobodyS =
    [
        "accounts.clerk_events", "catalog.revision", "payments.provider_payments", "platform.migrations", "providers.key_events", "providers.pool_keys",
        "providers.pool_revision", "usage.rollup",
    ];

    /// <summary>Such columns say whose a row is, or who did it.</summary>
    private const string UserColumns = "('user_id', 'actor', 'asked_by', 'changed_by', 'used_by', 'owner', 'owner_id', 'created_by', 'email', 'address')";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_a_user_leaves_in_any_table_is_in_the_archive_or_left_out_for_a_reason()
    {
        await using var life = await FullLife.LiveAsync();
        var tables = await life.ColumnAsync("""
            SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'quartz', 'pg_toast') ORDER BY 1
            """);
        var personal = await life.ColumnAsync($"""
            SELECT DISTINCT table_schema || '.' || table_name FROM information_schema.columns
            WHERE column_name IN {UserColumns} AND table_schema NOT IN ('pg_catalog', 'information_schema', 'quartz')
            """);

        Assert.Equal([], tables.Except([.. Exported.Keys, .. LeftOut.Keys, .. NobodyS]));
        Assert.Equal([], Exported.Keys.Concat(LeftOut.Keys).Concat(NobodyS).Except(tables));
        Assert.Equal([], personal.Intersect(NobodyS));

        var entries = await ExportTests.ReadAsync(life.Http);
        Assert.Equal([], Exported.Where(t => !entries.TryGetValue(t.Value, out var text) || text.Length < 3).Select(t => $"{t.Key}: {t.Value} is empty"));
        Assert.Contains("您的数据", entries["README.md"], StringComparison.Ordinal);
        Assert.Contains("\"complete\":true", entries["manifest.json"], StringComparison.Ordinal);
        Assert.Contains("\"missing\":[]", entries["manifest.json"], StringComparison.Ordinal);
        var all = string.Concat(entries.Values);
        Assert.Equal([], new[] { FullLife.Address, FullLife.Name, FullLife.Email, FullLife.Spoken, FullLife.Prompted, FullLife.Agent, FullLife.KeyName, FullLife.Subject }
            .Where(w => !all.Contains(w, StringComparison.Ordinal)));
        Assert.Contains(entries.Keys, k => k.StartsWith("video/files/", StringComparison.Ordinal));
        Assert.Equal(2, entries.Keys.Count(k => k.StartsWith("library/files/", StringComparison.Ordinal)));
        Assert.DoesNotContain($"sk-own-{FullLife.KeyName}", all, StringComparison.Ordinal);
        Assert.DoesNotContain(life.Admin.Id.ToString(), all, StringComparison.Ordinal);
    }
}
