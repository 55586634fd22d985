namespace AIMake.Accounts.Roles;

/// <summary>What somebody may be allowed to do. A route names one; this file says who has it.</summary>
internal enum Permission
{
    /// <summary>Make things and look at them; one's own account, keys, credits.</summary>
    UseServer,

    /// <summary>Whatever of the installation has no permission of its own.</summary>
    Administer,

    /// <summary>Providers, their keys and their files.</summary>
    ManageProviders,

    /// <summary>Models and prices.</summary>
    ManageModels,

    /// <summary>Other people's accounts: role, status, credits.</summary>
    ManageUsers,

    /// <summary>Who did what.</summary>
    ReadAudit,

    /// <summary>Orders, refunds, webhooks, books.</summary>
    ManagePayments,
}

/// <summary>
/// The one table of who may do what. A rank has what is written in its row and nothing else; premium differs from user in what its plan gives, which is
/// counted in credits and not in permissions.
/// </summary>
internal static class PermissionTable
{
    private static readonly Dictionary<Role, Permission[]> Table = new()
    {
        [Role.User] = [Permission.UseServer],
        [Role.Premium] = [Permission.UseServer],
        [Role.Admin] =
        [
            Permission.UseServer, Permission.Administer, Permission.ManageProviders, Permission.ManageModels, Permission.ManageUsers, Permission.ReadAudit,
            Permission.ManagePayments,
        ],
    };

    /// <summary>Bits of <see cref="Permission"/> by rank, for the gate.</summary>
    private static readonly int[] Bits = [.. Enum.GetValues<Role>().Select(r => Table[r].Aggregate(0, (bits, p) => bits | (1 << (int)p)))];

    public static bool Allows(Role role, Permission permission) => (Bits[(int)role] & (1 << (int)permission)) != 0;
}
