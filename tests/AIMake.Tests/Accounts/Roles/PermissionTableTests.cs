using AIMake.Accounts;
using AIMake.Accounts.Roles;

namespace AIMake.Tests.Accounts.Roles;

public sealed class PermissionTableTests
{
    /// <summary>The whole table once more, by hand: a change of rights is made in two places, or it is a mistake.</summary>
    [Theory]
    [InlineData(Permission.UseServer, true, true, true)]
    [InlineData(Permission.Administer, false, false, true)]
    [InlineData(Permission.ManageProviders, false, false, true)]
    [InlineData(Permission.ManageModels, false, false, true)]
    [InlineData(Permission.ManageUsers, false, false, true)]
    [InlineData(Permission.ReadAudit, false, false, true)]
    [InlineData(Permission.ManagePayments, false, false, true)]
    internal void Who_may_do_what(Permission permission, bool user, bool premium, bool admin) => Assert.Equal(
        (user, premium, admin),
        (PermissionTable.Allows(Role.User, permission), PermissionTable.Allows(Role.Premium, permission), PermissionTable.Allows(Role.Admin, permission)));

    [Fact]
    public void Every_permission_is_in_the_table_above() => Assert.Equal(7, Enum.GetValues<Permission>().Length);
}
