-- Mails that are to go out, written with what causes them. A mail may carry a link that opens an account, so it is sealed, and gone once it is sent.
CREATE TABLE platform.mails (
    id uuid PRIMARY KEY,
    -- Whose mail it is; it goes with them. Null: nobody's here any more.
    user_id uuid,
    box bytea NOT NULL,
    -- kept: there is no mail server, and a developer reads it here.
    state text NOT NULL CHECK (state IN ('queued', 'kept')),
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    created_at timestamptz NOT NULL,
    -- Not before; while a worker is at it, when another one may take it over.
    due_at timestamptz NOT NULL
);
CREATE INDEX mails_due ON platform.mails (due_at) WHERE state = 'queued';
CREATE INDEX mails_by_user ON platform.mails (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX mails_by_age ON platform.mails (created_at DESC, id DESC);
