-- Advances: one hold taken ahead for a user who calls without pause. Each call draws its charge from it with a row of its own, without
-- touching the account; the draws are posted to the book together, soon after, by the owner or by a sweeper.
ALTER TABLE credits.holds ADD COLUMN advance boolean NOT NULL DEFAULT false;
-- On a spend that was drawn: the advance it was drawn from.
ALTER TABLE credits.entries ADD COLUMN advance uuid;

-- The part of an open advance that calls change: narrow, and without the guards of a hold, which PostgreSQL reads anew for every change.
CREATE TABLE credits.advances (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    -- The hold's amount, and what was drawn of it and not posted yet.
    size bigint NOT NULL,
    drawn bigint NOT NULL DEFAULT 0,
    CONSTRAINT advances_drawn CHECK (drawn BETWEEN 0 AND size)
) WITH (fillfactor = 50);

-- Lives for a moment: written by the call, taken away when it is posted.
CREATE TABLE credits.draws (
    user_id uuid NOT NULL,
    operation uuid NOT NULL,
    advance uuid NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    note text NOT NULL CHECK (length(note) <= 500),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, operation)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_insert_threshold = -1);

-- An advance shrinks as it is posted; nothing else about a hold changes while it is open, and nothing at all after its end.
DROP TRIGGER holds_end_once ON credits.holds;
CREATE TRIGGER holds_end_once BEFORE UPDATE ON credits.holds FOR EACH ROW
    WHEN (OLD.state <> 'held' OR NEW.user_id <> OLD.user_id OR NEW.operation <> OLD.operation OR (OLD.advance AND NOT NEW.advance)
        OR (NEW.amount <> OLD.amount AND (NEW.amount > OLD.amount OR NOT OLD.advance)))
    EXECUTE FUNCTION credits.refuse();

-- Opens an advance of at most p_want and at most a sixteenth of what is available, so that others find credits too. Answers its size;
-- 0 where it would hold fewer than four calls of p_ceiling: then every call asks for itself.
CREATE FUNCTION credits.open_advance(p_operation uuid, p_user uuid, p_ceiling bigint, p_want bigint, p_lease interval, p_now timestamptz) RETURNS bigint
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    v_amount bigint;
BEGIN
    PERFORM 1 FROM credits.accounts a WHERE a.user_id = p_user FOR NO KEY UPDATE;
    SELECT h.amount INTO v_amount FROM credits.holds h WHERE h.operation = p_operation;
    IF FOUND THEN
        RETURN v_amount;
    END IF;

    SELECT least(p_want, a.available / 16) INTO v_amount FROM credits.accounts a WHERE a.user_id = p_user;
    IF v_amount IS NULL OR v_amount < p_ceiling * 4 THEN
        RETURN 0;
    END IF;

    IF (SELECT h.answer FROM credits.hold_within(ARRAY[p_operation], ARRAY[p_user], ARRAY[v_amount], ARRAY[p_lease], NULL, NULL, NULL, p_now) h) <> 0 THEN
        RETURN 0;
    END IF;

    UPDATE credits.holds h SET advance = true WHERE h.operation = p_operation;
    INSERT INTO credits.advances (id, user_id, size) VALUES (p_operation, p_user, v_amount);
    RETURN v_amount;
END $$;

-- Draws charges. An operation drawn or booked already is left as it stands. Raises no_data_found, and draws nothing, where an advance
-- has ended meanwhile; advances_drawn refuses more than there is.
CREATE FUNCTION credits.draw_many(p_advances uuid[], p_operations uuid[], p_amounts bigint[], p_notes text[], p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_fresh integer;
    v_missing uuid;
BEGIN
    -- Who posts locks these too: after this, what was posted before is seen.
    PERFORM 1 FROM credits.advances a WHERE a.id = ANY (p_advances) ORDER BY a.id FOR NO KEY UPDATE;

    WITH fresh AS (
        INSERT INTO credits.draws (user_id, operation, advance, amount, note, created_at)
        SELECT a.user_id, t.operation, t.advance, t.amount, t.note, coalesce(p_now, clock_timestamp())
        FROM unnest(p_advances, p_operations, p_amounts, p_notes) AS t (advance, operation, amount, note)
        JOIN credits.advances a ON a.id = t.advance
        WHERE NOT EXISTS (SELECT 1 FROM credits.entries e WHERE e.operation = t.operation AND e.kind = 'spend')
        ORDER BY t.operation
        ON CONFLICT (user_id, operation) DO NOTHING
        RETURNING advance, amount
    ), moved AS (
        UPDATE credits.advances a SET drawn = a.drawn + s.amount
        FROM (SELECT fresh.advance, sum(fresh.amount)::bigint AS amount FROM fresh GROUP BY fresh.advance) s
        WHERE a.id = s.advance
    )
    SELECT count(*) INTO v_fresh FROM fresh;

    IF v_fresh <> cardinality(p_operations) THEN
        SELECT t.operation INTO v_missing FROM unnest(p_advances, p_operations) AS t (advance, operation)
        WHERE NOT EXISTS (
                SELECT 1 FROM credits.draws d JOIN credits.advances a ON a.id = t.advance AND a.user_id = d.user_id WHERE d.operation = t.operation)
            AND NOT EXISTS (SELECT 1 FROM credits.entries e WHERE e.operation = t.operation AND e.kind = 'spend')
        LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'operation % draws on an advance that has ended', v_missing USING ERRCODE = 'no_data_found';
        END IF;
    END IF;
    RETURN v_fresh;
END $$;

-- Posts what was drawn from advances, in the order of the calls. p_keeps says what to leave set aside: null everything, 0 ends the
-- advance. Swept: only those whose lease is over, and they end. Answers how many it touched.
CREATE FUNCTION credits.post_advances(p_advances uuid[], p_keeps bigint[], p_swept boolean, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_now timestamptz;
    v_hold record;
    v_rest bigint;
    v_to_spend bigint;
    v_to_keep bigint;
    v_spent bigint;
    v_kept bigint;
    v_posted bigint;
    v_lots uuid[];
    v_reserved bigint[];
    v_lapsed boolean;
    v_any_lapsed boolean;
    v_debt bigint;
    v_count integer := 0;
BEGIN
    PERFORM 1 FROM credits.accounts a
    WHERE a.user_id = ANY (ARRAY(SELECT h.user_id FROM credits.holds h WHERE h.operation = ANY (p_advances)))
    ORDER BY a.user_id FOR NO KEY UPDATE;
    PERFORM 1 FROM credits.holds h WHERE h.operation = ANY (p_advances) ORDER BY h.operation FOR NO KEY UPDATE;
    PERFORM 1 FROM credits.advances a WHERE a.id = ANY (p_advances) ORDER BY a.id FOR NO KEY UPDATE;
    v_now := coalesce(p_now, clock_timestamp());

    FOR v_hold IN
        SELECT h.operation, h.user_id, h.amount, a.drawn, h.lots, h.reserved, CASE WHEN p_swept THEN 0 ELSE t.keep END AS keep
        FROM unnest(p_advances, p_keeps) AS t (advance, keep) JOIN credits.holds h ON h.operation = t.advance
        JOIN credits.advances a ON a.id = h.operation
        WHERE h.state = 'held' AND (NOT p_swept OR h.lease_until <= v_now)
        ORDER BY h.user_id, h.operation
    LOOP
        v_rest := least(v_hold.keep, v_hold.amount - v_hold.drawn);
        CONTINUE WHEN v_hold.drawn = 0 AND v_rest = v_hold.amount AND v_hold.keep IS DISTINCT FROM 0;
        v_count := v_count + 1;

        -- The first lots pay, the next stay reserved, the last are freed.
        v_to_spend := v_hold.drawn;
        v_to_keep := v_rest;
        v_lots := '{}';
        v_reserved := '{}';
        v_any_lapsed := false;
        FOR i IN 1 .. cardinality(v_hold.lots) LOOP
            v_spent := least(v_to_spend, v_hold.reserved[i]);
            v_kept := least(v_to_keep, v_hold.reserved[i] - v_spent);
            v_to_spend := v_to_spend - v_spent;
            v_to_keep := v_to_keep - v_kept;
            IF v_kept > 0 THEN
                v_lots := v_lots || v_hold.lots[i];
                v_reserved := v_reserved || v_kept;
            END IF;
            IF v_kept < v_hold.reserved[i] THEN
                UPDATE credits.grants g
                SET held = g.held - (v_hold.reserved[i] - v_kept), remaining = g.remaining - v_spent, spent = g.spent + v_spent,
                    closed_at = CASE WHEN g.remaining = v_spent THEN v_now END
                WHERE g.id = v_hold.lots[i]
                RETURNING g.expires_at <= v_now AND g.remaining > g.held INTO v_lapsed;
                v_any_lapsed := v_any_lapsed OR coalesce(v_lapsed, false);
            END IF;
        END LOOP;

        WITH gone AS (
            DELETE FROM credits.draws d WHERE d.user_id = v_hold.user_id AND d.advance = v_hold.operation
            RETURNING d.operation, d.amount, d.note, d.created_at
        ), drawn AS (
            SELECT gone.*, sum(gone.amount) OVER (ORDER BY gone.created_at, gone.operation) AS upto FROM gone
        ), lots AS (
            SELECT u.lot, u.reserved, sum(u.reserved) OVER (ORDER BY u.n) AS upto
            FROM unnest(v_hold.lots, v_hold.reserved) WITH ORDINALITY AS u (lot, reserved, n)
        ), written AS (
            INSERT INTO credits.entries (user_id, operation, kind, grant_id, amount, note, created_at, advance)
            SELECT v_hold.user_id, d.operation, 'spend', l.lot, (least(d.upto, l.upto) - greatest(d.upto - d.amount, l.upto - l.reserved))::bigint,
                d.note, d.created_at, v_hold.operation
            FROM drawn d JOIN lots l ON l.upto - l.reserved < d.upto AND d.upto - d.amount < l.upto
            ORDER BY d.upto, l.upto
            RETURNING amount
        )
        SELECT coalesce(sum(written.amount), 0)::bigint INTO v_posted FROM written;
        IF v_posted <> v_hold.drawn THEN
            RAISE EXCEPTION 'advance % has % drawn, its draws come to %', v_hold.operation, v_hold.drawn, v_posted;
        END IF;

        UPDATE credits.holds h
        SET amount = v_rest, lots = v_lots, reserved = v_reserved,
            state = CASE WHEN v_hold.keep = 0 THEN 'voided' ELSE 'held' END,
            lease_until = CASE WHEN v_hold.keep = 0 THEN NULL ELSE h.lease_until END,
            resolved_at = CASE WHEN v_hold.keep = 0 THEN v_now END
        WHERE h.operation = v_hold.operation;

        IF v_hold.keep = 0 THEN
            DELETE FROM credits.advances a WHERE a.id = v_hold.operation;
        ELSE
            UPDATE credits.advances a SET size = v_rest, drawn = 0 WHERE a.id = v_hold.operation;
        END IF;

        UPDATE credits.accounts a
        SET held = a.held - (v_hold.amount - v_rest), available = a.available + (v_hold.amount - v_hold.drawn - v_rest)
        WHERE a.user_id = v_hold.user_id
        RETURNING a.debt INTO v_debt;

        IF v_any_lapsed THEN
            PERFORM credits.refresh(v_hold.user_id, v_now);
        END IF;
        IF v_debt > 0 THEN
            PERFORM credits.repay(v_hold.user_id, v_now);
        END IF;
    END LOOP;
    RETURN v_count;
END $$;

-- As in 0201, and what was drawn is posted before it is shown.
CREATE OR REPLACE FUNCTION credits.touch(p_user uuid, p_now timestamptz) RETURNS boolean LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    v_now timestamptz := coalesce(p_now, clock_timestamp());
    v_due boolean := EXISTS (SELECT 1 FROM credits.accounts a WHERE a.user_id = p_user AND a.due_at <= v_now);
    v_advances uuid[] := ARRAY(SELECT DISTINCT d.advance FROM credits.draws d WHERE d.user_id = p_user);
BEGIN
    IF NOT v_due AND cardinality(v_advances) = 0 THEN
        RETURN false;
    END IF;

    PERFORM 1 FROM credits.accounts a WHERE a.user_id = p_user FOR NO KEY UPDATE;
    PERFORM credits.post_advances(v_advances, NULL, false, p_now);
    IF v_due THEN
        PERFORM credits.refresh(p_user, v_now);
    END IF;
    RETURN true;
END $$;

-- As in 0201; an advance whose owner is gone is posted and ends.
CREATE OR REPLACE FUNCTION credits.sweep_leases(p_limit integer, p_now timestamptz) RETURNS integer LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    v_due uuid[] := ARRAY(
        SELECT h.operation FROM credits.holds h
        WHERE h.lease_until <= coalesce(p_now, clock_timestamp())
        ORDER BY h.lease_until LIMIT p_limit);
    v_advances uuid[] := ARRAY(SELECT h.operation FROM credits.holds h WHERE h.operation = ANY (v_due) AND h.advance);
BEGIN
    v_due := ARRAY(SELECT o FROM unnest(v_due) AS o WHERE o <> ALL (v_advances));
    RETURN credits.post_advances(v_advances, NULL, true, p_now)
        + (SELECT count(*) FROM credits.resolve_many(v_due, NULL, array_fill('interrupted'::text, ARRAY[cardinality(v_due)]), true, p_now) r WHERE r.done);
END $$;
