using AIMake.Accounts.Storage;
using AIMake.Accounts.Tokens;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;

namespace AIMake.Accounts.Profile;

/// <summary>
/// Removes an account, whoever asked for it: first others are told who have to know, then all that any module holds goes in one
/// transaction. What stays is listed in decision 26.
/// </summary>
internal sealed class AccountRemoval(IEnumerable<IUserDataOwner> owners, IAuditLog audit, CallerStates states, ILogger<AccountRemoval> log)
{
    /// <summary>In no transaction. Faults: SUBSCRIPTION_RUNNING.</summary>
    public async Task<Outcome<Done>> PrepareAsync(Guid userId, CancellationToken ct)
    {
        foreach (var owner in owners)
        {
            if ((await owner.PrepareAsync(userId, ct)).Fault is { } fault)
            {
                return fault;
            }
        }

        return Done.Value;
    }

    /// <exception cref="FaultException">SUBSCRIPTION_RUNNING: one was begun since it was prepared.</exception>
    public async Task RemoveAsync(DbSession session, Guid userId, CancellationToken ct)
    {
        await audit.WriteAsync(session, AuditEntry.Own(AuditActions.AccountDeleted, userId), ct);
        foreach (var owner in owners)
        {
            await owner.DeleteAsync(session, userId, ct);
        }

        await ClerkStore.ForgetAsync(session, userId, ct);
        await SetupLinkStore.ForgetAsync(session, userId, ct);
        await Users.DeleteAsync(session, userId, ct);
    }

    /// <summary>Once that is committed: nobody here goes on knowing them.</summary>
    public void Forget(Guid userId)
    {
        states.ForgetUser(userId);
        AccountsLog.Deleted(log, userId);
    }
}
