-- With which API key a piece of work was ordered, for the usage written when it ends.
ALTER TABLE generations.generations ADD COLUMN api_key_id uuid;
