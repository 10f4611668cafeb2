-- Detail is given up after a while; what was counted stays.

-- What came before this moment was given up: it is known, and not taken in again
ALTER TABLE runs ADD COLUMN detail_from BIGINT;
-- how long the run was active until then
ALTER TABLE runs ADD COLUMN given_up_ms BIGINT NOT NULL DEFAULT 0;

-- What the failures cost whose calls are no longer kept. Settling adds what came since.
CREATE TABLE given_up_costs (
  run_key INTEGER NOT NULL,
  signature_key INTEGER NOT NULL,
  nature TEXT COLLATE "C" NOT NULL,
  failures INTEGER NOT NULL,
  lost_ms BIGINT NOT NULL,
  lost_tokens BIGINT NOT NULL,
  first_at BIGINT,
  last_at BIGINT,
  PRIMARY KEY (run_key, signature_key, nature)
);

-- One row: what a writer must know of what others did.
CREATE TABLE upkeep (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  -- grows when history was changed: what a writer remembers of words and groups is void
  changes BIGINT NOT NULL,
  -- detail of runs that ended before was given up
  detail_from BIGINT
);
INSERT INTO upkeep (one, changes) VALUES (1, 0);
