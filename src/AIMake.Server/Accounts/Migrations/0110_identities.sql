-- Sign-in by others: whom a user is elsewhere, and the way there and back.

-- A user who only ever comes in through somebody else has no password.
ALTER TABLE accounts.users ALTER COLUMN password_hash DROP NOT NULL;

-- Issuer and subject are who somebody is there; names and addresses may change hands, and decide nothing.
CREATE TABLE accounts.identities (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES accounts.users (id) ON DELETE CASCADE,
    -- Name of the provider in the settings, e.g. github.
    provider text NOT NULL CHECK (length(provider) BETWEEN 1 AND 40),
    issuer text NOT NULL CHECK (length(issuer) BETWEEN 1 AND 255),
    subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    -- What the user knows it by: a name or an address there.
    label text CHECK (length(label) BETWEEN 1 AND 254),
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    CONSTRAINT identities_subject_key UNIQUE (issuer, subject)
);
CREATE INDEX identities_by_user ON accounts.identities (user_id, id);

-- Somebody was sent to a provider and may come back once. Only digests: the state is in the address, the other half in a cookie.
CREATE TABLE accounts.oauth_trips (
    state bytea PRIMARY KEY CHECK (length(state) = 32),
    browser bytea NOT NULL CHECK (length(browser) = 32),
    provider text NOT NULL CHECK (length(provider) BETWEEN 1 AND 40),
    return_to text NOT NULL CHECK (length(return_to) BETWEEN 1 AND 512 AND return_to LIKE '/%'),
    language text NOT NULL CHECK (length(language) <= 10),
    -- A signed-in user who links the identity to this account; null for somebody who signs in.
    user_id uuid REFERENCES accounts.users (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);
CREATE INDEX oauth_trips_by_age ON accounts.oauth_trips (expires_at);

-- Somebody proved who they are at a provider and has one thing left to prove here.
CREATE TABLE accounts.oauth_arrivals (
    digest bytea PRIMARY KEY CHECK (length(digest) = 32),
    -- link: sign in to the account that has the same address; code: the second factor.
    step text NOT NULL CHECK (step IN ('link', 'code')),
    user_id uuid NOT NULL REFERENCES accounts.users (id) ON DELETE CASCADE,
    provider text NOT NULL CHECK (length(provider) BETWEEN 1 AND 40),
    issuer text NOT NULL CHECK (length(issuer) BETWEEN 1 AND 255),
    subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    label text CHECK (length(label) BETWEEN 1 AND 254),
    return_to text NOT NULL CHECK (length(return_to) BETWEEN 1 AND 512 AND return_to LIKE '/%'),
    expires_at timestamptz NOT NULL
);
CREATE INDEX oauth_arrivals_by_age ON accounts.oauth_arrivals (expires_at);
