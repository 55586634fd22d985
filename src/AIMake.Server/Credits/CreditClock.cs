namespace AIMake.Credits;

/// <summary>
/// The ledger's time: null means the database's own clock, which every node shares and no client can set. Only an injected
/// <see cref="TimeProvider"/> (tests, simulations) is passed along.
/// </summary>
internal sealed class CreditClock(TimeProvider time)
{
    public DateTimeOffset? Now => time == TimeProvider.System ? null : time.GetUtcNow();
}
