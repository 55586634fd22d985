-- Budgets: a limit within an account, of an API key for instance, over a window of time. A budget belongs to one account, and
-- whoever holds or frees credits has that account locked: no other lock is needed, and no number of calls at once gets past it.
CREATE TABLE credits.budgets (
    id uuid NOT NULL,
    window_start timestamptz NOT NULL,
    user_id uuid NOT NULL REFERENCES credits.accounts (user_id),
    -- In open holds; charged.
    held bigint NOT NULL DEFAULT 0 CHECK (held >= 0),
    spent bigint NOT NULL DEFAULT 0 CHECK (spent >= 0),
    PRIMARY KEY (id, window_start)
) WITH (fillfactor = 50);
CREATE TRIGGER budgets_stay BEFORE DELETE OR TRUNCATE ON credits.budgets FOR EACH STATEMENT EXECUTE FUNCTION credits.refuse();
CREATE TRIGGER budgets_keep_owner BEFORE UPDATE ON credits.budgets FOR EACH ROW
    WHEN (NEW.user_id <> OLD.user_id OR NEW.spent < OLD.spent) EXECUTE FUNCTION credits.refuse();

-- Adding columns without a default rewrites nothing.
ALTER TABLE credits.holds ADD COLUMN budget uuid, ADD COLUMN budget_start timestamptz,
    ADD CONSTRAINT holds_budget CHECK ((budget IS NULL) = (budget_start IS NULL)) NOT VALID;
CREATE TRIGGER holds_keep_budget BEFORE UPDATE ON credits.holds FOR EACH ROW
    WHEN (NEW.budget IS DISTINCT FROM OLD.budget OR NEW.budget_start IS DISTINCT FROM OLD.budget_start) EXECUTE FUNCTION credits.refuse();

-- As hold_many of 0201, and each order may name a budget with its limit and the start of its window. One more answer: 6, the
-- budget has too little left; budgeted tells what it held and had spent before.
CREATE FUNCTION credits.hold_within(
    p_operations uuid[], p_users uuid[], p_amounts bigint[], p_leases interval[],
    p_budgets uuid[], p_limits bigint[], p_starts timestamptz[], p_now timestamptz)
RETURNS TABLE (ord integer, answer integer, spendable bigint, owed bigint, budgeted bigint)
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
    -- Budgets met so far, and what each has held and spent, this batch included.
    v_budget integer;
    b_ids uuid[] := '{}';
    b_starts timestamptz[] := '{}';
    b_used bigint[] := '{}';
BEGIN
    PERFORM 1 FROM credits.accounts a WHERE a.user_id = ANY (p_users) ORDER BY a.user_id FOR NO KEY UPDATE;
    v_now := coalesce(p_now, clock_timestamp());

    FOR v_order IN
        SELECT t.n::integer AS n, t.operation, t.user_id, t.amount, t.budget, t.most, t.starts, h.operation IS NOT NULL AS known,
            h.user_id = t.user_id AND h.amount = t.amount AS same
        FROM unnest(p_operations, p_users, p_amounts, p_budgets, p_limits, p_starts) WITH ORDINALITY AS t (operation, user_id, amount, budget, most, starts, n)
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

        v_budget := NULL;
        budgeted := 0;
        IF v_order.budget IS NOT NULL THEN
            FOR i IN 1 .. cardinality(b_ids) LOOP
                IF b_ids[i] = v_order.budget AND b_starts[i] = v_order.starts THEN
                    v_budget := i;
                END IF;
            END LOOP;
            IF v_budget IS NULL THEN
                b_ids := b_ids || v_order.budget;
                b_starts := b_starts || v_order.starts;
                b_used := b_used || coalesce(
                    (SELECT b.held + b.spent FROM credits.budgets b WHERE b.id = v_order.budget AND b.window_start = v_order.starts), 0);
                v_budget := cardinality(b_ids);
            END IF;
            budgeted := b_used[v_budget];
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
            WHEN v_budget IS NOT NULL AND v_order.amount > 0 AND v_order.amount > v_order.most - budgeted THEN 6
            ELSE 0
        END;

        IF answer = 0 THEN
            h_ords := h_ords || v_order.n;
            h_operations := h_operations || v_order.operation;
            h_first := h_first || cardinality(t_lots) + 1;
            v_left := v_order.amount;
            spendable := spendable - v_left;
            IF v_budget IS NOT NULL THEN
                b_used[v_budget] := b_used[v_budget] + v_left;
            END IF;
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

    IF cardinality(b_ids) > 0 THEN
        INSERT INTO credits.budgets AS b (id, window_start, user_id, held)
        SELECT p_budgets[n], p_starts[n], p_users[n], sum(p_amounts[n])::bigint FROM unnest(h_ords) AS n
        WHERE p_budgets[n] IS NOT NULL GROUP BY 1, 2, 3
        ON CONFLICT (id, window_start) DO UPDATE SET held = b.held + excluded.held, user_id = excluded.user_id;
    END IF;

    INSERT INTO credits.holds (operation, user_id, amount, lots, reserved, lease_until, created_at, budget, budget_start)
    SELECT p_operations[h.n], p_users[h.n], p_amounts[h.n], t_lots[h.first:h.last], t_amounts[h.first:h.last], v_now + p_leases[h.n], v_now,
        p_budgets[h.n], CASE WHEN p_budgets[h.n] IS NOT NULL THEN p_starts[h.n] END
    FROM unnest(h_ords, h_first, h_last) AS h (n, first, last);
END $$;

-- What servers of the release before call.
CREATE OR REPLACE FUNCTION credits.hold_many(p_operations uuid[], p_users uuid[], p_amounts bigint[], p_leases interval[], p_now timestamptz)
RETURNS TABLE (ord integer, answer integer, spendable bigint, owed bigint) LANGUAGE sql AS $$
    SELECT h.ord, h.answer, h.spendable, h.owed FROM credits.hold_within(p_operations, p_users, p_amounts, p_leases, NULL, NULL, NULL, p_now) h
$$;

-- As in 0201; what a hold had of its budget is charged to it or freed.
CREATE OR REPLACE FUNCTION credits.resolve_many(p_operations uuid[], p_amounts bigint[], p_notes text[], p_swept boolean, p_now timestamptz)
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
    -- One element per hold with a budget.
    b_ids uuid[] := '{}';
    b_starts timestamptz[] := '{}';
    b_amounts bigint[] := '{}';
    b_charges bigint[] := '{}';
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
            h.user_id, h.state, h.amount, h.checkpoint, h.lots, h.reserved, h.lease_until, h.budget, h.budget_start
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
            IF v_hold.budget IS NOT NULL THEN
                b_ids := b_ids || v_hold.budget;
                b_starts := b_starts || v_hold.budget_start;
                b_amounts := b_amounts || v_hold.amount;
                b_charges := b_charges || v_charge;
            END IF;
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

    IF cardinality(b_ids) > 0 THEN
        UPDATE credits.budgets b SET held = b.held - t.amount, spent = b.spent + t.charge
        FROM (
            SELECT u.id, u.starts, sum(u.amount)::bigint AS amount, sum(u.charge)::bigint AS charge
            FROM unnest(b_ids, b_starts, b_amounts, b_charges) AS u (id, starts, amount, charge) GROUP BY u.id, u.starts
        ) t
        WHERE b.id = t.id AND b.window_start = t.starts;
    END IF;

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
