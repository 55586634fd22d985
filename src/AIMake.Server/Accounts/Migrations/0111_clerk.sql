-- What Clerk says of its users, and which of its notices were heard.

CREATE TABLE accounts.clerk_users (
    subject text PRIMARY KEY CHECK (length(subject) BETWEEN 1 AND 255),
    -- Milliseconds, as Clerk counts: notices come in any order, and an older one changes nothing.
    updated_at bigint NOT NULL CHECK (updated_at >= 0),
    banned boolean NOT NULL DEFAULT false,
    -- A late notice does not bring back who was deleted.
    deleted_at timestamptz
);

CREATE TABLE accounts.clerk_events (
    id text PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 255),
    type text NOT NULL CHECK (length(type) BETWEEN 1 AND 100),
    received_at timestamptz NOT NULL
);
CREATE INDEX clerk_events_by_age ON accounts.clerk_events (received_at);
