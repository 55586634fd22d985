-- Everything made, one row a piece, whatever its kind. Empty tables: takes no time.
CREATE SCHEMA library;

CREATE TABLE library.assets (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    -- Goes up when the content is replaced by an edit.
    version integer NOT NULL DEFAULT 1 CHECK (version >= 1),
    kind text NOT NULL CHECK (kind ~ '^[a-z]{1,20}$'),
    title text NOT NULL CHECK (char_length(title) BETWEEN 1 AND 200),
    tags text[] NOT NULL DEFAULT '{}' CHECK (cardinality(tags) <= 20 AND array_position(tags, NULL) IS NULL),
    mime_type text NOT NULL,
    bytes bigint NOT NULL CHECK (bytes > 0),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    file_key text NOT NULL UNIQUE,
    duration_ms bigint CHECK (duration_ms >= 0),
    width integer CHECK (width > 0),
    height integer CHECK (height > 0),
    -- Loudness over time for the player, one byte a bar.
    peaks bytea,
    -- What the product wants to show in lists beside the above.
    details jsonb NOT NULL DEFAULT '{}',
    generation_id uuid NOT NULL,
    credits bigint NOT NULL CHECK (credits >= 0),
    -- Beginning of the content, for searching; the title and tags are added when looking.
    excerpt text NOT NULL DEFAULT '',
    -- What is looked in: compatibility forms unified, lower case.
    search text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (user_id, id)
);

CREATE INDEX assets_by_age ON library.assets (user_id, created_at DESC, id DESC);
CREATE INDEX assets_by_generation ON library.assets (user_id, generation_id);
CREATE INDEX assets_to_purge ON library.assets (deleted_at) WHERE deleted_at IS NOT NULL;
