-- Plans that are paid for. The calendar brings such an account nothing; its periods follow the payment.

-- Puts an account on a plan. p_starts: when the period that was paid for began; null keeps the account's own periods. An allowance of the
-- calendar's begins at once where no credits of a plan are running, under the key of the running period: at most once in it.
CREATE FUNCTION credits.set_plan(
    p_user uuid, p_plan text, p_allowance bigint, p_starts timestamptz, p_now timestamptz)
RETURNS boolean LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    v_now timestamptz;
BEGIN
    PERFORM 1 FROM credits.accounts a WHERE a.user_id = p_user FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no credit account for %', p_user USING ERRCODE = 'no_data_found';
    END IF;

    v_now := coalesce(p_now, clock_timestamp());
    -- Before the plan changes: a period that is due brings what the old plan promised.
    PERFORM credits.refresh(p_user, v_now) FROM credits.accounts a WHERE a.user_id = p_user AND a.due_at <= v_now;
    UPDATE credits.accounts a SET plan = p_plan, allowance = p_allowance WHERE a.user_id = p_user;
    IF p_starts <= v_now THEN
        UPDATE credits.accounts a SET anchor = p_starts, period = 0, period_ends = credits.period_start(p_starts, 1),
            due_at = least(credits.period_start(p_starts, 1),
                (SELECT min(g.expires_at) FROM credits.grants g WHERE g.user_id = p_user AND g.closed_at IS NULL AND g.expires_at > v_now))
        WHERE a.user_id = p_user AND a.anchor <> p_starts;
        PERFORM credits.refresh(p_user, v_now) FROM credits.accounts a WHERE a.user_id = p_user AND a.due_at <= v_now;
    END IF;

    IF p_allowance > 0 AND NOT EXISTS (
        SELECT 1 FROM credits.grants g WHERE g.user_id = p_user AND g.source = 'plan' AND g.expires_at > v_now) THEN
        PERFORM credits.add_allowance(p_user, v_now);
    END IF;
    RETURN true;
END $$;
