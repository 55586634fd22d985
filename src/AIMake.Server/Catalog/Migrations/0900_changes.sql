-- What administrators decide about models and providers while the server runs. Rows are only ever added: the newest of a name is
-- in force, the others are its history. Empty tables: takes no time.
CREATE SCHEMA catalog;

-- One row that every change raises, and whose number the change takes; nodes look at it every two seconds.
CREATE TABLE catalog.revision (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    revision bigint NOT NULL
);
INSERT INTO catalog.revision (revision) VALUES (1);

CREATE TABLE catalog.changes (
    revision bigint PRIMARY KEY,
    subject text NOT NULL CHECK (subject IN ('model', 'provider')),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    disabled boolean NOT NULL,
    -- Instead of the file's; null for the file's.
    prices jsonb CHECK (prices IS NULL OR (jsonb_typeof(prices) = 'array' AND subject = 'model')),
    changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX changes_by_name ON catalog.changes (subject, name, revision DESC);
