-- Users' own keys for providers. The key is in a box that only opens for this user, row, service and host.
CREATE TABLE accounts.provider_keys (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES accounts.users (id) ON DELETE CASCADE,
    service text NOT NULL CHECK (service ~ '^[a-z0-9-]{1,32}$'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    -- Null: the provider's own address.
    base_url text CHECK (length(base_url) BETWEEN 1 AND 2048),
    -- Host and port the key was entered for; the box is bound to it.
    host text NOT NULL CHECK (length(host) BETWEEN 1 AND 300),
    box bytea NOT NULL,
    -- How the key ends; empty for one too short to show any of.
    last4 text NOT NULL CHECK (length(last4) IN (0, 4)),
    -- refused: the provider said no, and is not asked again before somebody tests or replaces the key.
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled', 'refused')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    last_used_at timestamptz
);
CREATE INDEX provider_keys_by_user ON accounts.provider_keys (user_id, created_at DESC, id DESC);

-- Calls with a key, by UTC day.
CREATE TABLE accounts.provider_key_days (
    key_id uuid NOT NULL REFERENCES accounts.provider_keys (id) ON DELETE CASCADE,
    day date NOT NULL,
    calls bigint NOT NULL CHECK (calls > 0),
    PRIMARY KEY (key_id, day)
);
