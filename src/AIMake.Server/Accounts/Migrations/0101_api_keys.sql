-- Keys with which programs call this server. The key itself is not here: SHA-256 of it is enough for a secret nobody can guess.
CREATE TABLE accounts.api_keys (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES accounts.users (id) ON DELETE CASCADE,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    digest bytea NOT NULL CHECK (length(digest) = 32),
    last4 text NOT NULL CHECK (length(last4) = 4),
    scopes text[] NOT NULL CHECK (cardinality(scopes) BETWEEN 1 AND 20),
    -- Null: every model.
    models text[] CHECK (cardinality(models) BETWEEN 1 AND 100),
    expires_at timestamptz,
    -- Micro-credits per window.
    credit_limit bigint CHECK (credit_limit BETWEEN 0 AND 10000000000000000),
    credit_window text CHECK (credit_window IN ('day', 'week', 'month', 'total')),
    -- Requests a minute, and at once.
    rate_limit integer CHECK (rate_limit > 0),
    max_concurrency integer CHECK (max_concurrency > 0),
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at timestamptz,
    CHECK ((credit_limit IS NULL) = (credit_window IS NULL))
);
CREATE UNIQUE INDEX api_keys_digest_key ON accounts.api_keys (digest);
CREATE INDEX api_keys_by_user ON accounts.api_keys (user_id, created_at DESC, id DESC) WHERE revoked_at IS NULL;
