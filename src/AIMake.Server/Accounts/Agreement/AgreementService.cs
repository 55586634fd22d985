using AIMake.Accounts.Storage;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using Microsoft.Extensions.Options;

namespace AIMake.Accounts.Agreement;

/// <summary>Which agreement the user accepted, and which one holds now.</summary>
/// <param name="Version">Accepted version; empty for somebody who came through another service and was not asked yet.</param>
/// <param name="AcceptedAt">UTC; null where none was accepted.</param>
/// <param name="Current">Version in force.</param>
/// <param name="UpToDate">Whether both are the same. Where they are not, the web app asks; nothing is refused to programs.</param>
/// <param name="TermsUrl">Where the terms can be read; null where the operator names no address.</param>
/// <param name="PrivacyUrl">Where it is said what happens with personal data; null where the operator names no address.</param>
/// <param name="Changes">What is new in the version in force, in the operator's words and the language asked for; null where they say nothing.</param>
public sealed record AgreementState(
    string Version, DateTimeOffset? AcceptedAt, string Current, bool UpToDate, string? TermsUrl, string? PrivacyUrl, string? Changes);

/// <summary>The agreement in force, for somebody who is about to make an account.</summary>
/// <param name="Version">Version that an account made now accepts.</param>
/// <param name="TermsUrl">Where the terms can be read; null where the operator names no address.</param>
/// <param name="PrivacyUrl">Where it is said what happens with personal data; null where the operator names no address.</param>
public sealed record AgreementTexts(string Version, string? TermsUrl, string? PrivacyUrl);

/// <summary>
/// Keeps which version of the agreement a user accepted, and when. The version in force is a setting: raising it asks everybody again at
/// their next visit. Work is not refused meanwhile, so that programs do not stop in the night because of a sentence in the terms.
/// </summary>
internal sealed class AgreementService(Database database, IAuditLog audit, IOptions<AccountsOptions> options, TimeProvider clock)
{
    public AgreementTexts InForce() => new(options.Value.AgreementVersion, Said(options.Value.TermsUrl), Said(options.Value.PrivacyUrl));

    public async Task<Outcome<AgreementState>> ReadAsync(Guid userId, string language, CancellationToken ct) =>
        await database.ReadAsync(DbPurpose.Hot, session => Users.FindAsync(session, userId, ct), ct) is { } row ? State(row, language) : new Fault(FaultCodes.InvalidToken);

    /// <summary>Accepting twice is accepting once: the first time counts.</summary>
    /// <param name="version">The version that was read.</param>
    /// <returns>AGREEMENT_OUTDATED when another one holds by now.</returns>
    public async Task<Outcome<AgreementState>> AcceptAsync(Guid userId, string version, string language, CancellationToken ct)
    {
        var current = options.Value.AgreementVersion;
        if (version != current)
        {
            return new Fault(FaultCodes.AgreementOutdated, current) { Field = "version" };
        }

        return await database.TryTransactAsync(
            DbPurpose.Hot,
            async session =>
            {
                if (await Users.AcceptAgreementAsync(session, userId, current, clock.GetUtcNow(), ct))
                {
                    await audit.WriteAsync(session, AuditEntry.Own(AuditActions.AgreementAccepted, userId, ("version", current)), ct);
                }

                return await Users.FindAsync(session, userId, ct) is { } row ? State(row, language) : (Outcome<AgreementState>)new Fault(FaultCodes.InvalidToken);
            },
            ct);
    }

    private AgreementState State(UserRow row, string language)
    {
        var settings = options.Value;
        return new AgreementState(
            row.AgreementVersion,
            row.AgreementVersion is "" ? null : row.AgreementAt,
            settings.AgreementVersion,
            row.AgreementVersion == settings.AgreementVersion,
            Said(settings.TermsUrl),
            Said(settings.PrivacyUrl),
            Said(language == "zh-CN" ? settings.AgreementChangesZh : null) ?? Said(settings.AgreementChanges));
    }

    /// <summary>A setting left empty in a file says nothing.</summary>
    private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
