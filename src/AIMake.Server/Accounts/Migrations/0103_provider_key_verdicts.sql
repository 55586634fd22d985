-- When a provider last said anything about the key, in a call or a test. Calls are written down late and by every node for itself, so
-- that an older verdict can come after a newer one; it is told by its time and passed over.
ALTER TABLE accounts.provider_keys ADD COLUMN judged_at timestamptz;
