-- What the nightly comparison learns besides, and what people decide where a provider does not tell.

-- What banks hold or have taken, by the provider's own figure; null where it does not tell.
ALTER TABLE payments.provider_payments ADD COLUMN disputed bigint;
ALTER TABLE payments.provider_payments ADD CONSTRAINT provider_payments_disputed CHECK (disputed BETWEEN 0 AND amount);

-- Beside the price of the goods: tax that was added to it, and what a coupon took off it. amount is what the buyer paid for the goods.
ALTER TABLE payments.payments ADD COLUMN tax bigint NOT NULL DEFAULT 0 CHECK (tax >= 0);
ALTER TABLE payments.payments ADD COLUMN discount bigint NOT NULL DEFAULT 0 CHECK (discount >= 0);

-- Who said how a dispute ended, and why, where it was a person.
ALTER TABLE payments.disputes ADD COLUMN decided_by uuid;
ALTER TABLE payments.disputes ADD COLUMN reason text CHECK (length(reason) BETWEEN 1 AND 500);
ALTER TABLE payments.disputes ADD CONSTRAINT disputes_decided CHECK (decided_by IS NULL OR (state IN ('won', 'lost') AND reason IS NOT NULL));
CREATE INDEX disputes_by_time ON payments.disputes (created_at DESC, dispute_id DESC);
