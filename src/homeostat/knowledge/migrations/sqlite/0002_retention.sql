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

-- Which tool and agent a signature's failures were of: counted, for a signature may have a million.
CREATE TABLE signature_tools (
  signature_key INTEGER NOT NULL REFERENCES signatures (signature_key),
  tool_word INTEGER NOT NULL,
  agent_word INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  PRIMARY KEY (signature_key, tool_word, agent_word)
) STRICT, WITHOUT ROWID;
INSERT INTO signature_tools (signature_key, tool_word, agent_word, failures)
SELECT signature_key, tool_word, COALESCE(agent_word, 0), COUNT(*) FROM calls
WHERE signature_key IS NOT NULL AND tool_word IS NOT NULL GROUP BY 1, 2, 3;

-- The sums of signature_runs over all runs: settle moves both.
CREATE TABLE signature_totals (
  signature_key INTEGER NOT NULL REFERENCES signatures (signature_key),
  nature TEXT NOT NULL,
  runs INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  lost_ms INTEGER NOT NULL,
  lost_tokens INTEGER NOT NULL,
  first_at INTEGER,
  last_at INTEGER,
  PRIMARY KEY (signature_key, nature)
) STRICT, WITHOUT ROWID;
INSERT INTO signature_totals (signature_key, nature, runs, failures, lost_ms, lost_tokens,
  first_at, last_at)
SELECT signature_key, nature, COUNT(*), SUM(failures), SUM(lost_ms), SUM(lost_tokens),
  MIN(first_at), MAX(last_at)
FROM signature_runs GROUP BY 1, 2;

-- serves: the failures of a window, ranked by what they cost, without a look at the table
CREATE INDEX signature_runs_by_end ON signature_runs (last_at, signature_key, nature, failures,
  lost_ms, lost_tokens, first_at);
DROP INDEX calls_by_signature;
-- serves: the failures of one signature: its newest (show), all (split)
CREATE INDEX calls_by_signature ON calls (signature_key, started_at)
  WHERE signature_key IS NOT NULL;
