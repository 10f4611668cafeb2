-- Improvements on trial: what was declared, who is in which arm, and the sums that are judged.

CREATE TABLE trials (
  improvement_id TEXT PRIMARY KEY REFERENCES improvements (improvement_id),
  -- JSON: as declared, what was fixed before the change, signatures that were merged by then
  trial TEXT NOT NULL,
  baseline TEXT NOT NULL,
  merged TEXT NOT NULL,
  applied_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT, WITHOUT ROWID;

-- The first word counts: a row is never changed.
CREATE TABLE exposures (
  improvement_id TEXT NOT NULL REFERENCES trials (improvement_id),
  -- the id of a run
  unit TEXT NOT NULL,
  arm TEXT NOT NULL CHECK (arm = 'treatment' OR arm = 'control'),
  share REAL NOT NULL,
  exposed_at INTEGER NOT NULL,
  PRIMARY KEY (improvement_id, unit)
) STRICT, WITHOUT ROWID;

-- Units of which something changed since the sums were moved.
CREATE TABLE trial_news (
  improvement_id TEXT NOT NULL REFERENCES trials (improvement_id),
  unit TEXT NOT NULL,
  times INTEGER NOT NULL,
  PRIMARY KEY (improvement_id, unit)
) STRICT, WITHOUT ROWID;

-- What each unit added to the sums, so that it can be taken out again.
CREATE TABLE trial_units (
  improvement_id TEXT NOT NULL REFERENCES trials (improvement_id),
  unit TEXT NOT NULL,
  arm TEXT NOT NULL CHECK (arm = 'treatment' OR arm = 'control'),
  share REAL NOT NULL,
  stratum_word INTEGER NOT NULL,
  block INTEGER NOT NULL,
  -- JSON: stream -> day since the change
  days TEXT NOT NULL,
  PRIMARY KEY (improvement_id, unit)
) STRICT, WITHOUT ROWID;

-- Their sums: all that a verdict reads.
CREATE TABLE trial_sums (
  improvement_id TEXT NOT NULL REFERENCES trials (improvement_id),
  stream TEXT NOT NULL,
  day INTEGER NOT NULL,
  share REAL NOT NULL,
  stratum_word INTEGER NOT NULL,
  block INTEGER NOT NULL,
  control INTEGER NOT NULL,
  treated INTEGER NOT NULL,
  PRIMARY KEY (improvement_id, stream, day, share, stratum_word, block)
) STRICT, WITHOUT ROWID;

-- serves: the runs of units of a trial, a run by the beginning of its id
CREATE INDEX runs_by_id ON runs (run_id);
