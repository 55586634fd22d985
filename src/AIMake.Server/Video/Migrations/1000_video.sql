-- What videos are beside their generation and their file: the order as its owner sees it, and the vendor's task behind it. Empty
-- table: takes no time.
CREATE SCHEMA video;

CREATE TABLE video.videos (
    user_id uuid NOT NULL,
    -- The generation's id, and the asset's once there is one.
    id uuid NOT NULL,
    model text NOT NULL,
    prompt text NOT NULL,
    seconds integer CHECK (seconds > 0),
    size text,
    own_key boolean NOT NULL,
    -- The first frame it was ordered with.
    frame_key text,
    -- The vendor's task, asked about with the key that began it.
    provider text,
    key_id uuid,
    task_id text,
    -- none: not ordered, or nobody knows · open: it may be making, or waiting to be fetched · over: nobody will ask again.
    task_state text NOT NULL DEFAULT 'none' CHECK (task_state IN ('none', 'open', 'over')),
    -- The API key of ours it was ordered under, for what it cost.
    api_key_id uuid,
    -- Micro-USD the vendor takes for it, as far as was known when it was ordered.
    cost bigint CHECK (cost >= 0),
    -- A still of the finished video.
    still_key text,
    still_bytes bigint CHECK (still_bytes > 0),
    still_sha256 text CHECK (still_sha256 ~ '^[0-9a-f]{64}$'),
    created_at timestamptz NOT NULL DEFAULT now(),
    -- Taken off the owner's list; only for what made no video, whose place is otherwise the bin.
    removed_at timestamptz,
    PRIMARY KEY (user_id, id),
    CONSTRAINT task_is_whole CHECK ((task_id IS NULL) = (provider IS NULL)),
    CONSTRAINT open_has_task CHECK (task_state <> 'open' OR task_id IS NOT NULL),
    CONSTRAINT still_is_whole CHECK ((still_key IS NULL) = (still_bytes IS NULL) AND (still_key IS NULL) = (still_sha256 IS NULL))
);

CREATE INDEX videos_of_user ON video.videos (user_id, created_at DESC, id DESC) WHERE removed_at IS NULL;
CREATE INDEX videos_of_task ON video.videos (task_id) WHERE task_id IS NOT NULL;
CREATE INDEX videos_open ON video.videos (created_at) WHERE task_state = 'open';
CREATE INDEX videos_by_frame ON video.videos (frame_key) WHERE frame_key IS NOT NULL;
CREATE INDEX videos_by_still ON video.videos (still_key) WHERE still_key IS NOT NULL;
