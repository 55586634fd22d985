-- Who may use this installation: users, their sessions with refresh tokens, the first admin's set-up link, failed sign-ins.
CREATE SCHEMA IF NOT EXISTS accounts;

CREATE TABLE accounts.users (
    id uuid PRIMARY KEY,
    username text NOT NULL CHECK (length(username) BETWEEN 3 AND 32 AND position('@' IN username) = 0),
    email text NOT NULL CHECK (length(email) BETWEEN 3 AND 254 AND position('@' IN email) > 1),
    password_hash text NOT NULL,
    role text NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'premium', 'admin')),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
    -- Access tokens carry the epoch they were issued under; raising it ends them all.
    security_epoch integer NOT NULL DEFAULT 1 CHECK (security_epoch > 0),
    first_name text CHECK (length(first_name) BETWEEN 1 AND 64),
    last_name text CHECK (length(last_name) BETWEEN 1 AND 64),
    avatar text CHECK (length(avatar) <= 2048 AND avatar LIKE 'https://%'),
    preferences jsonb NOT NULL CHECK (jsonb_typeof(preferences) = 'object'),
    agreement_version text NOT NULL,
    agreement_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    last_login_at timestamptz
);
CREATE UNIQUE INDEX users_username_key ON accounts.users (lower(username));
CREATE UNIQUE INDEX users_email_key ON accounts.users (lower(email));
CREATE INDEX users_admins ON accounts.users (id) WHERE role = 'admin';

-- One sign-in. Its id is also the family of the refresh tokens that continue it.
CREATE TABLE accounts.sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES accounts.users (id) ON DELETE CASCADE,
    address text NOT NULL CHECK (length(address) <= 64),
    user_agent text NOT NULL CHECK (length(user_agent) <= 120),
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    -- No refresh goes past this, however active the session is.
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    ended_at timestamptz,
    end_reason text CHECK (end_reason IN ('logout', 'revoked', 'password', 'reuse', 'disabled')),
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE INDEX sessions_by_user ON accounts.sessions (user_id, created_at DESC);

-- Only digests are kept: a copy of this table signs nobody in.
CREATE TABLE accounts.refresh_tokens (
    digest bytea PRIMARY KEY CHECK (length(digest) = 32),
    family uuid NOT NULL REFERENCES accounts.sessions (id) ON DELETE CASCADE,
    parent bytea,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    replaced_by bytea CHECK (length(replaced_by) = 32),
    CHECK ((used_at IS NULL) = (replaced_by IS NULL))
);
-- A token is replaced once: two children of one parent cannot exist, whatever the code does.
CREATE UNIQUE INDEX refresh_tokens_parent_key ON accounts.refresh_tokens (parent);
CREATE INDEX refresh_tokens_by_family ON accounts.refresh_tokens (family);

CREATE TABLE accounts.setup_links (
    digest bytea PRIMARY KEY CHECK (length(digest) = 32),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    used_by uuid,
    CHECK ((used_at IS NULL) = (used_by IS NULL))
);

-- Failed sign-ins, counted before the password is looked at; survives restarts. Keys are digests of account and address.
CREATE TABLE accounts.login_attempts (
    key bytea PRIMARY KEY CHECK (length(key) = 32),
    failures integer NOT NULL CHECK (failures >= 0),
    last_at timestamptz NOT NULL,
    blocked_until timestamptz NOT NULL
);
CREATE INDEX login_attempts_by_age ON accounts.login_attempts (last_at);
