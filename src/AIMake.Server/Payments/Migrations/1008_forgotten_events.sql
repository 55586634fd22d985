-- Events about nothing, whose bodies go after a month: the few that still have one.
CREATE INDEX inbox_idle_bodies ON payments.inbox (received_at) WHERE outcome = 'nothing' AND body <> '';
