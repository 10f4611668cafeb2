-- What agents did: facts, and what is put together from them. Moments are UTC nanoseconds.

CREATE TABLE words (
  word_id INTEGER PRIMARY KEY,
  word TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE runs (
  run_key INTEGER PRIMARY KEY,
  client_word INTEGER NOT NULL,
  run_id TEXT NOT NULL,
  source_path TEXT NOT NULL DEFAULT '',
  project_word INTEGER,
  version_word INTEGER,
  model_word INTEGER,
  branch_word INTEGER,
  -- when each was said: the first word on the project counts, the last on all else
  project_at INTEGER,
  version_at INTEGER,
  model_at INTEGER,
  branch_at INTEGER,
  started_at INTEGER,
  ended_at INTEGER,
  calls INTEGER NOT NULL DEFAULT 0,
  failed_calls INTEGER NOT NULL DEFAULT 0,
  denied_calls INTEGER NOT NULL DEFAULT 0,
  interrupted_calls INTEGER NOT NULL DEFAULT 0,
  unknown_calls INTEGER NOT NULL DEFAULT 0,
  finding_calls INTEGER NOT NULL DEFAULT 0,
  masked_calls INTEGER NOT NULL DEFAULT 0,
  subagent_calls INTEGER NOT NULL DEFAULT 0,
  subagent_failed_calls INTEGER NOT NULL DEFAULT 0,
  input_tokens INTEGER NOT NULL DEFAULT 0,
  output_tokens INTEGER NOT NULL DEFAULT 0,
  cache_read_tokens INTEGER NOT NULL DEFAULT 0,
  cache_creation_tokens INTEGER NOT NULL DEFAULT 0,
  subagent_input_tokens INTEGER NOT NULL DEFAULT 0,
  subagent_output_tokens INTEGER NOT NULL DEFAULT 0,
  subagent_cache_read_tokens INTEGER NOT NULL DEFAULT 0,
  subagent_cache_creation_tokens INTEGER NOT NULL DEFAULT 0,
  cost_usd REAL,
  reward REAL,
  active_ms INTEGER,
  ended TEXT NOT NULL DEFAULT 'unknown'
    CHECK (ended = 'completed' OR ended = 'api_failure' OR ended = 'limit'
      OR ended = 'interrupted' OR ended = 'unknown'),
  outcome TEXT NOT NULL DEFAULT 'unknown' CHECK (outcome = 'well' OR outcome = 'badly' OR outcome = 'unknown'),
  outcome_rule TEXT NOT NULL DEFAULT '',
  -- 1 while facts have come that ended, outcome and costs do not show yet
  unsettled INTEGER NOT NULL DEFAULT 1,
  UNIQUE (client_word, run_id)
) STRICT;
-- serves: runs, newest first
CREATE INDEX runs_by_start ON runs (started_at);
-- serves: the newest calls, the runs that were active in a window
CREATE INDEX runs_by_end ON runs (ended_at);
-- serves: settle
CREATE INDEX runs_unsettled ON runs (run_key) WHERE unsettled = 1;

-- CHECKs are chains of OR: IN builds a table for each row and trebles the cost (measured 2026-11).
-- Word ids come from one place (knowledge/words), and db check looks after them: checking each
-- costs a tenth of the ingestion, and all runs for each word that forget drops.
CREATE TABLE events (
  seq INTEGER PRIMARY KEY,
  event_id BLOB NOT NULL UNIQUE,
  ts INTEGER,
  run_key INTEGER NOT NULL REFERENCES runs (run_key),
  kind_word INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  agent_word INTEGER,
  name_word INTEGER,
  duration_ms INTEGER,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cache_read_tokens INTEGER,
  cache_creation_tokens INTEGER,
  detail TEXT
) STRICT;
-- serves: one run's timeline, settle
CREATE INDEX events_by_run ON events (run_key, ts);

CREATE TABLE signatures (
  signature_key INTEGER PRIMARY KEY,
  signature_id TEXT NOT NULL UNIQUE,
  key TEXT NOT NULL,
  family TEXT NOT NULL,
  kind TEXT NOT NULL,
  message TEXT NOT NULL,
  identifiers TEXT NOT NULL,
  place TEXT NOT NULL,
  rule TEXT NOT NULL,
  error_class TEXT NOT NULL,
  class_rule TEXT NOT NULL,
  line TEXT NOT NULL
) STRICT;

CREATE TABLE calls (
  run_key INTEGER NOT NULL REFERENCES runs (run_key),
  call_id TEXT NOT NULL,
  -- NULL while only the answer has been seen
  tool_word INTEGER,
  agent_word INTEGER,
  outcome TEXT NOT NULL CHECK (outcome = 'ok' OR outcome = 'error' OR outcome = 'denied'
      OR outcome = 'interrupted' OR outcome = 'unknown'),
  kind_word INTEGER,
  exit_code INTEGER,
  nature TEXT NOT NULL CHECK (nature = 'fault' OR nature = 'finding' OR nature = 'none'),
  masked TEXT CHECK (masked = 'fault' OR masked = 'finding'),
  role TEXT CHECK (role = 'check' OR role = 'edit' OR role = 'commit'),
  rule_word INTEGER,
  signature_key INTEGER REFERENCES signatures (signature_key),
  started_at INTEGER,
  ended_at INTEGER,
  duration_ms INTEGER,
  channels INTEGER NOT NULL,
  -- the most trusted channels that gave the outcome, the answer, the duration; 0: none
  decided_by INTEGER NOT NULL,
  answered_by INTEGER NOT NULL,
  timed_by INTEGER NOT NULL,
  path_word INTEGER,
  PRIMARY KEY (run_key, call_id)
) STRICT, WITHOUT ROWID;
-- serves: the failures of one signature: its tool (errors), its newest (show), all (split)
CREATE INDEX calls_by_signature ON calls (signature_key, tool_word, started_at)
  WHERE signature_key IS NOT NULL;
-- serves: the newest calls whose failure was masked
CREATE INDEX calls_masked ON calls (started_at) WHERE masked IS NOT NULL;

-- The start of a call's input and answer; the whole answer (up to a cap) where it is a sample.
CREATE TABLE call_texts (
  run_key INTEGER NOT NULL,
  call_id TEXT NOT NULL,
  command TEXT NOT NULL,
  args TEXT NOT NULL,
  answer TEXT NOT NULL,
  -- 1 where answer is whole (up to the cap)
  whole INTEGER NOT NULL,
  PRIMARY KEY (run_key, call_id),
  FOREIGN KEY (run_key, call_id) REFERENCES calls (run_key, call_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- serves: samples (the answers that are kept whole)
CREATE INDEX call_texts_whole ON call_texts (run_key, call_id) WHERE whole = 1;

-- One row: how many answers the last pruning left whole, and when it was; how many came since.
CREATE TABLE sampling (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  whole INTEGER NOT NULL,
  grown INTEGER NOT NULL,
  pruned_at INTEGER NOT NULL
) STRICT;

CREATE TABLE messages (
  message_id BLOB PRIMARY KEY,
  run_key INTEGER NOT NULL REFERENCES runs (run_key),
  is_subagent INTEGER NOT NULL,
  ts INTEGER,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  cache_read_tokens INTEGER NOT NULL,
  cache_creation_tokens INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- serves: settle (tokens spent between two moments of a run), forget
CREATE INDEX messages_by_run ON messages (run_key, ts);

-- Kept in step with calls in the same transaction, so that no view scans history.
CREATE TABLE hourly (
  hour INTEGER NOT NULL,
  project_word INTEGER NOT NULL,
  client_word INTEGER NOT NULL,
  agent_word INTEGER NOT NULL,
  tool_word INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  nature TEXT NOT NULL,
  calls INTEGER NOT NULL,
  masked_calls INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  timed_calls INTEGER NOT NULL,
  PRIMARY KEY (hour, project_word, client_word, agent_word, tool_word, outcome, nature)
) STRICT, WITHOUT ROWID;

CREATE TABLE daily (
  day INTEGER NOT NULL,
  project_word INTEGER NOT NULL,
  client_word INTEGER NOT NULL,
  agent_word INTEGER NOT NULL,
  tool_word INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  nature TEXT NOT NULL,
  calls INTEGER NOT NULL,
  masked_calls INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  timed_calls INTEGER NOT NULL,
  PRIMARY KEY (day, project_word, client_word, agent_word, tool_word, outcome, nature)
) STRICT, WITHOUT ROWID;

CREATE TABLE signature_days (
  day INTEGER NOT NULL,
  signature_key INTEGER NOT NULL REFERENCES signatures (signature_key),
  nature TEXT NOT NULL,
  failures INTEGER NOT NULL,
  PRIMARY KEY (signature_key, day, nature)
) STRICT, WITHOUT ROWID;

-- Written by settle: what the failures of a signature cost in a run, until recovered.
CREATE TABLE signature_runs (
  run_key INTEGER NOT NULL REFERENCES runs (run_key),
  signature_key INTEGER NOT NULL REFERENCES signatures (signature_key),
  nature TEXT NOT NULL,
  failures INTEGER NOT NULL,
  lost_ms INTEGER NOT NULL,
  lost_tokens INTEGER NOT NULL,
  first_at INTEGER,
  last_at INTEGER,
  -- in the order in which ranked lists and one signature read it
  PRIMARY KEY (signature_key, nature, run_key)
) STRICT, WITHOUT ROWID;
-- serves: settle, forget
CREATE INDEX signature_runs_by_run ON signature_runs (run_key);

CREATE TABLE hooks_daily (
  day INTEGER NOT NULL,
  run_key INTEGER NOT NULL,
  client_word INTEGER NOT NULL,
  name_word INTEGER NOT NULL,
  command_word INTEGER NOT NULL,
  runs_of_hook INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  longest_ms INTEGER NOT NULL,
  PRIMARY KEY (day, run_key, client_word, name_word, command_word)
) STRICT, WITHOUT ROWID;

-- What a person said about the grouping; undone rows stay, so that it can be explained.
CREATE TABLE groupings (
  grouping_id INTEGER PRIMARY KEY,
  verb TEXT NOT NULL CHECK (verb = 'merge' OR verb = 'split' OR verb = 'ignore'),
  signature_id TEXT NOT NULL,
  into_id TEXT,
  needle TEXT,
  until_at INTEGER,
  created_at INTEGER NOT NULL,
  undone_at INTEGER
) STRICT;

-- How far each file was read.
CREATE TABLE files (
  path TEXT PRIMARY KEY,
  client_word INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  modified_at INTEGER NOT NULL,
  head_hash TEXT NOT NULL,
  offset_bytes INTEGER NOT NULL,
  lines INTEGER NOT NULL,
  state BLOB NOT NULL,
  read_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Lines that no source could read, kept (redacted, cut) for inspection.
CREATE TABLE bad_lines (
  path TEXT NOT NULL,
  offset_bytes INTEGER NOT NULL,
  line INTEGER NOT NULL,
  reason TEXT NOT NULL,
  start TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (path, offset_bytes)
) STRICT, WITHOUT ROWID;

-- Which type of secret was seen where; never the secret.
CREATE TABLE leaks (
  run_key INTEGER NOT NULL REFERENCES runs (run_key),
  type TEXT NOT NULL,
  digest TEXT NOT NULL,
  call_id TEXT NOT NULL,
  seen_at INTEGER,
  times INTEGER NOT NULL,
  PRIMARY KEY (run_key, type, digest, call_id)
) STRICT, WITHOUT ROWID;
