using AIMake.Accounts.Profile;
using AIMake.Accounts.Storage;
using AIMake.Credits;
using AIMake.Platform.Database;

namespace AIMake.Accounts.Export;

/// <summary>Profile, agreement, sessions, and the keys without the keys themselves.</summary>
internal sealed class AccountExport(Database database, ICreditsGlance credits, TimeProvider clock) : IUserDataExport
{
    private const int MostKeys = 1_000;

    public async Task WriteAsync(ExportArchive archive, Guid userId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (profile, agreement) = await database.ReadAsync(
            DbPurpose.Jobs,
            async session =>
            {
                var row = (await Users.FindAsync(session, userId, ct))!;
                return (UserProfile.From(row, await credits.ReadAsync(session, userId, ct)), new { row.AgreementVersion, row.AgreementAt });
            },
            ct);
        await archive.AddAsync("account/profile.json", profile, ct);
        await archive.AddAsync("account/agreement.json", agreement, ct);

        var sessions = await database.ReadAsync(DbPurpose.Jobs, s => SessionStore.ListAsync(s, userId, now, ct), ct);
        await archive.AddLinesAsync("account/sessions.jsonl", sessions.Select(s => new { s.Id, s.UserAgent, s.Address, s.CreatedAt, s.LastUsedAt, s.ExpiresAt }).ToAsyncEnumerable(), ct);

        var keys = await database.ReadAsync(DbPurpose.Jobs, s => ApiKeyStore.ListAsync(s, userId, null, null, MostKeys, ct), ct);
        await archive.AddLinesAsync("account/api-keys.jsonl", keys.Select(k => new { k.Id, k.Name, k.Last4, k.Scopes, k.CreatedAt, k.LastUsedAt, k.ExpiresAt }).ToAsyncEnumerable(), ct);

        var provider = await database.ReadAsync(DbPurpose.Jobs, s => ProviderKeyStore.ListAsync(s, userId, null, null, MostKeys, now.UtcDateTime.Date, ct), ct);
        await archive.AddLinesAsync("account/provider-keys.jsonl", provider.Select(k => new { k.Id, k.Service, k.Name, k.BaseUrl, k.Last4, k.CreatedAt }).ToAsyncEnumerable(), ct);
    }
}
