using AIMake.Accounts.Profile;
using AIMake.Accounts.Storage;
using AIMake.Credits;
using AIMake.Platform.Database;

namespace AIMake.Accounts.Export;

/// <summary>Who the user is here and elsewhere, how they sign in, and their keys without the keys themselves.</summary>
internal sealed class AccountExport(Database database, ICreditsGlance credits) : IUserDataExport
{
    private static readonly Statement Agreement = ExportRows.Of("accounts", "export_agreement", "accounts.users t", "t.id", "uuid",
        """t.agreement_version AS "version", t.agreement_at AS "agreedAt", t.updated_at AS "changedAt", t.last_login_at AS "lastLoginAt" """, owner: "t.id = @userId");

    private static readonly Statement Identities = ExportRows.Of("accounts", "export_identities", "accounts.identities t", "t.id", "uuid",
        """t.id, t.provider, t.issuer, t.subject, t.label, t.created_at AS "createdAt", t.last_used_at AS "lastUsedAt" """);

    private static readonly Statement Sessions = ExportRows.Of("accounts", "export_sessions", "accounts.sessions t", "t.id", "uuid",
        """
        t.id, t.address, t.user_agent AS "userAgent", t.created_at AS "createdAt", t.last_used_at AS "lastUsedAt", t.expires_at AS "expiresAt",
        t.ended_at AS "endedAt", t.end_reason AS "endReason"
        """);

    private static readonly Statement SecondFactor = ExportRows.Of("accounts", "export_totp", "accounts.totp t", "t.user_id", "uuid",
        """
        t.created_at AS "createdAt", t.confirmed_at AS "confirmedAt",
        (SELECT count(*) FROM accounts.recovery_codes c WHERE c.user_id = t.user_id AND c.used_at IS NULL) AS "recoveryCodesLeft"
        """);

    /// <summary>Digests are the key: two links of one moment are two.</summary>
    private static readonly Statement MailedLinks = ExportRows.Of("accounts", "export_mailed_tokens", "accounts.mailed_tokens t", "t.digest", "bytea",
        """t.purpose, t.email, t.created_at AS "createdAt", t.expires_at AS "expiresAt", t.used_at AS "usedAt" """);

    private static readonly Statement ApiKeys = ExportRows.Of("accounts", "export_api_keys", "accounts.api_keys t", "t.id", "uuid",
        """
        t.id, t.name, t.last4, t.scopes, t.models, trim_scale(t.credit_limit / 1000000.0) AS "creditLimit", t.credit_window AS "creditWindow", t.rate_limit AS "rateLimit",
        t.max_concurrency AS "maxConcurrency", t.created_at AS "createdAt", t.last_used_at AS "lastUsedAt", t.expires_at AS "expiresAt", t.revoked_at AS "revokedAt"
        """);

    private static readonly Statement ProviderKeys = ExportRows.Of("accounts", "export_provider_keys", "accounts.provider_keys t", "t.id", "uuid",
        """
        t.id, t.service, t.name, t.base_url AS "baseUrl", t.last4, t.status, t.created_at AS "createdAt", t.updated_at AS "updatedAt", t.last_used_at AS "lastUsedAt",
        (SELECT json_object_agg(d.day, d.calls ORDER BY d.day) FROM accounts.provider_key_days d WHERE d.key_id = t.id) AS "callsByDay"
        """);

    public async Task WriteAsync(ExportArchive archive, Guid userId, CancellationToken ct)
    {
        var profile = await database.ReadAsync(
            DbPurpose.Jobs,
            async session => UserProfile.From((await Users.FindAsync(session, userId, ct))!, await credits.ReadAsync(session, userId, ct)),
            ct);
        await archive.AddAsync("account/profile.json", profile, ct);
        await archive.AddRowsAsync("account/agreement.jsonl", Agreement, userId, ct);
        await archive.AddRowsAsync("account/identities.jsonl", Identities, userId, ct);
        await archive.AddRowsAsync("account/sessions.jsonl", Sessions, userId, ct);
        await archive.AddRowsAsync("account/second-factor.jsonl", SecondFactor, userId, ct);
        await archive.AddRowsAsync("account/mailed-links.jsonl", MailedLinks, userId, ct);
        await archive.AddRowsAsync("account/api-keys.jsonl", ApiKeys, userId, ct);
        await archive.AddRowsAsync("account/provider-keys.jsonl", ProviderKeys, userId, ct);
    }
}
