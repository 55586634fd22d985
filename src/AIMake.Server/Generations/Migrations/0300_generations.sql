-- The life of paid work. docs/states/generation.md draws it; the CHECKs below refuse what is not in the drawing.
CREATE SCHEMA generations;

CREATE TABLE generations.generations (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    status text NOT NULL CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'canceled')),
    model text NOT NULL,
    provider text NOT NULL,
    -- The product's order, as its handler reads it again after a crash.
    request jsonb NOT NULL,
    -- What a snoozing handler saved, e.g. the provider's task id.
    state jsonb,
    quote jsonb NOT NULL,
    receipt jsonb,
    -- Micro-credits: the most it may cost, and what it did cost.
    ceiling bigint NOT NULL CHECK (ceiling >= 0),
    credits bigint NOT NULL DEFAULT 0 CHECK (credits >= 0 AND credits <= ceiling),
    provider_cost bigint CHECK (provider_cost >= 0),
    progress real NOT NULL DEFAULT 0 CHECK (progress >= 0 AND progress <= 1),
    stage text NOT NULL DEFAULT 'queued',
    -- Claims so far: every write of a worker names the epoch it was given.
    epoch integer NOT NULL DEFAULT 0,
    -- Runs that count against the limit; snoozes and hand-backs do not.
    attempt integer NOT NULL DEFAULT 0,
    worker integer,
    -- The client's own connection carries the result: nobody else can take it over.
    inline boolean NOT NULL DEFAULT false,
    -- Micro-credits delivered so far by inline work; charged if its server dies.
    checkpoint bigint NOT NULL DEFAULT 0 CHECK (checkpoint >= 0 AND checkpoint <= ceiling),
    cancel_requested boolean NOT NULL DEFAULT false,
    due_at timestamptz NOT NULL DEFAULT now(),
    -- Order among what is due: the time of birth, pushed back for users who have much waiting already.
    turn timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz,
    error_code text,
    error_args jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,
    PRIMARY KEY (user_id, id),
    CONSTRAINT running_has_lease CHECK ((status = 'running') = (lease_until IS NOT NULL AND worker IS NOT NULL)),
    CONSTRAINT ended_has_time CHECK ((status IN ('succeeded', 'failed', 'canceled')) = (finished_at IS NOT NULL)),
    CONSTRAINT failed_has_code CHECK ((status = 'failed') = (error_code IS NOT NULL)),
    CONSTRAINT succeeded_has_receipt CHECK (status <> 'succeeded' OR receipt IS NOT NULL),
    CONSTRAINT only_results_cost CHECK (credits = 0 OR status = 'succeeded' OR inline)
) WITH (fillfactor = 80);

CREATE INDEX generations_due ON generations.generations (turn, id, due_at) WHERE status = 'queued';
CREATE INDEX generations_leased ON generations.generations (lease_until) WHERE status = 'running';
CREATE INDEX generations_active ON generations.generations (user_id) WHERE status IN ('queued', 'running');
CREATE INDEX generations_of_user ON generations.generations (user_id, created_at DESC, id DESC);

-- Steps whose effects are recorded: a later run skips them.
CREATE TABLE generations.steps (
    user_id uuid NOT NULL,
    generation_id uuid NOT NULL,
    step text NOT NULL,
    result jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, generation_id, step),
    FOREIGN KEY (user_id, generation_id) REFERENCES generations.generations (user_id, id) ON DELETE CASCADE
);

-- Every transition, once: the timeline people read and the stream that Last-Event-ID resumes.
CREATE TABLE generations.events (
    user_id uuid NOT NULL,
    generation_id uuid NOT NULL,
    seq bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    status text NOT NULL,
    stage text NOT NULL,
    detail text,
    PRIMARY KEY (user_id, generation_id, seq),
    FOREIGN KEY (user_id, generation_id) REFERENCES generations.generations (user_id, id) ON DELETE CASCADE
);
CREATE INDEX events_of_user ON generations.events (user_id, seq);
