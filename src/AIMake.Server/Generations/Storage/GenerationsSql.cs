using AIMake.Platform.Database;

namespace AIMake.Generations.Storage;

/// <summary>All SQL of the module. Transitions are guarded in the WHERE; zero rows mean that somebody was first.</summary>
internal static class GenerationsSql
{
    private const string Module = "generations";

    private const string ViewColumns =
        """
        g.user_id, g.id, g.kind, g.status, g.model, g.provider, g.ceiling, g.credits, g.provider_cost, g.progress, g.stage, g.attempt,
        g.error_code, g.error_args::text AS error_args, g.receipt::text AS receipt, g.created_at, g.started_at, g.finished_at
        """;

    /// <summary>
    /// Births of a group. The turn of a user with much in the queue lies a quarter of a second further back for each piece, so
    /// that one user's thousand jobs do not hold up another's first; with nobody else waiting it changes nothing.
    /// Claimed ones are born running, under the lease of the process that starts them.
    /// </summary>
    public static readonly Statement Insert = new(Module, "insert_generations",
        """
        WITH load AS MATERIALIZED (
            SELECT u.user_id, (SELECT count(*) FROM (
                SELECT 1 FROM generations.generations g
                WHERE g.user_id = u.user_id AND g.status IN ('queued', 'running') LIMIT 400) AS waiting) AS count
            FROM (SELECT DISTINCT user_id FROM unnest(@users) AS user_id) AS u
        ), born AS (
            INSERT INTO generations.generations
                (user_id, id, api_key_id, kind, model, provider, request, quote, ceiling, inline, status, stage, worker, lease_until, epoch, attempt, started_at, turn)
            SELECT n.user_id, n.id, n.api_key_id, n.kind, n.model, n.provider, n.request::jsonb, n.quote::jsonb, n.ceiling, n.inline,
                   CASE WHEN n.claimed THEN 'running' ELSE 'queued' END,
                   CASE WHEN n.claimed THEN 'running' ELSE 'queued' END,
                   CASE WHEN n.claimed THEN @worker::integer END,
                   CASE WHEN n.claimed THEN now() + @lease END,
                   CASE WHEN n.claimed THEN 1 ELSE 0 END,
                   CASE WHEN n.claimed THEN 1 ELSE 0 END,
                   CASE WHEN n.claimed THEN now() END,
                   now() + interval '250 milliseconds' * (load.count + n.rank)
            FROM unnest(@users, @ids, @apiKeys::uuid[], @kinds, @models, @providers, @requests, @quotes, @ceilings, @inlines, @claimed, @ranks)
                AS n (user_id, id, api_key_id, kind, model, provider, request, quote, ceiling, inline, claimed, rank)
            JOIN load ON load.user_id = n.user_id
            RETURNING user_id, id, status
        )
        INSERT INTO generations.events (user_id, generation_id, status, stage) SELECT user_id, id, status, status FROM born
        """);

    /// <summary>Takes due work, whose turn it is first, together with the steps that earlier runs left.</summary>
    public static readonly Statement Claim = new(Module, "claim_due",
        """
        WITH due AS (
            SELECT user_id, id FROM generations.generations
            WHERE status = 'queued' AND due_at <= now() AND kind = ANY (@kinds)
            ORDER BY turn, id LIMIT @limit
            FOR UPDATE SKIP LOCKED
        ), claimed AS (
            UPDATE generations.generations g
            SET status = 'running', stage = 'running', epoch = g.epoch + 1, attempt = g.attempt + 1, worker = @worker,
                lease_until = now() + @lease, started_at = coalesce(g.started_at, now())
            FROM due WHERE g.user_id = due.user_id AND g.id = due.id
            RETURNING g.user_id, g.id, g.api_key_id, g.kind, g.request, g.state::text AS state, g.ceiling, g.epoch, g.attempt
        ), told AS (
            INSERT INTO generations.events (user_id, generation_id, status, stage, detail)
            SELECT user_id, id, 'running', 'running', CASE WHEN attempt > 1 THEN 'attempt ' || attempt END FROM claimed
        )
        SELECT c.user_id, c.id, c.api_key_id, c.kind, c.request, c.state, c.ceiling, c.epoch, c.attempt,
               coalesce((SELECT jsonb_object_agg(s.step, s.result) FROM generations.steps s
                         WHERE s.user_id = c.user_id AND s.generation_id = c.id), '{}')::text AS steps
        FROM claimed c
        """);

    /// <summary>Keeps claims alive. Those that do not come back are lost; those that come back with true are to be canceled.</summary>
    public static readonly Statement Renew = new(Module, "renew_leases",
        """
        UPDATE generations.generations g SET lease_until = now() + @lease
        FROM unnest(@users, @ids, @epochs) AS c (user_id, id, epoch)
        WHERE g.user_id = c.user_id AND g.id = c.id AND g.epoch = c.epoch AND g.status = 'running'
        RETURNING g.id, g.cancel_requested
        """);

    /// <summary>Stores how far running work is, for those who look without listening.</summary>
    public static readonly Statement SaveProgress = new(Module, "save_progress",
        """
        UPDATE generations.generations g SET progress = greatest(g.progress, c.progress), stage = c.stage, checkpoint = greatest(g.checkpoint, c.checkpoint)
        FROM unnest(@users, @ids, @epochs, @progresses, @stages, @checkpoints) AS c (user_id, id, epoch, progress, stage, checkpoint)
        WHERE g.user_id = c.user_id AND g.id = c.id AND g.epoch = c.epoch AND g.status = 'running'
        """);

    /// <summary>
    /// Ends or hands back claims, each only under its own epoch; returns those that did, and as what. Work whose cancellation was
    /// asked for does not go back: nobody may be left to tell a later run.
    /// </summary>
    public static readonly Statement End = new(Module, "end_claims",
        """
        WITH ended AS (
            UPDATE generations.generations g
            SET status = CASE WHEN e.status = 'queued' AND g.cancel_requested THEN 'canceled' ELSE e.status END,
                stage = CASE WHEN e.status = 'queued' AND g.cancel_requested THEN 'canceled' ELSE e.stage END,
                finished_at = CASE WHEN e.status = 'queued' AND NOT g.cancel_requested THEN NULL ELSE now() END,
                credits = e.credits, receipt = e.receipt::jsonb, provider_cost = e.provider_cost,
                error_code = e.error_code, error_args = e.error_args::jsonb, state = coalesce(e.state::jsonb, g.state),
                progress = CASE e.status WHEN 'succeeded' THEN 1 ELSE greatest(g.progress, e.progress) END, provider = coalesce(e.provider, g.provider),
                due_at = now() + e.delay, turn = now() + e.delay, lease_until = NULL, worker = NULL,
                attempt = g.attempt - CASE WHEN e.counts THEN 0 ELSE 1 END
            FROM unnest(
                @users, @ids, @epochs, @statuses, @stages, @credits, @receipts, @costs, @codes, @args, @states, @delays, @counts, @details, @progresses, @providers)
                AS e (user_id, id, epoch, status, stage, credits, receipt, provider_cost, error_code, error_args, state, delay, counts, detail, progress, provider)
            WHERE g.user_id = e.user_id AND g.id = e.id AND g.epoch = e.epoch AND g.status = 'running'
            RETURNING g.user_id, g.id, g.status, g.stage, e.detail
        ), told AS (
            INSERT INTO generations.events (user_id, generation_id, status, stage, detail)
            SELECT user_id, id, status, stage, detail FROM ended
        )
        SELECT id, status FROM ended
        """);

    public static readonly Statement AddStep = new(Module, "add_step",
        """
        INSERT INTO generations.steps (user_id, generation_id, step, result)
        SELECT g.user_id, g.id, @step, @result FROM generations.generations g
        WHERE g.user_id = @userId AND g.id = @id AND g.epoch = @epoch AND g.status = 'running'
        ON CONFLICT (user_id, generation_id, step) DO NOTHING
        """);

    /// <summary>Locks the claim for the length of a step's transaction, so that it cannot be lost in the middle of it.</summary>
    public static readonly Statement HoldClaim = new(Module, "hold_claim",
        """
        SELECT 1 FROM generations.generations
        WHERE user_id = @userId AND id = @id AND epoch = @epoch AND status = 'running' FOR NO KEY UPDATE
        """);

    /// <summary>
    /// Queued work is canceled, running work is marked; answers with what it is now. One statement: work that goes from one to the
    /// other meanwhile is met in either.
    /// </summary>
    public static readonly Statement Cancel = new(Module, "cancel",
        """
        WITH marked AS (
            UPDATE generations.generations
            SET cancel_requested = true, status = CASE status WHEN 'queued' THEN 'canceled' ELSE status END,
                stage = CASE status WHEN 'queued' THEN 'canceled' ELSE stage END, finished_at = CASE status WHEN 'queued' THEN now() END
            WHERE user_id = @userId AND id = @id AND status IN ('queued', 'running')
            RETURNING user_id, id, status
        ), told AS (
            INSERT INTO generations.events (user_id, generation_id, status, stage) SELECT user_id, id, status, status FROM marked WHERE status = 'canceled'
        )
        SELECT status FROM marked
        """);

    /// <summary>
    /// What dead workers left: the lease is over, or it missed a renewal and the worker's own lock is gone with its session.
    /// </summary>
    public static readonly Statement FindAbandoned = new(Module, "find_abandoned",
        """
        SELECT user_id, id, epoch, attempt, inline, cancel_requested, checkpoint
        FROM generations.generations g
        WHERE status = 'running'
          AND (lease_until < now()
               OR (lease_until < now() + @missed AND NOT EXISTS (
                   SELECT 1 FROM pg_locks l WHERE l.locktype = 'advisory' AND l.classid = @lockClass::oid AND l.objid = g.worker::oid
                     AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))))
        ORDER BY lease_until LIMIT 200
        FOR UPDATE SKIP LOCKED
        """);

    public static readonly Statement Find = new(Module, "find_generation",
        $"SELECT {ViewColumns} FROM generations.generations g WHERE g.user_id = @userId AND g.id = @id");

    public static readonly Statement FindMany = new(Module, "find_generations",
        $"SELECT {ViewColumns} FROM generations.generations g WHERE g.user_id = @userId AND g.id = ANY (@ids)");

    /// <summary>Inline work that has just failed and been charged all the same.</summary>
    public static readonly Statement FindCut = new(Module, "find_cut", """
        SELECT g.user_id, g.id, g.api_key_id, g.kind, g.model, g.provider, g.request, g.credits, coalesce(g.started_at, g.created_at) AS started_at
        FROM generations.generations g
        WHERE g.user_id = ANY (@userIds::uuid[]) AND g.id = ANY (@ids::uuid[]) AND g.inline AND g.status = 'failed' AND g.credits > 0
        ORDER BY g.id
        """);

    /// <summary>What waits for its time is due now.</summary>
    public static readonly Statement Wake = new(Module, "wake_generation",
        "UPDATE generations.generations SET due_at = now(), turn = least(turn, now()) WHERE user_id = @userId AND id = @id AND status = 'queued' AND due_at > now()");

    public static readonly Statement List = new(Module, "list_generations",
        $"""
        SELECT {ViewColumns} FROM generations.generations g
        WHERE g.user_id = @userId
          AND (@kind::text IS NULL OR g.kind = @kind) AND (@status::text IS NULL OR g.status = @status)
          AND (@beforeAt::timestamptz IS NULL OR (g.created_at, g.id) < (@beforeAt, @beforeId))
        ORDER BY g.created_at DESC, g.id DESC LIMIT @limit
        """);

    public static readonly Statement FindRequest = new(Module, "find_request",
        "SELECT kind, status, request FROM generations.generations WHERE user_id = @userId AND id = @id");

    public static readonly Statement Events = new(Module, "events_of_generation",
        """
        SELECT e.generation_id, e.seq, e.at, e.status, e.stage, e.detail, g.progress FROM generations.events e
        JOIN generations.generations g ON g.user_id = e.user_id AND g.id = e.generation_id
        WHERE e.user_id = @userId AND e.generation_id = @id AND e.seq > @after ORDER BY e.seq LIMIT 500
        """);

    public static readonly Statement EventsOfUser = new(Module, "events_of_user",
        """
        SELECT e.generation_id, e.seq, e.at, e.status, e.stage, e.detail, g.progress FROM generations.events e
        JOIN generations.generations g ON g.user_id = e.user_id AND g.id = e.generation_id
        WHERE e.user_id = @userId AND e.seq > @after ORDER BY e.seq LIMIT 500
        """);

    public static readonly Statement LastEventOfUser = new(Module, "last_event_of_user",
        "SELECT coalesce(max(seq), 0) FROM generations.events WHERE user_id = @userId");

    public static readonly Statement Timelines = new(Module, "timelines",
        """
        SELECT generation_id, seq, at, status, stage, detail FROM generations.events
        WHERE user_id = @userId AND generation_id = ANY (@ids) ORDER BY seq
        """);

    public static readonly Statement Depth = new(Module, "queue_depth",
        "SELECT count(*) FROM generations.generations WHERE status = 'queued'");

    /// <summary>Sent when the transaction commits; identical payloads of one transaction arrive once.</summary>
    public static readonly Statement Notify = new(Module, "notify", "SELECT pg_notify('generations', payload) FROM unnest(@payloads) AS payload");

    /// <summary>Everything of a user who leaves; answers with what had not ended.</summary>
    public static readonly Statement DeleteOfUser = new(Module, "delete_generations_of_user",
        """
        WITH gone AS (DELETE FROM generations.generations WHERE user_id = @userId RETURNING id, status)
        SELECT id FROM gone WHERE status IN ('queued', 'running')
        """);
}
