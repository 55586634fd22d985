-- The verbs of the ledger. Each locks the accounts it touches in the order of their ids, before it looks at anything, so
-- that one round trip serves a whole batch and two batches never wait for each other in a circle. Statements after the lock
-- see everything the previous owner committed (READ COMMITTED, one snapshot per statement).
-- p_now: null in production, where the database's clock decides; tests bring their own time.
-- Plans are made while tables are empty and used when they are large: index access is pinned. They are generic: planning anew
-- for each array would take as long as the work (measured: 600 → 270 µs of CPU for a hold and its settlement).

-- Adds a lot to a locked account and repays its debt first. False: the source key is known.
CREATE FUNCTION credits.add_lot(
    p_user uuid, p_amount bigint, p_source text, p_source_key text, p_priority integer, p_expires_at timestamptz, p_note text, p_now timestamptz)
RETURNS boolean LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    v_id uuid := gen_random_uuid();
    v_repaid bigint;
BEGIN
    SELECT least(a.debt, p_amount) INTO v_repaid FROM credits.accounts a WHERE a.user_id = p_user;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no credit account for %', p_user USING ERRCODE = 'no_data_found';
    END IF;

    INSERT INTO credits.grants (id, user_id, source, source_key, note, priority, granted, remaining, effective_at, expires_at, created_at, closed_at)
    VALUES (v_id, p_user, p_source, p_source_key, p_note, p_priority, p_amount, p_amount - v_repaid, p_now, p_expires_at, p_now,
        CASE WHEN v_repaid = p_amount THEN p_now END)
    ON CONFLICT (source_key) DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;

    INSERT INTO credits.entries (user_id, operation, kind, grant_id, amount, note, created_at) VALUES (p_user, v_id, 'grant', v_id, p_amount, p_note, p_now);
    IF v_repaid > 0 THEN
        INSERT INTO credits.entries (user_id, operation, kind, grant_id, amount, note, created_at) VALUES (p_user, v_id, 'repay', v_id, v_repaid, p_note, p_now);
    END IF;

    UPDATE credits.accounts a
    SET available = a.available + p_amount - v_repaid, debt = a.debt - v_repaid, due_at = least(a.due_at, p_expires_at)
    WHERE a.user_id = p_user;
    RETURN true;
END $$;

-- Lets time act on a locked account: expired lots lose what is not reserved, a new period brings its allowance.
CREATE FUNCTION credits.refresh(p_user uuid, p_now timestamptz) RETURNS void LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    v_gone bigint;
    v_operation uuid := gen_random_uuid();
    v_account credits.accounts;
    v_period integer;
BEGIN
    WITH due AS (
        SELECT g.id, g.remaining - g.held AS free FROM credits.grants g
        WHERE g.user_id = p_user AND g.closed_at IS NULL AND g.expires_at <= p_now AND g.remaining > g.held
    ), swept AS (
        UPDATE credits.grants g SET remaining = g.held, closed_at = CASE WHEN g.held = 0 THEN p_now END
        FROM due WHERE g.id = due.id
        RETURNING g.id, due.free
    ), written AS (
        INSERT INTO credits.entries (user_id, operation, kind, grant_id, amount, note, created_at)
        SELECT p_user, v_operation, 'expire', swept.id, swept.free, '', p_now FROM swept
    )
    SELECT coalesce(sum(swept.free), 0) INTO v_gone FROM swept;

    SELECT * INTO STRICT v_account FROM credits.accounts a WHERE a.user_id = p_user;
    v_period := v_account.period;
    -- Periods that went by unseen would be over already: only the one we are in is granted.
    WHILE credits.period_start(v_account.anchor, v_period + 1) <= p_now LOOP
        v_period := v_period + 1;
    END LOOP;

    UPDATE credits.accounts a
    SET available = a.available - v_gone, period = v_period, period_ends = credits.period_start(a.anchor, v_period + 1),
        due_at = least(credits.period_start(a.anchor, v_period + 1),
            (SELECT min(g.expires_at) FROM credits.grants g WHERE g.user_id = p_user AND g.closed_at IS NULL AND g.expires_at > p_now))
    WHERE a.user_id = p_user;
    IF v_period > v_account.period THEN
        PERFORM credits.add_allowance(p_user, p_now);
    END IF;
END $$;

-- Grants the allowance of the period the locked account is in.
CREATE FUNCTION credits.add_allowance(p_user uuid, p_now timestamptz) RETURNS void LANGUAGE sql AS $$
    SELECT credits.add_lot(p_user, a.allowance, 'plan',
        'plan:' || p_user || ':' || to_char(credits.period_start(a.anchor, a.period) AT TIME ZONE 'UTC', 'YYYY-MM-DD'),
        10, a.period_ends, a.plan, p_now)
    FROM credits.accounts a WHERE a.user_id = p_user AND a.allowance > 0
$$;

CREATE FUNCTION credits.open_account(p_user uuid, p_plan text, p_allowance bigint, p_now timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz := coalesce(p_now, clock_timestamp());
BEGIN
    INSERT INTO credits.accounts (user_id, plan, allowance, anchor, period, period_ends, due_at)
    VALUES (p_user, p_plan, p_allowance, v_now, 0, credits.period_start(v_now, 1), credits.period_start(v_now, 1))
    ON CONFLICT (user_id) DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;

    PERFORM credits.add_allowance(p_user, v_now);
    RETURN true;
END $$;

CREATE FUNCTION credits.grant_credits(
    p_user uuid, p_amount bigint, p_source text, p_source_key text, p_priority integer, p_expires_at timestamptz, p_note text, p_now timestamptz)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM credits.accounts a WHERE a.user_id = p_user FOR NO KEY UPDATE;
    RETURN credits.add_lot(p_user, p_amount, p_source, p_source_key, p_priority, p_expires_at, p_note, coalesce(p_now, clock_timestamp()));
END $$;

-- Takes up to p_amount of what is free in a locked account, from p_first's lot first, then in burn order. Returns what it got.
CREATE FUNCTION credits.take(p_user uuid, p_amount bigint, p_kind text, p_operation uuid, p_first uuid, p_note text, p_now timestamptz)
RETURNS bigint LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    v_lot record;
    v_left bigint := p_amount;
    v_part bigint;
BEGIN
    FOR v_lot IN
        SELECT g.id, g.remaining - g.held AS free FROM credits.grants g
        WHERE g.user_id = p_user AND g.closed_at IS NULL AND g.remaining > g.held AND (g.expires_at IS NULL OR g.expires_at > p_now)
        ORDER BY (g.id = p_first) DESC NULLS LAST, g.priority, g.expires_at NULLS LAST, g.created_at, g.id
    LOOP
        EXIT WHEN v_left = 0;
        v_part := least(v_left, v_lot.free);
        v_left := v_left - v_part;
        UPDATE credits.grants g SET remaining = g.remaining - v_part, closed_at = CASE WHEN g.remaining = v_part THEN p_now END WHERE g.id = v_lot.id;
        INSERT INTO credits.entries (user_id, operation, kind, grant_id, amount, note, created_at)
        VALUES (p_user, p_operation, p_kind, v_lot.id, v_part, p_note, p_now);
    END LOOP;

    UPDATE credits.accounts a SET available = a.available - (p_amount - v_left) WHERE a.user_id = p_user AND p_amount > v_left;
    RETURN p_amount - v_left;
END $$;

-- Pays a locked account's debt from what is free.
CREATE FUNCTION credits.repay(p_user uuid, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_paid bigint;
BEGIN
    v_paid := credits.take(p_user, (SELECT a.debt FROM credits.accounts a WHERE a.user_id = p_user), 'repay', gen_random_uuid(), NULL, '', p_now);
    UPDATE credits.accounts a SET debt = a.debt - v_paid WHERE a.user_id = p_user AND v_paid > 0;
END $$;

-- Takes credits back: from the lot of p_grant_key first, then from what else is free, never from what is reserved. What is
-- missing becomes a debt when p_to_debt, else it is let go. Returns what was taken, the debt included; null: the source key is known.
CREATE FUNCTION credits.withdraw(
    p_user uuid, p_amount bigint, p_source_key text, p_grant_key text, p_to_debt boolean, p_note text, p_now timestamptz)
RETURNS bigint LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    v_now timestamptz;
    -- The fact that caused it, as an id: the same fact again meets the same entries.
    v_operation uuid := md5('withdraw:' || p_source_key)::uuid;
    v_taken bigint;
BEGIN
    IF p_amount IS NULL OR p_amount <= 0 THEN
        RAISE EXCEPTION 'withdrawal of %', p_amount USING ERRCODE = 'invalid_parameter_value';
    END IF;

    PERFORM 1 FROM credits.accounts a WHERE a.user_id = p_user FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no credit account for %', p_user USING ERRCODE = 'no_data_found';
    END IF;

    IF EXISTS (SELECT 1 FROM credits.entries e WHERE e.operation = v_operation) THEN
        RETURN NULL;
    END IF;

    v_now := coalesce(p_now, clock_timestamp());
    PERFORM credits.refresh(p_user, v_now) FROM credits.accounts a WHERE a.user_id = p_user AND a.due_at <= v_now;
    v_taken := credits.take(
        p_user, p_amount, 'withdraw', v_operation,
        (SELECT g.id FROM credits.grants g WHERE g.source_key = p_grant_key AND g.user_id = p_user), p_note, v_now);
    IF v_taken < p_amount AND p_to_debt THEN
        INSERT INTO credits.entries (user_id, operation, kind, amount, note, created_at)
        VALUES (p_user, v_operation, 'owe', p_amount - v_taken, p_note, v_now);
        UPDATE credits.accounts a SET debt = a.debt + p_amount - v_taken WHERE a.user_id = p_user;
        RETURN p_amount;
    END IF;
    RETURN v_taken;
END $$;

-- Sets credits aside for each order that can have them. Answers: 0 held now, 1 the same hold exists, 2 too few credits,
-- 3 the account is in debt, 4 the operation exists with other terms, 5 no such account.
--   1. lock the accounts;  2. per account, once: let time act, list the usable lots in burn order;
--   3. per order, in the order given: take from the lots, in memory;  4. write lots, accounts and holds, one statement each.
CREATE FUNCTION credits.hold_many(p_operations uuid[], p_users uuid[], p_amounts bigint[], p_leases interval[], p_now timestamptz)
RETURNS TABLE (ord integer, answer integer, spendable bigint, owed bigint)
LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_now timestamptz;
    v_order record;
    v_user uuid;
    v_account credits.accounts;
    v_lots uuid[];
    v_free bigint[];
    v_at integer;
    v_left bigint;
    v_take bigint;
    -- What is reserved, one element per hold and lot; each hold is a slice.
    t_lots uuid[] := '{}';
    t_amounts bigint[] := '{}';
    h_ords integer[] := '{}';
    h_operations uuid[] := '{}';
    h_first integer[] := '{}';
    h_last integer[] := '{}';
BEGIN
    PERFORM 1 FROM credits.accounts a WHERE a.user_id = ANY (p_users) ORDER BY a.user_id FOR NO KEY UPDATE;
    v_now := coalesce(p_now, clock_timestamp());

    FOR v_order IN
        SELECT t.n::integer AS n, t.operation, t.user_id, t.amount, h.operation IS NOT NULL AS known,
            h.user_id = t.user_id AND h.amount = t.amount AS same
        FROM unnest(p_operations, p_users, p_amounts) WITH ORDINALITY AS t (operation, user_id, amount, n)
        LEFT JOIN credits.holds h ON h.operation = t.operation
        ORDER BY t.user_id, t.n
    LOOP
        IF v_order.amount IS NULL OR v_order.amount < 0 THEN
            RAISE EXCEPTION 'hold % of % is not an amount', v_order.operation, v_order.amount USING ERRCODE = 'invalid_parameter_value';
        END IF;

        IF v_user IS DISTINCT FROM v_order.user_id THEN
            v_user := v_order.user_id;
            SELECT * INTO v_account FROM credits.accounts a WHERE a.user_id = v_user;
            IF v_account.due_at <= v_now THEN
                PERFORM credits.refresh(v_user, v_now);
                SELECT * INTO v_account FROM credits.accounts a WHERE a.user_id = v_user;
            END IF;

            SELECT coalesce(array_agg(l.id), '{}'), array_agg(l.free), coalesce(sum(l.free), 0) INTO v_lots, v_free, spendable
            FROM (
                SELECT g.id, g.remaining - g.held AS free FROM credits.grants g
                WHERE g.user_id = v_user AND g.closed_at IS NULL AND g.remaining > g.held
                    AND g.effective_at <= v_now AND (g.expires_at IS NULL OR g.expires_at > v_now)
                ORDER BY g.priority, g.expires_at NULLS LAST, g.created_at, g.id
            ) l;
            v_at := 1;
            owed := coalesce(v_account.debt, 0);
        END IF;

        ord := v_order.n;
        v_take := array_position(h_operations, v_order.operation);
        answer := CASE
            WHEN v_order.known THEN CASE WHEN v_order.same THEN 1 ELSE 4 END
            WHEN v_take IS NOT NULL THEN
                CASE WHEN p_users[h_ords[v_take]] = v_user AND p_amounts[h_ords[v_take]] = v_order.amount THEN 1 ELSE 4 END
            WHEN v_account.user_id IS NULL THEN 5
            WHEN v_order.amount > 0 AND owed > 0 THEN 3
            WHEN v_order.amount > spendable THEN 2
            ELSE 0
        END;

        IF answer = 0 THEN
            h_ords := h_ords || v_order.n;
            h_operations := h_operations || v_order.operation;
            h_first := h_first || cardinality(t_lots) + 1;
            v_left := v_order.amount;
            spendable := spendable - v_left;
            WHILE v_left > 0 LOOP
                v_take := least(v_left, v_free[v_at]);
                t_lots := t_lots || v_lots[v_at];
                t_amounts := t_amounts || v_take;
                v_left := v_left - v_take;
                v_free[v_at] := v_free[v_at] - v_take;
                IF v_free[v_at] = 0 THEN
                    v_at := v_at + 1;
                END IF;
            END LOOP;
            h_last := h_last || cardinality(t_lots);
        END IF;

        RETURN NEXT;
    END LOOP;

    IF cardinality(h_ords) = 0 THEN
        RETURN;
    END IF;

    UPDATE credits.grants g SET held = g.held + t.amount
    FROM (SELECT u.lot, sum(u.amount)::bigint AS amount FROM unnest(t_lots, t_amounts) AS u (lot, amount) GROUP BY u.lot) t
    WHERE g.id = t.lot;

    UPDATE credits.accounts a SET available = a.available - t.amount, held = a.held + t.amount
    FROM (SELECT p_users[n] AS user_id, sum(p_amounts[n])::bigint AS amount FROM unnest(h_ords) AS n GROUP BY 1) t
    WHERE a.user_id = t.user_id AND t.amount > 0;

    INSERT INTO credits.holds (operation, user_id, amount, lots, reserved, lease_until, created_at)
    SELECT p_operations[h.n], p_users[h.n], p_amounts[h.n], t_lots[h.first:h.last], t_amounts[h.first:h.last], v_now + p_leases[h.n], v_now
    FROM unnest(h_ords, h_first, h_last) AS h (n, first, last);
END $$;

-- Ends holds: charges at most what was reserved and frees the rest. p_amounts null: nothing is charged (void).
-- p_swept: only holds whose lease has run out, charged at their checkpoint, or voided when it is zero.
-- done is false where the hold had ended already; operations nobody holds are an error, except for void.
CREATE FUNCTION credits.resolve_many(p_operations uuid[], p_amounts bigint[], p_notes text[], p_swept boolean, p_now timestamptz)
RETURNS TABLE (ord integer, done boolean)
LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_now timestamptz;
    v_hold record;
    v_last uuid;
    v_charge bigint;
    v_part bigint;
    v_count integer;
    v_expired uuid[];
    v_debtors uuid[];
    h_operations uuid[] := '{}';
    h_users uuid[] := '{}';
    h_amounts bigint[] := '{}';
    h_charges bigint[] := '{}';
    -- One element per hold and lot.
    t_users uuid[] := '{}';
    t_operations uuid[] := '{}';
    t_lots uuid[] := '{}';
    t_reserved bigint[] := '{}';
    t_spent bigint[] := '{}';
    t_notes text[] := '{}';
BEGIN
    PERFORM 1 FROM credits.accounts a
    WHERE a.user_id = ANY (ARRAY(SELECT h.user_id FROM credits.holds h WHERE h.operation = ANY (p_operations)))
    ORDER BY a.user_id FOR NO KEY UPDATE;
    IF p_swept THEN
        -- A renewal may be under way; it waits for nobody, so waiting for it here closes no circle.
        PERFORM 1 FROM credits.holds h WHERE h.operation = ANY (p_operations) ORDER BY h.operation FOR NO KEY UPDATE;
    END IF;
    v_now := coalesce(p_now, clock_timestamp());

    FOR v_hold IN
        SELECT t.n::integer AS n, t.operation, t.amount AS charge, coalesce(t.note, '') AS note,
            h.user_id, h.state, h.amount, h.checkpoint, h.lots, h.reserved, h.lease_until
        FROM unnest(p_operations, p_amounts, p_notes) WITH ORDINALITY AS t (operation, amount, note, n)
        LEFT JOIN credits.holds h ON h.operation = t.operation
        ORDER BY t.operation, t.n
    LOOP
        ord := v_hold.n;
        done := v_hold.state = 'held' AND v_hold.operation IS DISTINCT FROM v_last
            AND (NOT p_swept OR v_hold.lease_until <= v_now);
        v_last := v_hold.operation;
        v_charge := CASE WHEN p_swept THEN nullif(v_hold.checkpoint, 0) ELSE v_hold.charge END;
        IF NOT p_swept AND p_amounts IS NOT NULL THEN
            IF v_hold.state IS NULL THEN
                RAISE EXCEPTION 'operation % holds no credits', v_hold.operation USING ERRCODE = 'no_data_found';
            ELSIF v_charge IS NULL OR v_charge < 0 OR v_charge > v_hold.amount THEN
                RAISE EXCEPTION 'operation % holds %, % cannot be charged', v_hold.operation, v_hold.amount, v_charge
                    USING ERRCODE = 'invalid_parameter_value';
            END IF;
        END IF;

        done := coalesce(done, false);
        IF done THEN
            h_operations := h_operations || v_hold.operation;
            h_users := h_users || v_hold.user_id;
            h_amounts := h_amounts || v_hold.amount;
            h_charges := h_charges || v_charge;
            v_charge := coalesce(v_charge, 0);
            FOR i IN 1 .. cardinality(v_hold.lots) LOOP
                v_part := least(v_charge, v_hold.reserved[i]);
                v_charge := v_charge - v_part;
                t_users := t_users || v_hold.user_id;
                t_operations := t_operations || v_hold.operation;
                t_lots := t_lots || v_hold.lots[i];
                t_reserved := t_reserved || v_hold.reserved[i];
                t_spent := t_spent || v_part;
                t_notes := t_notes || v_hold.note;
            END LOOP;
        END IF;

        RETURN NEXT;
    END LOOP;

    IF cardinality(h_operations) = 0 THEN
        RETURN;
    END IF;

    UPDATE credits.holds h
    SET state = CASE WHEN t.charge IS NULL THEN 'voided' ELSE 'settled' END, settled = t.charge, lease_until = NULL, resolved_at = v_now
    FROM unnest(h_operations, h_charges) AS t (operation, charge)
    WHERE h.operation = t.operation AND h.state = 'held';
    GET DIAGNOSTICS v_count = ROW_COUNT;
    IF v_count <> cardinality(h_operations) THEN
        RAISE EXCEPTION 'a hold was resolved beside the account lock' USING ERRCODE = 'serialization_failure';
    END IF;

    WITH freed AS (
        UPDATE credits.grants g
        SET held = g.held - t.reserved, remaining = g.remaining - t.spent, spent = g.spent + t.spent,
            closed_at = CASE WHEN g.remaining = t.spent THEN v_now END
        FROM (
            SELECT u.lot, sum(u.reserved)::bigint AS reserved, sum(u.spent)::bigint AS spent
            FROM unnest(t_lots, t_reserved, t_spent) AS u (lot, reserved, spent) GROUP BY u.lot
        ) t
        WHERE g.id = t.lot
        RETURNING g.user_id, g.expires_at <= v_now AND g.remaining > g.held AS lapsed
    )
    SELECT array_agg(DISTINCT freed.user_id) FILTER (WHERE freed.lapsed) INTO v_expired FROM freed;

    WITH freed AS (
        UPDATE credits.accounts a SET held = a.held - t.amount, available = a.available + t.amount - t.charge
        FROM (
            SELECT u.user_id, sum(u.amount)::bigint AS amount, coalesce(sum(u.charge), 0)::bigint AS charge
            FROM unnest(h_users, h_amounts, h_charges) AS u (user_id, amount, charge) GROUP BY u.user_id
        ) t
        WHERE a.user_id = t.user_id AND t.amount > 0
        RETURNING a.user_id, a.debt
    )
    SELECT array_agg(freed.user_id) FILTER (WHERE freed.debt > 0) INTO v_debtors FROM freed;

    INSERT INTO credits.entries (user_id, operation, kind, grant_id, amount, note, created_at)
    SELECT t.user_id, t.operation, 'spend', t.lot, t.spent, t.note, v_now
    FROM unnest(t_users, t_operations, t_lots, t_spent, t_notes) AS t (user_id, operation, lot, spent, note)
    WHERE t.spent > 0;

    -- Reserved credit outlives its lot's expiry; what comes back after it is gone at once.
    FOR i IN 1 .. coalesce(cardinality(v_expired), 0) LOOP
        PERFORM credits.refresh(v_expired[i], v_now);
    END LOOP;
    -- A debt is paid with whatever comes free.
    FOR i IN 1 .. coalesce(cardinality(v_debtors), 0) LOOP
        PERFORM credits.repay(v_debtors[i], v_now);
    END LOOP;
END $$;

-- Extends the leases of open holds and moves their checkpoints forward. Never waits: a hold locked now is being resolved.
CREATE FUNCTION credits.renew_many(p_operations uuid[], p_checkpoints bigint[], p_lease interval, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_count integer;
BEGIN
    WITH open AS (
        SELECT h.operation FROM credits.holds h
        WHERE h.operation = ANY (p_operations) AND h.state = 'held'
        ORDER BY h.operation FOR NO KEY UPDATE SKIP LOCKED
    ), renewal AS (
        SELECT open.operation, max(t.checkpoint) AS checkpoint
        FROM open JOIN unnest(p_operations, p_checkpoints) AS t (operation, checkpoint) ON t.operation = open.operation
        GROUP BY open.operation
    )
    UPDATE credits.holds h
    SET lease_until = CASE WHEN h.lease_until IS NOT NULL THEN greatest(h.lease_until, coalesce(p_now, clock_timestamp()) + p_lease) END,
        checkpoint = greatest(h.checkpoint, least(renewal.checkpoint, h.amount))
    FROM renewal
    WHERE h.operation = renewal.operation;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END $$;

-- One bite of the lease sweeper: holds whose owner is gone. Returns how many were ended.
CREATE FUNCTION credits.sweep_leases(p_limit integer, p_now timestamptz) RETURNS integer LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    v_due uuid[] := ARRAY(
        SELECT h.operation FROM credits.holds h
        WHERE h.lease_until <= coalesce(p_now, clock_timestamp())
        ORDER BY h.lease_until LIMIT p_limit);
BEGIN
    RETURN (SELECT count(*) FROM credits.resolve_many(v_due, NULL, array_fill('interrupted'::text, ARRAY[cardinality(v_due)]), true, p_now) r WHERE r.done);
END $$;

-- Brings one account up to date before it is shown. Cheap when nothing is due.
CREATE FUNCTION credits.touch(p_user uuid, p_now timestamptz) RETURNS boolean LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    v_now timestamptz := coalesce(p_now, clock_timestamp());
BEGIN
    IF NOT EXISTS (SELECT 1 FROM credits.accounts a WHERE a.user_id = p_user AND a.due_at <= v_now) THEN
        RETURN false;
    END IF;

    PERFORM 1 FROM credits.accounts a WHERE a.user_id = p_user FOR NO KEY UPDATE;
    PERFORM credits.refresh(p_user, v_now);
    RETURN true;
END $$;

-- One bite of the calendar: accounts for which a period or a lot has ended. Returns how many were brought up to date.
CREATE FUNCTION credits.refresh_due(p_limit integer, p_now timestamptz) RETURNS integer LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    v_now timestamptz := coalesce(p_now, clock_timestamp());
    v_user uuid;
    v_count integer := 0;
BEGIN
    FOR v_user IN
        SELECT a.user_id FROM credits.accounts a WHERE a.due_at <= v_now ORDER BY a.due_at LIMIT p_limit FOR NO KEY UPDATE SKIP LOCKED
    LOOP
        PERFORM credits.refresh(v_user, v_now);
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END $$;
