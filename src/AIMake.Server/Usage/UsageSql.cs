using AIMake.Platform.Database;

namespace AIMake.Usage;

/// <summary>All SQL of the module. What is read is always the daily sums and the events not yet in them, in one statement: one moment's truth.</summary>
internal static class UsageSql
{
    private const string Module = "usage";

    /// <summary>Ordered, so that two batches with the same operations wait for each other instead of dying together.</summary>
    public static readonly Statement Record = new(Module, "record_events", """
        INSERT INTO usage.events (
            user_id, operation, at, kind, model, provider, source, own_key, cut, api_key_id,
            input_tokens, cached_tokens, output_tokens, characters, millis, pieces, credits, cost, duration_ms)
        SELECT e.user_id, e.operation, e.at, e.kind, e.model, e.provider, e.source, e.own_key, e.cut, e.api_key_id,
            e.input_tokens, e.cached_tokens, e.output_tokens, e.characters, e.millis, e.pieces, e.credits, e.cost, e.duration_ms
        FROM unnest(
            @users::uuid[], @operations::uuid[], @times::timestamptz[], @kinds::text[], @models::text[], @providers::text[], @sources::text[],
            @ownKeys::boolean[], @cuts::boolean[], @apiKeys::uuid[], @inputs::bigint[], @cached::bigint[], @outputs::bigint[],
            @characters::bigint[], @millis::bigint[], @pieces::bigint[], @credits::bigint[], @costs::bigint[], @durations::bigint[])
            AS e (user_id, operation, at, kind, model, provider, source, own_key, cut, api_key_id,
                input_tokens, cached_tokens, output_tokens, characters, millis, pieces, credits, cost, duration_ms)
        ORDER BY e.operation
        ON CONFLICT (user_id, operation) DO NOTHING
        """);

    public static readonly Statement Note = new(Module, "note_under_way", """
        INSERT INTO usage.under_way AS u (
            operation, user_id, at, kind, model, provider, source, own_key, api_key_id,
            input_tokens, cached_tokens, output_tokens, characters, millis, pieces, cost, duration_ms)
        SELECT e.operation, e.user_id, e.at, e.kind, e.model, e.provider, e.source, e.own_key, e.api_key_id,
            e.input_tokens, e.cached_tokens, e.output_tokens, e.characters, e.millis, e.pieces, e.cost, e.duration_ms
        FROM unnest(
            @operations::uuid[], @users::uuid[], @times::timestamptz[], @kinds::text[], @models::text[], @providers::text[], @sources::text[],
            @ownKeys::boolean[], @apiKeys::uuid[], @inputs::bigint[], @cached::bigint[], @outputs::bigint[],
            @characters::bigint[], @millis::bigint[], @pieces::bigint[], @costs::bigint[], @durations::bigint[])
            AS e (operation, user_id, at, kind, model, provider, source, own_key, api_key_id,
                input_tokens, cached_tokens, output_tokens, characters, millis, pieces, cost, duration_ms)
        ORDER BY e.operation
        ON CONFLICT (operation) DO UPDATE SET at = excluded.at, input_tokens = excluded.input_tokens, cached_tokens = excluded.cached_tokens,
            output_tokens = excluded.output_tokens, characters = excluded.characters, millis = excluded.millis, pieces = excluded.pieces,
            cost = excluded.cost, duration_ms = excluded.duration_ms
        """);

    public static readonly Statement DropNotes = new(Module, "drop_notes", "DELETE FROM usage.under_way WHERE operation = ANY (@operations::uuid[])");

    /// <summary>Turns what was noted of calls into their events. What was delivered and charged nothing, as with a user's own key, counts too.</summary>
    public static readonly Statement RecordNoted = new(Module, "record_noted", """
        WITH gone AS (
            DELETE FROM usage.under_way u USING unnest(@operations::uuid[], @charges::bigint[]) AS s (operation, charged)
            WHERE u.operation = s.operation
            RETURNING u.*, s.charged
        )
        INSERT INTO usage.events (
            user_id, operation, at, kind, model, provider, source, own_key, cut, api_key_id,
            input_tokens, cached_tokens, output_tokens, characters, millis, pieces, credits, cost, duration_ms)
        SELECT g.user_id, g.operation, g.at, g.kind, g.model, g.provider, g.source, g.own_key, true, g.api_key_id,
            g.input_tokens, g.cached_tokens, g.output_tokens, g.characters, g.millis, g.pieces, CASE WHEN g.own_key THEN 0 ELSE g.charged END, g.cost, g.duration_ms
        FROM gone g
        ORDER BY g.operation
        ON CONFLICT (user_id, operation) DO NOTHING
        """);

    /// <summary>A call may end while its row is being written once more.</summary>
    public static readonly Statement DropOldNotes = new(Module, "drop_old_notes", "DELETE FROM usage.under_way WHERE at < @before::timestamptz");

    public static readonly Statement ForgetNotes = new(Module, "forget_notes", "DELETE FROM usage.under_way WHERE user_id = @userId");

    public static readonly Statement RollUp = new(Module, "roll_up", "SELECT counted, more FROM usage.roll_up(@limit::bigint)");

    public static readonly Statement AddMonths = new(Module, "add_months", "SELECT usage.add_months(@now::timestamptz, @ahead::integer)");

    public static readonly Statement ForgetUser = new(Module, "forget_user", "SELECT usage.forget_user(@userId::uuid)");

    private const string Filter = "(@service::text IS NULL OR x.kind = @service) AND (@model::text IS NULL OR x.model = @model)";

    private const string Sums = """
        sum(r.count)::bigint AS count, sum(r.own_keys)::bigint AS own_keys, sum(r.unpriced)::bigint AS unpriced,
        sum(r.input_tokens)::bigint AS input_tokens, sum(r.cached_tokens)::bigint AS cached_tokens, sum(r.output_tokens)::bigint AS output_tokens,
        sum(r.characters)::bigint AS characters, sum(r.millis)::bigint AS millis, sum(r.pieces)::bigint AS pieces,
        sum(r.credits)::bigint AS credits, sum(r.cost)::bigint AS cost
        """;

    private const string Rolled = """
        SELECT x.day, x.kind, x.model, x.provider, x.count, CASE WHEN x.own_key THEN x.count ELSE 0 END AS own_keys, x.unpriced,
            x.input_tokens, x.cached_tokens, x.output_tokens, x.characters, x.millis, x.pieces, x.credits, x.cost
        FROM usage.daily x
        WHERE x.day BETWEEN @from::date AND @to::date
        """;

    /// <summary>The upper bound excludes nothing: with two bounds PostgreSQL expects few rows and takes the index, with one a third of all.</summary>
    private const string Tail = """
        SELECT (x.at AT TIME ZONE 'UTC')::date, x.kind, x.model, x.provider, 1, x.own_key::integer, (x.cost IS NULL AND NOT x.own_key)::integer,
            x.input_tokens, x.cached_tokens, x.output_tokens, x.characters, x.millis, x.pieces, x.credits, coalesce(x.cost, 0)
        FROM usage.events x
        WHERE x.seq > (SELECT rolled FROM usage.rollup) AND x.seq < 9223372036854775807
            AND x.at >= @from::date::timestamp AT TIME ZONE 'UTC' AND x.at < (@to::date + 1)::timestamp AT TIME ZONE 'UTC'
        """;

    private const string OfUser = $"{Rolled} AND x.user_id = @userId AND {Filter} UNION ALL {Tail} AND x.user_id = @userId AND {Filter}";

    private const string OfAll = $"{Rolled} AND {Filter} UNION ALL {Tail} AND {Filter}";

    private const string ByModel = "GROUP BY r.kind, r.model, r.provider ORDER BY sum(r.credits) DESC, sum(r.count) DESC, r.kind, r.model, r.provider";

    private const string ByDay = "GROUP BY r.day, r.kind ORDER BY r.day, r.kind";

    private const string ByMonth = "GROUP BY 1, r.kind ORDER BY 1, r.kind";

    private const string Finest = "GROUP BY r.day, r.kind, r.model, r.provider ORDER BY r.day, r.kind, r.model, r.provider";

    public static readonly Statement ModelsOfUser = new(Module, "models_of_user",
        $"SELECT r.kind, r.model, r.provider, {Sums} FROM ({OfUser}) r {ByModel}");

    public static readonly Statement ModelsOfAll = new(Module, "models_of_all",
        $"SELECT r.kind, r.model, r.provider, {Sums} FROM ({OfAll}) r {ByModel}");

    public static readonly Statement DaysOfUser = new(Module, "days_of_user",
        $"SELECT to_char(r.day, 'YYYY-MM-DD') AS period, r.kind, {Sums} FROM ({OfUser}) r {ByDay}");

    public static readonly Statement DaysOfAll = new(Module, "days_of_all",
        $"SELECT to_char(r.day, 'YYYY-MM-DD') AS period, r.kind, {Sums} FROM ({OfAll}) r {ByDay}");

    public static readonly Statement MonthsOfUser = new(Module, "months_of_user",
        $"SELECT to_char(r.day, 'YYYY-MM') AS period, r.kind, {Sums} FROM ({OfUser}) r {ByMonth}");

    public static readonly Statement MonthsOfAll = new(Module, "months_of_all",
        $"SELECT to_char(r.day, 'YYYY-MM') AS period, r.kind, {Sums} FROM ({OfAll}) r {ByMonth}");

    public static readonly Statement SheetOfUser = new(Module, "sheet_of_user",
        $"SELECT to_char(r.day, 'YYYY-MM-DD') AS period, r.kind, r.model, r.provider, {Sums} FROM ({OfUser}) r {Finest}");

    public static readonly Statement SheetOfAll = new(Module, "sheet_of_all",
        $"SELECT to_char(r.day, 'YYYY-MM-DD') AS period, r.kind, r.model, r.provider, {Sums} FROM ({OfAll}) r {Finest}");
}
