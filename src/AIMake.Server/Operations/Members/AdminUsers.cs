using AIMake.Accounts;
using AIMake.Accounts.Profile;
using AIMake.Accounts.Roles;
using AIMake.Accounts.Storage;
using AIMake.Accounts.Tokens;
using AIMake.Credits;
using AIMake.Platform.Audit;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Http;

namespace AIMake.Operations.Members;

/// <summary>Other people's accounts: who they are, their rank, whether they may come in, their credits. Each change is written down with who made it.</summary>
internal sealed class AdminUsers(Database database, ICreditLedger ledger, ICreditsGlance credits, CallerStates states, IAuditLog audit, TimeProvider clock)
{
    public Task<Page<AdminUserView>> ListAsync(string? q, Role? role, AccountStatus? status, PageRequest<UserAdminCursor> page, CancellationToken ct) => database.ReadAsync(
        DbPurpose.Admin,
        async session =>
        {
            var rows = await UserAdminStore.ListAsync(
                session, q, role is { } r ? RoleNames.Write(r) : null, status is { } s ? Stored(s) : null, page.After, page.Take, clock.GetUtcNow(), ct);
            return page.ToPage(rows, row => new UserAdminCursor(row.CreatedAt, row.Id), AdminUserView.From);
        },
        ct);

    public Task<Outcome<AdminUserDetails>> FindAsync(Guid id, CancellationToken ct) => database.ReadAsync(DbPurpose.Admin, session => FindAsync(session, id, ct), ct);

    /// <summary>Gives a rank, or lets in and shuts out; what is null stays. A ban ends sessions here at once and everywhere within seconds.</summary>
    /// <returns>LAST_ADMIN when nobody would be left to run the installation.</returns>
    public async Task<Outcome<AdminUserDetails>> ChangeAsync(Guid id, Role? role, AccountStatus? status, CancellationToken ct)
    {
        var outcome = await database.TryTransactAsync(DbPurpose.Admin, session => ChangeAsync(session, id, role, status, ct), ct);
        states.ForgetUser(id);
        return outcome;
    }

    /// <summary>Gives credits, or takes them back as far as there are any that are not set aside.</summary>
    /// <param name="claim">The same one again changes nothing.</param>
    public async Task<Outcome<CreditAdjustment>> AdjustAsync(CurrentCaller admin, Guid id, Micro amount, string reason, IdempotencyClaim? claim, CancellationToken ct)
    {
        var operation = Guid.CreateVersion7(clock.GetUtcNow());
        var moved = await database.TryTransactAsync(DbPurpose.Admin, session => AdjustAsync(session, admin.UserId, id, amount, reason, claim, operation, ct), ct);
        if (!moved.TryGet(out var changed, out var fault))
        {
            return fault;
        }

        // Read when it is done: inside, what was given is younger than the transaction, and would not count yet.
        var glance = await database.ReadAsync(DbPurpose.Admin, session => credits.ReadAsync(session, id, ct), ct);
        return new CreditAdjustment(changed, new CreditsSummary(glance.Total, glance.Used, glance.Held, glance.Remaining));
    }

    private async Task<Outcome<AdminUserDetails>> FindAsync(DbSession session, Guid id, CancellationToken ct)
    {
        if (await UserAdminStore.FindAsync(session, id, clock.GetUtcNow(), ct) is not { } row)
        {
            return new Fault(FaultCodes.NotFound);
        }

        var glance = await credits.ReadAsync(session, id, ct);
        return new AdminUserDetails(AdminUserView.From(row), glance.Plan, new CreditsSummary(glance.Total, glance.Used, glance.Held, glance.Remaining));
    }

    private async Task<Outcome<AdminUserDetails>> ChangeAsync(DbSession session, Guid id, Role? role, AccountStatus? status, CancellationToken ct)
    {
        await Users.LockAdminsAsync(session, ct);
        if (await UserAdminStore.LockAsync(session, id, ct) is not { } old)
        {
            return new Fault(FaultCodes.NotFound);
        }

        var (newRole, newStatus) = (role is { } r ? RoleNames.Write(r) : old.Role, status is { } s ? Stored(s) : old.Status);
        var runsIt = old is { Role: "admin", Status: "active" };
        if (runsIt && (newRole, newStatus) is not ("admin", "active") && !await UserAdminStore.AnyOtherAdminAsync(session, id, ct))
        {
            return new Fault(FaultCodes.LastAdmin);
        }

        var now = clock.GetUtcNow();
        await UserAdminStore.ChangeAsync(session, id, newRole, newStatus, now, ct);
        if (newStatus != old.Status)
        {
            if (newStatus == "disabled")
            {
                await SessionStore.EndOthersAsync(session, id, except: null, "disabled", now, ct);
            }

            await audit.WriteAsync(session, AuditEntry.Of(AuditActions.StatusChanged, "user", id.ToString(), ("from", old.Status), ("to", newStatus)), ct);
        }

        if (newRole != old.Role)
        {
            await audit.WriteAsync(session, AuditEntry.Of(AuditActions.RoleChanged, "user", id.ToString(), ("from", old.Role), ("to", newRole)), ct);
        }

        return await FindAsync(session, id, ct);
    }

    /// <returns>What was given, or below zero taken; zero when the same request was there before.</returns>
    private async Task<Outcome<Micro>> AdjustAsync(
        DbSession session, Guid admin, Guid id, Micro amount, string reason, IdempotencyClaim? claim, Guid operation, CancellationToken ct)
    {
        if (await UserAdminStore.LockAsync(session, id, ct) is null)
        {
            return new Fault(FaultCodes.NotFound);
        }

        if (claim is not null)
        {
            var kept = (await IdempotencyKeys.ClaimAsync(session, [(admin, claim.Key, claim.RequestHash, operation)], ct)).Single();
            if (!kept.RequestHash.AsSpan().SequenceEqual(claim.RequestHash))
            {
                return new Fault(FaultCodes.IdempotencyKeyReused);
            }

            operation = kept.GenerationId;
        }

        var key = $"adjustment:{operation}";
        var changed = amount > Micro.Zero
            ? await ledger.GrantAsync(session, new GrantOrder(id, amount, "adjustment", key, 20, ExpiresAt: null, reason), ct) ? amount : (Micro?)null
            : await ledger.WithdrawAsync(session, new WithdrawOrder(id, Micro.Zero - amount, key, GrantKey: null, ToDebt: false, reason), ct) is { } taken ? Micro.Zero - taken : null;
        if (changed is { } moved)
        {
            await audit.WriteAsync(session, AuditEntry.Of(AuditActions.CreditsAdjusted, "user", id.ToString(), ("asked", amount.ToString()), ("moved", moved.ToString()), ("reason", reason)), ct);
        }

        return changed ?? Micro.Zero;
    }

    private static string Stored(AccountStatus status) => status is AccountStatus.Disabled ? "disabled" : "active";
}
