-- Ends what sweep_leases ends, and tells what it was: whoever held knows what an operation was for, and may have something to write
-- about its charge. An advance that ended has no charge of its own.
CREATE FUNCTION credits.sweep(p_limit integer, p_now timestamptz) RETURNS TABLE (operation uuid, user_id uuid, charged bigint)
LANGUAGE plpgsql SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    v_due uuid[] := ARRAY(
        SELECT h.operation FROM credits.holds h
        WHERE h.lease_until <= coalesce(p_now, clock_timestamp())
        ORDER BY h.lease_until LIMIT p_limit);
    v_advances uuid[] := ARRAY(SELECT h.operation FROM credits.holds h WHERE h.operation = ANY (v_due) AND h.advance);
    v_done uuid[];
BEGIN
    v_due := ARRAY(SELECT o FROM unnest(v_due) AS o WHERE o <> ALL (v_advances));
    PERFORM credits.post_advances(v_advances, NULL, true, p_now);
    v_done := ARRAY(
        SELECT v_due[r.ord]
        FROM credits.resolve_many(v_due, NULL, array_fill('interrupted'::text, ARRAY[cardinality(v_due)]), true, p_now) r
        WHERE r.done);
    RETURN QUERY
        SELECT h.operation, h.user_id, CASE WHEN NOT h.advance THEN coalesce(h.settled, 0) END
        FROM credits.holds h WHERE h.operation = ANY (v_done || v_advances) AND h.state <> 'held';
END $$;
