-- Who did what. Rows are only added: the table itself refuses the rest, whatever the program does.
CREATE SCHEMA IF NOT EXISTS operations;

CREATE TABLE operations.audit (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    action text NOT NULL CHECK (action ~ '^[a-z][a-z0-9_]*\.[a-z0-9_]+$' AND length(action) <= 64),
    -- Null: nobody who was signed in, or the server itself.
    actor uuid,
    subject_kind text NOT NULL CHECK (subject_kind ~ '^[a-z][a-z0-9_]{0,31}$'),
    subject_id text NOT NULL CHECK (length(subject_id) BETWEEN 1 AND 200),
    -- Forgotten when its user leaves, and after a year: the only change a row can see.
    address text CHECK (length(address) <= 64),
    request_id text CHECK (length(request_id) <= 64),
    detail jsonb NOT NULL CHECK (jsonb_typeof(detail) = 'object' AND length(detail::text) <= 4000)
);
CREATE INDEX audit_by_time ON operations.audit (at DESC, id DESC);
CREATE INDEX audit_by_actor ON operations.audit (actor, at DESC, id DESC) WHERE actor IS NOT NULL;
CREATE INDEX audit_by_subject ON operations.audit (subject_id, at DESC, id DESC);
CREATE INDEX audit_with_address ON operations.audit (at) WHERE address IS NOT NULL;

CREATE FUNCTION operations.keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.address IS NULL
        AND (NEW.id, NEW.at, NEW.action, NEW.subject_kind, NEW.subject_id, NEW.detail) = (OLD.id, OLD.at, OLD.action, OLD.subject_kind, OLD.subject_id, OLD.detail)
        AND NEW.actor IS NOT DISTINCT FROM OLD.actor AND NEW.request_id IS NOT DISTINCT FROM OLD.request_id THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'operations.audit is only added to' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE ON operations.audit FOR EACH ROW EXECUTE FUNCTION operations.keep_audit();
CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON operations.audit FOR EACH STATEMENT EXECUTE FUNCTION operations.keep_audit();
