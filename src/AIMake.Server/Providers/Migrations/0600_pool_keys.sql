-- Keys an operator adds to a provider's pool while the server runs, and what happened to keys. Empty tables: takes no time.
CREATE SCHEMA providers;

CREATE TABLE providers.pool_keys (
    id uuid PRIMARY KEY,
    provider text NOT NULL CHECK (provider ~ '^[a-z0-9-]{1,32}$'),
    -- Host and port the key may be sent to; the box is bound to it.
    host text NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    -- The half of a pair that is no secret; empty for a single key.
    secret_id text NOT NULL,
    box bytea NOT NULL,
    prefix text NOT NULL CHECK (length(prefix) <= 6),
    last4 text NOT NULL CHECK (length(last4) <= 4),
    weight integer NOT NULL CHECK (weight BETWEEN 1 AND 1000),
    disabled boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX pool_keys_by_provider ON providers.pool_keys (provider, id);

-- One row that every change of the pool raises; nodes look at it every two seconds.
CREATE TABLE providers.pool_revision (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    revision bigint NOT NULL
);
INSERT INTO providers.pool_revision (revision) VALUES (1);

CREATE TABLE providers.key_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    provider text NOT NULL,
    key_id uuid NOT NULL,
    what text NOT NULL CHECK (what IN ('throttled', 'out_of_quota', 'unauthorized', 'opened', 'closed', 'recovered', 'added', 'removed')),
    detail text
);
CREATE INDEX key_events_by_provider ON providers.key_events (provider, id);
CREATE INDEX key_events_by_time ON providers.key_events (at);
