using System.Text.Json;
using AIMake.Accounts.Storage;
using AIMake.Credits;
using AIMake.Platform.Http;

namespace AIMake.Accounts.Profile;

/// <summary>Whether the account may be used.</summary>
public enum AccountStatus
{
    /// <summary>In use.</summary>
    Active,

    /// <summary>Closed by an admin; nobody signs in.</summary>
    Disabled,
}

/// <summary>The plan a user is on.</summary>
/// <param name="Plan"><c>free</c>, <c>pro</c>, <c>team</c>.</param>
/// <param name="Status">Always <c>active</c> until plans can be bought.</param>
/// <param name="EndDate">End of the present period; null where there is none.</param>
public sealed record Subscription(string Plan, string Status, DateTimeOffset? EndDate);

/// <summary>What a user sees of their own account.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="Username">3–32 letters, digits, <c>_ . -</c>; unique without regard to case.</param>
/// <param name="Email">Unique without regard to case.</param>
/// <param name="Avatar">https address of a picture, or null.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="EmailVerified">Whether the address was proved by a mailed link or by whoever signed the user in.</param>
/// <param name="PendingEmail">A new address that is waiting to be confirmed, or null.</param>
/// <param name="HasPassword">False for somebody who only comes in through others. What asks for the password then asks for a sign-in of the last ten minutes.</param>
public sealed record UserProfile(
    Guid Id,
    string Username,
    string Email,
    string? FirstName,
    string? LastName,
    string? Avatar,
    Preferences Preferences,
    Role Role,
    AccountStatus Status,
    Subscription Subscription,
    DateTimeOffset CreatedAt,
    bool EmailVerified,
    string? PendingEmail,
    bool HasPassword)
{
    internal static UserProfile From(UserRow row, CreditsGlance glance) => new(
        row.Id,
        row.Username,
        row.Email,
        row.FirstName,
        row.LastName,
        row.Avatar,
        JsonSerializer.Deserialize<Preferences>(row.Preferences, JsonFaults.Stored)!,
        Enum.Parse<Role>(row.Role, ignoreCase: true),
        Enum.Parse<AccountStatus>(row.Status, ignoreCase: true),
        new Subscription(glance.Plan, "active", glance.ResetAt),
        row.CreatedAt,
        row.EmailVerifiedAt is not null,
        row.PendingEmail,
        row.PasswordHash is not null);
}

/// <summary>Credits at a glance, in credits.</summary>
/// <param name="Total">Granted and not expired, used ones included.</param>
/// <param name="Held">Set aside for work under way.</param>
/// <param name="Remaining">Free to spend.</param>
public sealed record CreditsSummary(Micro Total, Micro Used, Micro Held, Micro Remaining);

/// <summary>The account in one answer: who, on which plan, with how much.</summary>
/// <param name="Profile">As <c>GET /api/auth/me</c>.</param>
/// <param name="Plan"><c>free</c>, <c>pro</c>, <c>team</c>.</param>
public sealed record UserOverview(UserProfile Profile, string Plan, CreditsSummary Credits);
