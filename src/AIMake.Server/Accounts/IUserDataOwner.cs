using AIMake.Platform.Database;
using AIMake.Platform.Faults;

namespace AIMake.Accounts;

/// <summary>
/// Implemented by every module that holds something of a user's. Deleting an account runs all of them in one transaction
/// and removes the user last. What must outlive the account (books, costs) is kept without what identifies a person.
/// </summary>
internal interface IUserDataOwner
{
    /// <summary>Before that, and in no transaction: tells others who have to know. Its fault keeps the account; asked again, it does no harm.</summary>
    Task<Outcome<Done>> PrepareAsync(Guid userId, CancellationToken ct) => Task.FromResult<Outcome<Done>>(Done.Value);

    Task DeleteAsync(DbSession session, Guid userId, CancellationToken ct);
}
