-- The scheduler takes its locks on these rows. Left to make them itself, one that meets another at that waits by its clock
-- with the transaction open.
INSERT INTO quartz.locks (sched_name, lock_name) VALUES ('aimake', 'STATE_ACCESS'), ('aimake', 'TRIGGER_ACCESS') ON CONFLICT DO NOTHING;
