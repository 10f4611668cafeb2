-- What others said of runs, and what a source did not know of its files.

-- A verdict or a label: of a whole run (step -1), or of one step in it.
CREATE TABLE scores (
  run_key INTEGER NOT NULL,
  -- who said it: a benchmark, a scorer, a person
  source_word INTEGER NOT NULL,
  name_word INTEGER NOT NULL,
  step INTEGER NOT NULL,
  -- 0: no agent is named
  agent_word INTEGER NOT NULL,
  call_id TEXT COLLATE "C" NOT NULL,
  value DOUBLE PRECISION,
  label TEXT NOT NULL,
  detail TEXT NOT NULL,
  said_at BIGINT,
  PRIMARY KEY (run_key, source_word, name_word, step, agent_word, call_id)
);

CREATE TABLE skipped (
  path TEXT COLLATE "C" NOT NULL,
  name_word INTEGER NOT NULL,
  times BIGINT NOT NULL,
  PRIMARY KEY (path, name_word)
);
