-- What was used and what it cost us. Events are only ever added; the daily sums are made from them and could be made again.
CREATE SCHEMA usage;

CREATE SEQUENCE usage.event_numbers AS bigint;

-- The smallest UUIDv7 of a moment: such ids are in the order of their making, so a range of ids is a range of time.
CREATE FUNCTION usage.first_id(p_at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT rpad(lpad(to_hex((extract(epoch FROM p_at) * 1000)::bigint), 12, '0'), 32, '0')::uuid
$$;

-- When a UUIDv7 was made; null for any other.
CREATE FUNCTION usage.made_at(p_id uuid) RETURNS timestamptz LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE substr(p_id::text, 15, 1) WHEN '7' THEN
        to_timestamp(('x0000' || left(replace(p_id::text, '-', ''), 12))::bit(64)::bigint / 1000.0) END
$$;

-- A partition for each month of the operation's own id, not of "at": so an operation written twice is one event whatever its
-- time says, because the key need not hold the time.
CREATE TABLE usage.events (
    -- The nil id once the account is deleted.
    user_id uuid NOT NULL,
    operation uuid NOT NULL,
    -- The order of counting. The writer's transaction number is drawn first: usage.roll_up relies on it.
    seq bigint NOT NULL DEFAULT CASE WHEN pg_current_xact_id() IS NOT NULL THEN nextval('usage.event_numbers') END,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    model text NOT NULL,
    provider text NOT NULL,
    source text NOT NULL,
    own_key boolean NOT NULL,
    cut boolean NOT NULL,
    api_key_id uuid,
    input_tokens bigint NOT NULL,
    cached_tokens bigint NOT NULL,
    output_tokens bigint NOT NULL,
    characters bigint NOT NULL,
    -- Thousandths of a second of sound or video.
    millis bigint NOT NULL,
    -- Pictures or clips.
    pieces bigint NOT NULL,
    -- Micro-credits.
    credits bigint NOT NULL,
    -- Micro-USD; null when nobody knows, or when it is not ours to pay.
    cost bigint,
    duration_ms bigint NOT NULL,
    PRIMARY KEY (user_id, operation),
    CONSTRAINT events_source CHECK (source IN ('provider', 'counted', 'estimated')),
    CONSTRAINT events_figures CHECK (
        least(input_tokens, cached_tokens, output_tokens, characters, millis, pieces, credits, duration_ms, coalesce(cost, 0)) >= 0),
    CONSTRAINT events_own_key CHECK (NOT own_key OR (credits = 0 AND cost IS NULL))
) PARTITION BY RANGE (operation);
CREATE INDEX events_seq ON usage.events (seq);

-- Takes what has no month yet, or no time in its id: nothing that was paid is refused for want of a partition.
CREATE TABLE usage.events_default PARTITION OF usage.events DEFAULT;

-- Makes a month's partition and moves into it what waited in the default one. False when it is there already.
CREATE FUNCTION usage.add_month(p_month date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_first date := date_trunc('month', p_month)::date;
    v_name text := 'events_' || to_char(v_first, 'YYYY_MM');
    v_from uuid := usage.first_id(v_first::timestamp AT TIME ZONE 'UTC');
    v_to uuid := usage.first_id((v_first + interval '1 month') AT TIME ZONE 'UTC');
BEGIN
    IF to_regclass('usage.' || v_name) IS NOT NULL THEN
        RETURN false;
    END IF;
    -- Writers choose their partition before they lock it: one that has chosen the default would find it closed to its row. So new
    -- ones wait, and those under way are waited for, but not for long: they are paid work, and this can come again later.
    PERFORM set_config('lock_timeout', '500ms', true);
    LOCK TABLE usage.events IN SHARE ROW EXCLUSIVE MODE;
    -- Nodes take turns, and whoever comes second finds it made.
    IF to_regclass('usage.' || v_name) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE usage.%I (LIKE usage.events INCLUDING ALL)', v_name);
    EXECUTE format(
        'WITH moved AS (DELETE FROM usage.events_default WHERE operation >= %L AND operation < %L RETURNING *) INSERT INTO usage.%I SELECT * FROM moved',
        v_from, v_to, v_name);
    EXECUTE format('ALTER TABLE usage.events ATTACH PARTITION usage.%I FOR VALUES FROM (%L) TO (%L)', v_name, v_from, v_to);
    RETURN true;
END $$;

-- This month, those ahead, and those of rows that waited in the default partition. Answers how many were made.
CREATE FUNCTION usage.add_months(p_now timestamptz, p_ahead integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_now date := date_trunc('month', p_now AT TIME ZONE 'UTC')::date;
    v_month date;
    v_made integer := 0;
BEGIN
    FOR v_month IN
        SELECT (v_now + make_interval(months => n))::date FROM generate_series(0, p_ahead) n
        UNION
        -- An id from the far past or future is somebody's wrong clock: it may stay where it is.
        SELECT date_trunc('month', usage.made_at(operation) AT TIME ZONE 'UTC')::date FROM usage.events_default
        WHERE usage.made_at(operation) BETWEEN p_now - interval '10 years' AND p_now + interval '1 year'
        ORDER BY 1
    LOOP
        v_made := v_made + usage.add_month(v_month)::integer;
    END LOOP;
    RETURN v_made;
END $$;

SELECT usage.add_months(now(), 3);

-- Sums of a UTC day. One row for each user, and for each of the things somebody filters by.
CREATE TABLE usage.daily (
    user_id uuid NOT NULL,
    day date NOT NULL,
    kind text NOT NULL,
    model text NOT NULL,
    provider text NOT NULL,
    source text NOT NULL,
    own_key boolean NOT NULL,
    count bigint NOT NULL CHECK (count > 0),
    cut bigint NOT NULL CHECK (cut BETWEEN 0 AND count),
    -- Events whose cost nobody knows.
    unpriced bigint NOT NULL CHECK (unpriced BETWEEN 0 AND count),
    input_tokens bigint NOT NULL,
    cached_tokens bigint NOT NULL,
    output_tokens bigint NOT NULL,
    characters bigint NOT NULL,
    millis bigint NOT NULL,
    pieces bigint NOT NULL,
    credits bigint NOT NULL,
    cost bigint NOT NULL,
    duration_ms bigint NOT NULL,
    PRIMARY KEY (user_id, day, kind, model, provider, source, own_key)
) WITH (fillfactor = 80);
CREATE INDEX daily_of_day ON usage.daily (day);

-- How far the events are summed: everything up to "rolled", nothing after it. One row; whoever changes the sums locks it.
CREATE TABLE usage.rollup (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    rolled bigint NOT NULL DEFAULT 0,
    -- Up to here may be summed once every transaction older than "fence_xid" has ended.
    fence bigint CHECK (fence > rolled),
    fence_xid xid8,
    CONSTRAINT rollup_fence CHECK ((fence IS NULL) = (fence_xid IS NULL))
);
INSERT INTO usage.rollup DEFAULT VALUES;

-- Sums what is new. Numbers are drawn in one order and committed in another, so "everything up to the highest number seen" would
-- miss the writer who drew early and commits late. Hence in two visits:
--  1. Note the highest number drawn so far (the fence), then draw a transaction number of our own. Whoever drew a number up to
--     the fence had a transaction number before that, so it is lower than ours.
--  2. Once all lower transaction numbers have ended, everything up to the fence is committed or gone for ever: sum it.
-- Each event is summed once, however late it was committed and whatever day it names; a visit that is rolled back never was; two
-- visitors take turns at the row. "more" says that a next visit has something to do.
CREATE FUNCTION usage.roll_up(p_limit bigint, OUT counted bigint, OUT more boolean) LANGUAGE plpgsql AS $$
DECLARE
    v_head bigint;
    v_mark usage.rollup;
    v_xid xid8;
    v_upto bigint;
BEGIN
    IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
        RAISE EXCEPTION 'usage.roll_up must come first in its transaction' USING ERRCODE = 'active_sql_transaction';
    END IF;
    SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO v_head FROM usage.event_numbers;
    v_xid := pg_current_xact_id();
    SELECT * INTO STRICT v_mark FROM usage.rollup FOR UPDATE;
    counted := 0;
    v_upto := v_mark.rolled;
    -- A number from before the database was restored into another server says nothing here.
    IF v_mark.fence_xid >= v_xid THEN
        v_mark.fence := NULL;
    END IF;
    IF v_mark.fence IS NOT NULL THEN
        IF v_mark.fence_xid > pg_snapshot_xmin(pg_current_snapshot()) THEN
            more := true;
            RETURN;
        END IF;
        v_upto := least(v_mark.fence, v_mark.rolled + p_limit);
        WITH sums AS MATERIALIZED (
            SELECT e.user_id, (e.at AT TIME ZONE 'UTC')::date AS day, e.kind, e.model, e.provider, e.source, e.own_key,
                count(*) AS count, count(*) FILTER (WHERE e.cut) AS cut, count(*) FILTER (WHERE e.cost IS NULL AND NOT e.own_key) AS unpriced,
                sum(e.input_tokens) AS input_tokens, sum(e.cached_tokens) AS cached_tokens, sum(e.output_tokens) AS output_tokens,
                sum(e.characters) AS characters, sum(e.millis) AS millis, sum(e.pieces) AS pieces, sum(e.credits) AS credits,
                coalesce(sum(e.cost), 0) AS cost, sum(e.duration_ms) AS duration_ms
            FROM usage.events e
            WHERE e.seq > v_mark.rolled AND e.seq <= v_upto
            GROUP BY 1, 2, 3, 4, 5, 6, 7
        ), written AS (
            INSERT INTO usage.daily AS d
            SELECT * FROM sums
            ON CONFLICT (user_id, day, kind, model, provider, source, own_key) DO UPDATE SET
                count = d.count + excluded.count, cut = d.cut + excluded.cut, unpriced = d.unpriced + excluded.unpriced,
                input_tokens = d.input_tokens + excluded.input_tokens, cached_tokens = d.cached_tokens + excluded.cached_tokens,
                output_tokens = d.output_tokens + excluded.output_tokens, characters = d.characters + excluded.characters,
                millis = d.millis + excluded.millis, pieces = d.pieces + excluded.pieces, credits = d.credits + excluded.credits,
                cost = d.cost + excluded.cost, duration_ms = d.duration_ms + excluded.duration_ms
        )
        SELECT coalesce(sum(s.count), 0) INTO counted FROM sums s;
    END IF;

    IF v_upto < v_mark.fence THEN
        more := true;
        UPDATE usage.rollup SET rolled = v_upto;
    ELSIF v_head > v_upto THEN
        more := true;
        UPDATE usage.rollup SET rolled = v_upto, fence = v_head, fence_xid = v_xid;
    ELSE
        more := false;
        IF v_upto > v_mark.rolled OR v_mark.fence_xid IS NOT NULL THEN
            UPDATE usage.rollup SET rolled = v_upto, fence = NULL, fence_xid = NULL;
        END IF;
    END IF;
END $$;

-- A user leaves: what was used still counts for the operator's books, and no longer says by whom.
CREATE FUNCTION usage.forget_user(p_user uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM usage.rollup FOR UPDATE;
    UPDATE usage.events SET user_id = '00000000-0000-0000-0000-000000000000', api_key_id = NULL WHERE user_id = p_user;
    WITH gone AS (
        DELETE FROM usage.daily WHERE user_id = p_user RETURNING *
    )
    INSERT INTO usage.daily AS d
    SELECT '00000000-0000-0000-0000-000000000000', day, kind, model, provider, source, own_key, count, cut, unpriced,
        input_tokens, cached_tokens, output_tokens, characters, millis, pieces, credits, cost, duration_ms
    FROM gone
    ON CONFLICT (user_id, day, kind, model, provider, source, own_key) DO UPDATE SET
        count = d.count + excluded.count, cut = d.cut + excluded.cut, unpriced = d.unpriced + excluded.unpriced,
        input_tokens = d.input_tokens + excluded.input_tokens, cached_tokens = d.cached_tokens + excluded.cached_tokens,
        output_tokens = d.output_tokens + excluded.output_tokens, characters = d.characters + excluded.characters,
        millis = d.millis + excluded.millis, pieces = d.pieces + excluded.pieces, credits = d.credits + excluded.credits,
        cost = d.cost + excluded.cost, duration_ms = d.duration_ms + excluded.duration_ms;
END $$;
