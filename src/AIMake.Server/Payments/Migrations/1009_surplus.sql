-- A subscription that was paid for beside another of the same user: it is ended at once and its money goes back. Decided once, for ever.
CREATE TABLE payments.surplus (
    provider text NOT NULL,
    subscription_id text NOT NULL,
    decided_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_attempt_at timestamptz,
    done_at timestamptz,
    PRIMARY KEY (provider, subscription_id),
    CONSTRAINT surplus_open CHECK ((done_at IS NULL) = (next_attempt_at IS NOT NULL))
);
CREATE INDEX surplus_due ON payments.surplus (next_attempt_at) WHERE done_at IS NULL;
CREATE INDEX subscriptions_live ON payments.subscriptions (user_id) WHERE ended_at IS NULL;

-- Refunds: null where the server gives back by itself. gross is what the provider is asked for, the tax that was added included;
-- null for all that is left there.
ALTER TABLE payments.refunds ALTER COLUMN asked_by DROP NOT NULL;
ALTER TABLE payments.refunds ADD COLUMN gross bigint CHECK (gross >= amount);

-- Why an administrator granted it by hand.
ALTER TABLE payments.payments ADD COLUMN reason text CHECK (length(reason) BETWEEN 1 AND 500);
