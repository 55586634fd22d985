using AIMake.Platform.Database;

namespace AIMake.Accounts;

/// <summary>
/// Implemented by every module that holds something of a user's. Deleting an account runs all of them in one transaction
/// and removes the user last. What must outlive the account (books, costs) is kept without what identifies a person.
/// </summary>
internal interface IUserDataOwner
{
    Task DeleteAsync(DbSession session, Guid userId, CancellationToken ct);
}
