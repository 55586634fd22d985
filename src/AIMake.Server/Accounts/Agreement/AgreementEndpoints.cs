using AIMake.Accounts.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;
using Microsoft.Extensions.Options;

namespace AIMake.Accounts.Agreement;

/// <summary>Which agreement the user accepted, and which one holds now.</summary>
/// <param name="Version">Accepted version.</param>
/// <param name="AcceptedAt">UTC.</param>
/// <param name="Current">Version in force.</param>
/// <param name="UpToDate">Whether both are the same.</param>
public sealed record AgreementState(string Version, DateTimeOffset AcceptedAt, string Current, bool UpToDate);

/// <summary>Accepts the agreement.</summary>
/// <param name="Version">The version that was read; only the one in force can be accepted.</param>
public sealed record AcceptAgreementRequest(string Version);

internal static class AgreementEndpoints
{
    public static async Task<ApiResult<AgreementState>> Read(CurrentCaller caller, Database database, IOptions<AccountsOptions> options, CancellationToken ct) =>
        Answer(await database.ReadAsync(DbPurpose.Hot, session => Users.FindAsync(session, caller.UserId, ct), ct), options.Value.AgreementVersion);

    public static async Task<ApiResult<AgreementState>> Accept(
        AcceptAgreementRequest body, CurrentCaller caller, Database database, IOptions<AccountsOptions> options, TimeProvider clock, CancellationToken ct)
    {
        var current = options.Value.AgreementVersion;
        return body.Version == current
            ? Answer(await database.ReadAsync(DbPurpose.Hot, session => Users.AcceptAgreementAsync(session, caller.UserId, current, clock.GetUtcNow(), ct), ct), current)
            : ApiResult.From<AgreementState>(new Fault(FaultCodes.AgreementOutdated, current) { Field = "version" });
    }

    private static ApiResult<AgreementState> Answer(UserRow? row, string current) => row is null
        ? ApiResult.From<AgreementState>(new Fault(FaultCodes.InvalidToken))
        : new AgreementState(row.AgreementVersion, row.AgreementAt, current, row.AgreementVersion == current);
}
