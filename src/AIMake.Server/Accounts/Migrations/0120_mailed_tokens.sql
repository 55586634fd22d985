-- Proved addresses, and the links that prove them or replace a lost password.
ALTER TABLE accounts.users
    -- When the present address was last proved; null: never.
    ADD COLUMN email_verified_at timestamptz,
    -- An address asked for and not yet confirmed.
    ADD COLUMN pending_email text CHECK (length(pending_email) BETWEEN 3 AND 254 AND position('@' IN pending_email) > 1);

-- Only digests are kept. A token is for the address it was mailed to: when that is no longer the user's, it opens nothing.
CREATE TABLE accounts.mailed_tokens (
    digest bytea PRIMARY KEY CHECK (length(digest) = 32),
    user_id uuid NOT NULL REFERENCES accounts.users (id) ON DELETE CASCADE,
    purpose text NOT NULL CHECK (purpose IN ('verify', 'change', 'reset')),
    email text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    used_at timestamptz
);
CREATE INDEX mailed_tokens_by_user ON accounts.mailed_tokens (user_id, purpose, created_at DESC);
CREATE INDEX mailed_tokens_by_age ON accounts.mailed_tokens (expires_at);
