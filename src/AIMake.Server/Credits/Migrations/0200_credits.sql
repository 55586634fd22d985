-- The ledger. Amounts are micro-credits (1 credit = 1,000,000). Only the functions of 0201 write here.
CREATE SCHEMA credits;

-- The sum of a hold's parts, for its CHECK. PL/pgSQL because a loop over one or two elements beats an aggregate.
CREATE FUNCTION credits.total(p_parts bigint[]) RETURNS bigint LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    v_part bigint;
    v_sum bigint := 0;
BEGIN
    FOREACH v_part IN ARRAY p_parts LOOP
        IF v_part <= 0 THEN
            RETURN NULL;
        END IF;
        v_sum := v_sum + v_part;
    END LOOP;
    RETURN v_sum;
END $$;

-- Start of a period: counted from the anchor itself, so that the 31st comes back after a short month. UTC, half-open.
CREATE FUNCTION credits.period_start(p_anchor timestamptz, p_period integer) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (p_anchor AT TIME ZONE 'UTC' + make_interval(months => p_period)) AT TIME ZONE 'UTC'
$$;

-- One row per user: locked first by everything that moves money, and a projection of entries and holds.
CREATE TABLE credits.accounts (
    user_id uuid PRIMARY KEY,
    plan text NOT NULL CHECK (length(plan) BETWEEN 1 AND 40),
    -- What the start of each period brings.
    allowance bigint NOT NULL CHECK (allowance BETWEEN 0 AND 10000000000000000),
    -- When the account was opened; periods are whole months from here.
    anchor timestamptz NOT NULL,
    period integer NOT NULL CHECK (period >= 0),
    period_ends timestamptz NOT NULL CHECK (period_ends > anchor),
    -- The next moment at which time alone changes the balance: the period's end or a lot's expiry, whichever is first.
    due_at timestamptz NOT NULL CHECK (due_at <= period_ends),
    -- In open lots and not reserved; in open lots and reserved; owed after a claw-back found too little.
    available bigint NOT NULL DEFAULT 0 CHECK (available >= 0),
    held bigint NOT NULL DEFAULT 0 CHECK (held >= 0),
    debt bigint NOT NULL DEFAULT 0 CHECK (debt >= 0)
) WITH (fillfactor = 50);
CREATE INDEX accounts_due ON credits.accounts (due_at);

-- Credits given at one time for one reason: a lot. Everything but the four figures is immutable.
CREATE TABLE credits.grants (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES credits.accounts (user_id),
    source text NOT NULL CHECK (source IN ('plan', 'pack', 'promotion', 'adjustment', 'refund')),
    -- The fact that caused it. Known already: the same fact, nothing is granted.
    source_key text NOT NULL UNIQUE CHECK (length(source_key) BETWEEN 1 AND 300),
    note text NOT NULL CHECK (length(note) <= 500),
    priority smallint NOT NULL CHECK (priority BETWEEN 0 AND 100),
    granted bigint NOT NULL CHECK (granted BETWEEN 1 AND 10000000000000000),
    remaining bigint NOT NULL,
    held bigint NOT NULL DEFAULT 0,
    spent bigint NOT NULL DEFAULT 0,
    effective_at timestamptz NOT NULL,
    expires_at timestamptz CHECK (expires_at > effective_at),
    created_at timestamptz NOT NULL,
    -- Set with the last credit: an empty lot stays empty.
    closed_at timestamptz,
    CONSTRAINT grants_bounds CHECK (0 <= held AND held <= remaining AND spent >= 0 AND remaining + spent <= granted),
    CONSTRAINT grants_closed_when_empty CHECK ((remaining = 0) = (closed_at IS NOT NULL))
) WITH (fillfactor = 50);
CREATE INDEX grants_of_user ON credits.grants (user_id, closed_at);

-- Credits set aside for one operation. The lots it draws on are part of the row, so that "fully backed" is a constraint.
CREATE TABLE credits.holds (
    operation uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    state text NOT NULL DEFAULT 'held',
    amount bigint NOT NULL CHECK (amount >= 0),
    -- Delivered so far, as last reported by the owner: what the sweeper charges when the owner is gone.
    checkpoint bigint NOT NULL DEFAULT 0,
    settled bigint,
    -- Lots in burn order and what is reserved from each.
    lots uuid[] NOT NULL,
    reserved bigint[] NOT NULL,
    -- Null: the owner's own row decides when to give up, and no sweeper touches the hold.
    lease_until timestamptz,
    created_at timestamptz NOT NULL,
    resolved_at timestamptz,
    CONSTRAINT holds_state CHECK (CASE state
        WHEN 'held' THEN settled IS NULL AND resolved_at IS NULL
        WHEN 'settled' THEN settled IS NOT NULL AND resolved_at IS NOT NULL AND lease_until IS NULL
        WHEN 'voided' THEN settled IS NULL AND resolved_at IS NOT NULL AND lease_until IS NULL
        ELSE false END),
    CONSTRAINT holds_charge CHECK (settled BETWEEN 0 AND amount),
    CONSTRAINT holds_checkpoint CHECK (checkpoint BETWEEN 0 AND amount),
    CONSTRAINT holds_backed CHECK (cardinality(lots) = cardinality(reserved) AND credits.total(reserved) IS NOT DISTINCT FROM amount)
) WITH (fillfactor = 70);
-- Not "WHERE state = 'held'": then every settlement would touch every index of the table.
CREATE INDEX holds_leased ON credits.holds (lease_until) WHERE lease_until IS NOT NULL;

-- The book: one row moves an amount between two accounts, so that its two legs sum to zero by construction.
--   grant     issued → wallet        spend   wallet → spent        expire  wallet → expired
--   withdraw  wallet → withdrawn     owe     debt → withdrawn      repay   wallet → debt
CREATE TABLE credits.entries (
    user_id uuid NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    operation uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('grant', 'spend', 'expire', 'withdraw', 'owe', 'repay')),
    grant_id uuid,
    amount bigint NOT NULL CHECK (amount > 0),
    note text NOT NULL CHECK (length(note) <= 500),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, id),
    CONSTRAINT entries_once UNIQUE NULLS NOT DISTINCT (operation, kind, grant_id),
    CONSTRAINT entries_lot CHECK ((grant_id IS NULL) = (kind = 'owe'))
);

-- The same book as signed legs.
CREATE VIEW credits.legs AS
SELECT e.id, e.user_id, e.operation, e.kind, leg.account, CASE WHEN leg.account = 'wallet' THEN e.grant_id END AS grant_id, leg.delta
FROM credits.entries e
CROSS JOIN LATERAL (VALUES
    (CASE e.kind WHEN 'grant' THEN 'issued' WHEN 'owe' THEN 'debt' ELSE 'wallet' END, -e.amount),
    (CASE e.kind WHEN 'grant' THEN 'wallet' WHEN 'spend' THEN 'spent' WHEN 'expire' THEN 'expired' WHEN 'repay' THEN 'debt' ELSE 'withdrawn' END, e.amount)
) AS leg (account, delta);

-- What is written stays written.
CREATE FUNCTION credits.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'credits.% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON credits.entries FOR EACH STATEMENT EXECUTE FUNCTION credits.refuse();
CREATE TRIGGER holds_stay BEFORE DELETE OR TRUNCATE ON credits.holds FOR EACH STATEMENT EXECUTE FUNCTION credits.refuse();
CREATE TRIGGER grants_stay BEFORE DELETE OR TRUNCATE ON credits.grants FOR EACH STATEMENT EXECUTE FUNCTION credits.refuse();
CREATE TRIGGER accounts_stay BEFORE DELETE OR TRUNCATE ON credits.accounts FOR EACH STATEMENT EXECUTE FUNCTION credits.refuse();
-- A hold that has ended is history; an open one keeps its terms.
CREATE TRIGGER holds_end_once BEFORE UPDATE ON credits.holds FOR EACH ROW
    WHEN (OLD.state <> 'held' OR NEW.amount <> OLD.amount OR NEW.user_id <> OLD.user_id OR NEW.operation <> OLD.operation)
    EXECUTE FUNCTION credits.refuse();
CREATE TRIGGER grants_keep_terms BEFORE UPDATE ON credits.grants FOR EACH ROW
    WHEN (NEW.granted <> OLD.granted OR NEW.user_id <> OLD.user_id OR NEW.priority <> OLD.priority OR NEW.source_key <> OLD.source_key
        OR NEW.expires_at IS DISTINCT FROM OLD.expires_at OR NEW.remaining > OLD.remaining OR NEW.spent < OLD.spent)
    EXECUTE FUNCTION credits.refuse();
