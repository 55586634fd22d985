-- Sound that was spoken once and is used again, and what makes an audio editable. Empty tables: takes no time.
CREATE SCHEMA speech;

-- A file of raw samples (16-bit little-endian mono), many segments one after the other.
CREATE TABLE speech.packs (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    file_key text NOT NULL UNIQUE,
    bytes bigint NOT NULL CHECK (bytes > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, id)
);
CREATE INDEX packs_by_use ON speech.packs (used_at);

CREATE TABLE speech.segments (
    user_id uuid NOT NULL,
    digest bytea NOT NULL CHECK (length(digest) = 32),
    pack_id uuid NOT NULL,
    position bigint NOT NULL CHECK (position >= 0 AND position % 2 = 0),
    samples integer NOT NULL CHECK (samples >= 0),
    sample_rate integer NOT NULL CHECK (sample_rate BETWEEN 8000 AND 192000),
    -- Spoken is not yet paid: work that fails is not charged, and what it spoke must not be free the next time.
    paid boolean NOT NULL DEFAULT false,
    PRIMARY KEY (user_id, digest),
    FOREIGN KEY (user_id, pack_id) REFERENCES speech.packs (user_id, id) ON DELETE CASCADE
);
CREATE INDEX segments_by_pack ON speech.segments (user_id, pack_id);

-- What an audio of the library says, and when. The same id as the asset.
CREATE TABLE speech.audios (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    text text NOT NULL,
    voice_id text NOT NULL,
    speed numeric(3, 2) NOT NULL CHECK (speed BETWEEN 0.5 AND 2),
    format text NOT NULL,
    -- One entry a segment: [start ms, end ms, first character, end character] in UTF-16 units of text.
    timeline jsonb NOT NULL,
    -- Packs it was made from; they are kept as long as it is.
    packs uuid[] NOT NULL,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX audios_by_pack ON speech.audios USING gin (packs);
