-- Detail is given up after a while; what was counted stays.

-- What came before this moment was given up: it is known, and not taken in again
ALTER TABLE runs ADD COLUMN detail_from INTEGER;
-- how long the run was active until then
ALTER TABLE runs ADD COLUMN given_up_ms INTEGER NOT NULL DEFAULT 0;

-- What the failures cost whose calls are no longer kept. Settling adds what came since.
CREATE TABLE given_up_costs (
  run_key INTEGER NOT NULL REFERENCES runs (run_key),
  signature_key INTEGER NOT NULL REFERENCES signatures (signature_key),
  nature TEXT NOT NULL,
  failures INTEGER NOT NULL,
  lost_ms INTEGER NOT NULL,
  lost_tokens INTEGER NOT NULL,
  first_at INTEGER,
  last_at INTEGER,
  PRIMARY KEY (run_key, signature_key, nature)
) STRICT, WITHOUT ROWID;

-- One row: what a writer must know of what others did.
CREATE TABLE upkeep (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  -- grows when history was changed: what a writer remembers of words and groups is void
  changes INTEGER NOT NULL,
  -- detail of runs that ended before was given up
  detail_from INTEGER
) STRICT;
INSERT INTO upkeep (one, changes) VALUES (1, 0);
