-- A second factor: a code that changes every half minute (RFC 6238), and codes for the day the phone is lost.
CREATE TABLE accounts.totp (
    user_id uuid PRIMARY KEY REFERENCES accounts.users (id) ON DELETE CASCADE,
    -- The secret, in a box that opens for this user only.
    box bytea NOT NULL,
    created_at timestamptz NOT NULL,
    -- Null: shown to the user, and not asked for until they have shown that their app has it.
    confirmed_at timestamptz,
    -- Half minutes since 1970; a code of this one or an earlier one opens nothing any more.
    last_step bigint NOT NULL DEFAULT 0 CHECK (last_step >= 0)
);

-- Eighty random bits each, so that a digest is enough. One works once.
CREATE TABLE accounts.recovery_codes (
    user_id uuid NOT NULL REFERENCES accounts.totp (user_id) ON DELETE CASCADE,
    digest bytea NOT NULL CHECK (length(digest) = 32),
    used_at timestamptz,
    PRIMARY KEY (user_id, digest)
);
