-- Real money: what was ordered, what was paid, what providers told. Amounts are whole minor units with their currency; credits are
-- micro-credits. Who paid is an id only, so that the books stay when an account goes.
CREATE SCHEMA payments;

-- One purchase, made before the provider is asked; its id travels there and comes back.
CREATE TABLE payments.orders (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('package', 'plan')),
    item text NOT NULL CHECK (length(item) BETWEEN 1 AND 40),
    amount bigint NOT NULL CHECK (amount BETWEEN 1 AND 99999999),
    currency text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
    credits bigint NOT NULL CHECK (credits BETWEEN 1 AND 10000000000000000),
    provider text NOT NULL CHECK (provider ~ '^[a-z]{2,20}$'),
    -- How it is sold: 'checkout' by a page opened for this order, 'simple' by a link that knows nothing of it.
    way text NOT NULL DEFAULT 'checkout' CHECK (way IN ('checkout', 'simple')),
    state text NOT NULL DEFAULT 'created',
    checkout_id text CHECK (length(checkout_id) BETWEEN 1 AND 255),
    checkout_url text CHECK (length(checkout_url) <= 4000),
    customer_id text CHECK (length(customer_id) BETWEEN 1 AND 255),
    subscription_id text CHECK (length(subscription_id) BETWEEN 1 AND 255),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    paid_at timestamptz,
    CONSTRAINT orders_state CHECK (CASE state
        WHEN 'created' THEN paid_at IS NULL AND checkout_id IS NULL
        WHEN 'pending' THEN paid_at IS NULL
        WHEN 'awaiting' THEN paid_at IS NULL
        WHEN 'failed' THEN paid_at IS NULL
        WHEN 'expired' THEN paid_at IS NULL
        WHEN 'canceled' THEN paid_at IS NULL
        WHEN 'paid' THEN paid_at IS NOT NULL
        WHEN 'partly_refunded' THEN paid_at IS NOT NULL
        WHEN 'refunded' THEN paid_at IS NOT NULL
        WHEN 'disputed' THEN paid_at IS NOT NULL
        WHEN 'charged_back' THEN paid_at IS NOT NULL
        ELSE false END),
    CONSTRAINT orders_plan_only CHECK (subscription_id IS NULL OR kind = 'plan'),
    CONSTRAINT orders_checkout UNIQUE (provider, checkout_id),
    CONSTRAINT orders_subscription UNIQUE (provider, subscription_id)
);
CREATE INDEX orders_of_user ON payments.orders (user_id, id DESC);
CREATE INDEX orders_unpaid ON payments.orders (provider, created_at) WHERE paid_at IS NULL;

-- Money that came: one for a package, one for each period of a plan. The credits follow it in the same transaction.
CREATE TABLE payments.payments (
    id uuid PRIMARY KEY,
    -- Null for the later periods of a plan.
    order_id uuid REFERENCES payments.orders (id),
    user_id uuid NOT NULL,
    provider text NOT NULL,
    -- The fact in the provider's words, e.g. stripe:invoice:in_1; the grant carries the same key.
    reference text NOT NULL UNIQUE CHECK (length(reference) BETWEEN 3 AND 300),
    -- What refunds and disputes name.
    payment_id text CHECK (length(payment_id) BETWEEN 1 AND 255),
    subscription_id text CHECK (length(subscription_id) BETWEEN 1 AND 255),
    item text NOT NULL,
    amount bigint NOT NULL CHECK (amount >= 0),
    currency text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
    credits bigint NOT NULL CHECK (credits >= 0),
    -- Cumulative, and as of when the provider said so.
    refunded bigint NOT NULL DEFAULT 0,
    refunded_as_of timestamptz,
    disputed bigint NOT NULL DEFAULT 0,
    -- Credits taken back for both; moves counts how often, and names the ledger's entries.
    clawed bigint NOT NULL DEFAULT 0,
    moves integer NOT NULL DEFAULT 0 CHECK (moves >= 0),
    paid_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT payments_refunded CHECK (refunded BETWEEN 0 AND amount),
    CONSTRAINT payments_disputed CHECK (disputed BETWEEN 0 AND amount),
    CONSTRAINT payments_clawed CHECK (clawed BETWEEN 0 AND credits),
    CONSTRAINT payments_payment UNIQUE (provider, payment_id)
);
CREATE UNIQUE INDEX payments_once_for_order ON payments.payments (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX payments_of_user ON payments.payments (user_id, id DESC);
CREATE INDEX payments_of_subscription ON payments.payments (provider, subscription_id);
CREATE INDEX payments_by_day ON payments.payments (paid_at);

-- Every movement of a payment's money, so that a day's sums can be told: payment +, refund −, its return +, dispute −, won +.
CREATE TABLE payments.movements (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payment_id uuid NOT NULL REFERENCES payments.payments (id),
    user_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('payment', 'refund', 'dispute')),
    -- Signed: what came is above zero.
    amount bigint NOT NULL,
    currency text NOT NULL,
    credits bigint NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX movements_by_day ON payments.movements (at);
CREATE INDEX movements_of_payment ON payments.movements (payment_id);
CREATE INDEX movements_of_user ON payments.movements (user_id, at);
CREATE FUNCTION payments.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'payments.% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER movements_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payments.movements FOR EACH STATEMENT EXECUTE FUNCTION payments.refuse();
CREATE TRIGGER orders_stay BEFORE DELETE OR TRUNCATE ON payments.orders FOR EACH STATEMENT EXECUTE FUNCTION payments.refuse();
CREATE TRIGGER payments_stay BEFORE DELETE OR TRUNCATE ON payments.payments FOR EACH STATEMENT EXECUTE FUNCTION payments.refuse();
CREATE TRIGGER orders_keep_terms BEFORE UPDATE ON payments.orders FOR EACH ROW
    WHEN (NEW.user_id <> OLD.user_id OR NEW.item <> OLD.item OR NEW.amount <> OLD.amount OR NEW.currency <> OLD.currency
        OR NEW.credits <> OLD.credits OR NEW.provider <> OLD.provider OR (OLD.paid_at IS NOT NULL AND NEW.paid_at IS DISTINCT FROM OLD.paid_at))
    EXECUTE FUNCTION payments.refuse();

-- Refunds asked for here. What becomes of one is told by the provider and counted in payments.refunded.
CREATE TABLE payments.refunds (
    id uuid PRIMARY KEY,
    payment_id uuid NOT NULL REFERENCES payments.payments (id),
    amount bigint NOT NULL CHECK (amount > 0),
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    asked_by uuid NOT NULL,
    -- asked: not answered yet, ask again with the same id.
    state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'accepted', 'refused')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX refunds_of_payment ON payments.refunds (payment_id);

CREATE TABLE payments.disputes (
    provider text NOT NULL,
    dispute_id text NOT NULL CHECK (length(dispute_id) BETWEEN 1 AND 255),
    payment_id uuid NOT NULL REFERENCES payments.payments (id),
    amount bigint NOT NULL CHECK (amount >= 0),
    -- inquiry: no money has moved. won and lost are final.
    state text NOT NULL CHECK (state IN ('inquiry', 'open', 'won', 'lost')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (provider, dispute_id)
);
CREATE INDEX disputes_of_payment ON payments.disputes (payment_id);

-- Who we are to each provider.
CREATE TABLE payments.customers (
    user_id uuid NOT NULL,
    provider text NOT NULL,
    customer_id text NOT NULL CHECK (length(customer_id) BETWEEN 1 AND 255),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, provider),
    UNIQUE (provider, customer_id)
);

-- What the provider says of a subscription, newest word.
CREATE TABLE payments.subscriptions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    plan text NOT NULL CHECK (length(plan) BETWEEN 1 AND 40),
    provider text NOT NULL,
    subscription_id text NOT NULL CHECK (length(subscription_id) BETWEEN 1 AND 255),
    customer_id text,
    -- The provider's line within it and what is sold there: needed to change it.
    item_id text,
    price_id text,
    status text NOT NULL CHECK (status IN ('incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'paused', 'canceled', 'expired')),
    period_start timestamptz,
    period_end timestamptz,
    -- When it will end, once somebody has canceled it.
    ends_at timestamptz,
    ended_at timestamptz,
    -- Since when a payment is overdue; the plan is kept for the days of grace.
    overdue_since timestamptz,
    -- The provider's time of this word: an older one changes nothing.
    as_of timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT subscriptions_period CHECK (period_end > period_start),
    CONSTRAINT subscriptions_ended CHECK ((status IN ('canceled', 'expired')) = (ended_at IS NOT NULL)),
    UNIQUE (provider, subscription_id)
);
CREATE INDEX subscriptions_of_user ON payments.subscriptions (user_id, created_at DESC);

-- Every event a provider sent, once, for ever, with its body as it came.
CREATE TABLE payments.inbox (
    id uuid PRIMARY KEY,
    provider text NOT NULL,
    event_id text NOT NULL CHECK (length(event_id) BETWEEN 1 AND 255),
    type text NOT NULL CHECK (length(type) <= 200),
    body bytea NOT NULL,
    event_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    -- applied: took effect (or had already); nothing: not about money; refused: it contradicts the order, for a person.
    outcome text CHECK (outcome IN ('applied', 'nothing', 'refused')),
    processed_at timestamptz,
    -- Why it was refused, or what it waits for.
    error text CHECK (length(error) <= 500),
    waits_for text CHECK (length(waits_for) <= 300),
    next_attempt_at timestamptz,
    user_id uuid,
    order_id uuid,
    CONSTRAINT inbox_event UNIQUE (provider, event_id),
    CONSTRAINT inbox_processed CHECK ((processed_at IS NULL) = (outcome IS NULL)),
    CONSTRAINT inbox_waiting CHECK (processed_at IS NULL OR next_attempt_at IS NULL)
);
CREATE INDEX inbox_due ON payments.inbox (next_attempt_at) WHERE processed_at IS NULL;
CREATE INDEX inbox_waits ON payments.inbox (provider, waits_for) WHERE processed_at IS NULL;
CREATE INDEX inbox_refused ON payments.inbox (id) WHERE outcome = 'refused';
CREATE INDEX inbox_of_order ON payments.inbox (order_id) WHERE order_id IS NOT NULL;

-- Money as each provider's own books have it, read by the nightly comparison.
CREATE TABLE payments.provider_payments (
    provider text NOT NULL,
    payment_id text NOT NULL CHECK (length(payment_id) BETWEEN 1 AND 255),
    amount bigint NOT NULL CHECK (amount >= 0),
    currency text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
    refunded bigint NOT NULL CHECK (refunded BETWEEN 0 AND amount),
    at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (provider, payment_id)
);
CREATE INDEX provider_payments_by_day ON payments.provider_payments (at);
