-- Calls under /v1 that carry an Idempotency-Key, and what they were answered. The key itself is claimed in platform.
CREATE SCHEMA gateway;

CREATE TABLE gateway.answers (
    user_id uuid NOT NULL,
    -- What the key names.
    id uuid NOT NULL,
    -- Raised by whoever takes a dead server's call over; every write names it.
    epoch integer NOT NULL DEFAULT 1,
    -- running: nothing has been delivered. spent: bytes have gone out that were not kept. kept: the whole answer is here.
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'spent', 'kept')),
    -- Renewed while its server lives; null once the call has ended.
    lease_until timestamptz,
    content_type text,
    provider text,
    -- Micro-credits it was charged.
    credits bigint CHECK (credits >= 0),
    body bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, id),
    CONSTRAINT running_has_lease CHECK (state <> 'running' OR lease_until IS NOT NULL),
    CONSTRAINT kept_is_whole CHECK ((state = 'kept') = (body IS NOT NULL AND content_type IS NOT NULL AND provider IS NOT NULL AND credits IS NOT NULL)),
    CONSTRAINT kept_has_ended CHECK (state <> 'kept' OR lease_until IS NULL)
);
CREATE INDEX answers_by_age ON gateway.answers (created_at);
-- Sound and pictures do not shrink; do not try.
ALTER TABLE gateway.answers ALTER COLUMN body SET STORAGE EXTERNAL;
