using AIMake.Accounts.Storage;
using AIMake.Platform.Database;
using AIMake.Platform.Faults;
using AIMake.Platform.Secrets;

namespace AIMake.Accounts.Mails;

/// <summary>What a mailed link is for.</summary>
/// <param name="Name">As stored.</param>
/// <param name="Life">How long it works.</param>
internal sealed record MailPurpose(string Name, TimeSpan Life)
{
    /// <summary>Proves the address an account was made with.</summary>
    public static readonly MailPurpose Verify = new("verify", TimeSpan.FromDays(3));

    /// <summary>Proves a new address, which then takes the old one's place.</summary>
    public static readonly MailPurpose Change = new("change", TimeSpan.FromDays(1));

    /// <summary>Lets its holder choose a new password.</summary>
    public static readonly MailPurpose Reset = new("reset", TimeSpan.FromHours(1));
}

/// <summary>Makes the tokens that travel in mails, not more of them than somebody needs.</summary>
internal sealed class MailedTokens(TimeProvider clock)
{
    /// <summary>Mails of one purpose to one user within <see cref="Window"/>.</summary>
    public const int Most = 5;

    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <returns>The token to mail, or RATE_LIMITED.</returns>
    public async Task<Outcome<OpaqueToken>> MakeAsync(DbSession session, UserRow user, string email, MailPurpose purpose, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var lately = await MailedTokenStore.LatelyAsync(session, user.Id, [purpose.Name], now - Window, ct);
        if (lately.Count >= Most)
        {
            var wait = Math.Max(1, (int)Math.Ceiling((lately.First!.Value + Window - now).TotalSeconds));
            return new Fault(FaultCodes.RateLimited, wait) { RetryAfter = TimeSpan.FromSeconds(wait) };
        }

        var token = OpaqueToken.New();
        await MailedTokenStore.InsertAsync(session, token.Digest, user.Id, purpose.Name, email, now, now + purpose.Life, ct);
        return token;
    }
}
