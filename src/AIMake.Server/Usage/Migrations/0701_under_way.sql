-- What calls that last have come to so far, beside the ledger's checkpoints: should their server die, whoever ends their holds makes
-- their events from it. A call that ends as it should takes its row away. "at" is when it was last brought up to date.
CREATE TABLE usage.under_way (
    operation uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    model text NOT NULL,
    provider text NOT NULL,
    source text NOT NULL,
    own_key boolean NOT NULL,
    api_key_id uuid,
    input_tokens bigint NOT NULL,
    cached_tokens bigint NOT NULL,
    output_tokens bigint NOT NULL,
    characters bigint NOT NULL,
    millis bigint NOT NULL,
    pieces bigint NOT NULL,
    cost bigint,
    duration_ms bigint NOT NULL
) WITH (fillfactor = 50);
