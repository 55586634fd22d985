using AIMake.Platform.Database;

namespace AIMake.Accounts.Storage;

/// <summary>A row of <c>accounts.oauth_trips</c>.</summary>
internal sealed record OAuthTripRow
{
    /// <summary>Digest of what the browser keeps.</summary>
    public byte[] Browser { get; init; } = [];

    public string Provider { get; init; } = "";

    public string ReturnTo { get; init; } = "/";

    public string Language { get; init; } = "";

    public Guid? UserId { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>A row of <c>accounts.oauth_arrivals</c>.</summary>
internal sealed record OAuthArrivalRow
{
    public string Step { get; init; } = "";

    public Guid UserId { get; init; }

    public string Provider { get; init; } = "";

    public string Issuer { get; init; } = "";

    public string Subject { get; init; } = "";

    public string? Label { get; init; }

    public string ReturnTo { get; init; } = "/";

    public DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>SQL of the way to a provider and back. Digests only; each row is used once.</summary>
internal static class OAuthTripStore
{
    private static readonly Statement InsertTrip = new("accounts", "oauth_trip_insert",
        """
        INSERT INTO accounts.oauth_trips (state, browser, provider, return_to, language, user_id, expires_at)
        VALUES (@state, @browser, @provider, @returnTo, @language, @userId, @expiresAt)
        """);

    private static readonly Statement TakeTrip = new("accounts", "oauth_trip_take",
        "DELETE FROM accounts.oauth_trips WHERE state = @state RETURNING browser, provider, return_to, language, user_id, expires_at");

    private static readonly Statement InsertArrival = new("accounts", "oauth_arrival_insert",
        """
        INSERT INTO accounts.oauth_arrivals (digest, step, user_id, provider, issuer, subject, label, return_to, expires_at)
        VALUES (@digest, @step, @userId, @provider, @issuer, @subject, @label, @returnTo, @expiresAt)
        """);

    private static readonly Statement FindArrival = new("accounts", "oauth_arrival_find",
        """
        SELECT step, user_id, provider, issuer, subject, label, return_to, expires_at FROM accounts.oauth_arrivals
        WHERE digest = @digest AND step = @step AND expires_at > @now
        """);

    private static readonly Statement DeleteArrival = new("accounts", "oauth_arrival_delete",
        "DELETE FROM accounts.oauth_arrivals WHERE digest = @digest");

    private static readonly Statement Purge = new("accounts", "oauth_purge",
        """
        WITH trips AS (DELETE FROM accounts.oauth_trips WHERE expires_at < @now RETURNING 1),
             arrivals AS (DELETE FROM accounts.oauth_arrivals WHERE expires_at < @now RETURNING 1)
        SELECT (SELECT count(*) FROM trips)::int + (SELECT count(*) FROM arrivals)::int
        """);

    public static Task DepartAsync(DbSession session, byte[] state, OAuthTripRow trip, CancellationToken ct) =>
        session.ExecuteAsync(InsertTrip, new { state, trip.Browser, trip.Provider, trip.ReturnTo, trip.Language, trip.UserId, trip.ExpiresAt }, ct);

    /// <summary>The trip, which is over with this; null when there is none.</summary>
    public static Task<OAuthTripRow?> TakeAsync(DbSession session, byte[] state, CancellationToken ct) => session.FindAsync<OAuthTripRow>(TakeTrip, new { state }, ct);

    public static Task ArriveAsync(DbSession session, byte[] digest, OAuthArrivalRow arrival, CancellationToken ct) => session.ExecuteAsync(
        InsertArrival,
        new { digest, arrival.Step, arrival.UserId, arrival.Provider, arrival.Issuer, arrival.Subject, arrival.Label, arrival.ReturnTo, arrival.ExpiresAt },
        ct);

    public static Task<OAuthArrivalRow?> FindArrivalAsync(DbSession session, byte[] digest, string step, DateTimeOffset now, CancellationToken ct) =>
        session.FindAsync<OAuthArrivalRow>(FindArrival, new { digest, step, now }, ct);

    /// <summary>False when it was used by somebody else meanwhile.</summary>
    public static async Task<bool> EndArrivalAsync(DbSession session, byte[] digest, CancellationToken ct) => await session.ExecuteAsync(DeleteArrival, new { digest }, ct) == 1;

    public static Task<int> PurgeAsync(DbSession session, DateTimeOffset now, CancellationToken ct) => session.SingleAsync<int>(Purge, new { now }, ct);
}
