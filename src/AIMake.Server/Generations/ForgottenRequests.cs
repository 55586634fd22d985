using AIMake.Platform.Database;

namespace AIMake.Generations;

/// <summary>What was asked for goes with what it made. That there was work, when, and what it cost stays.</summary>
internal static class ForgottenRequests
{
    /// <summary>Work that has ended: what made the assets, and what edited them, which names them in its order.</summary>
    private static readonly Statement Forget = new("generations", "forget_requests",
        """
        WITH gone AS (
            UPDATE generations.generations SET request = '{}', state = NULL, error_args = NULL
            WHERE user_id = @userId AND finished_at IS NOT NULL AND (id = ANY (@made::uuid[]) OR request->>'assetId' = ANY (@assets::text[]))
            RETURNING user_id, id
        )
        DELETE FROM generations.steps s USING gone WHERE s.user_id = gone.user_id AND s.generation_id = gone.id
        """);

    public static Task ForgetAsync(DbSession session, Guid userId, Guid[] made, Guid[] assets, CancellationToken ct) =>
        session.ExecuteAsync(Forget, new { userId, made, assets = Array.ConvertAll(assets, a => a.ToString()) }, ct);
}
