-- Improvements on trial: what was declared, who is in which arm, and the sums that are judged.

CREATE TABLE trials (
  improvement_id TEXT COLLATE "C" PRIMARY KEY,
  -- JSON: as declared, what was fixed before the change, signatures that were merged by then
  trial TEXT NOT NULL,
  baseline TEXT NOT NULL,
  merged TEXT NOT NULL,
  applied_at BIGINT NOT NULL,
  ended_at BIGINT
);

-- The first word counts: a row is never changed.
CREATE TABLE exposures (
  improvement_id TEXT COLLATE "C" NOT NULL,
  -- the id of a run
  unit TEXT COLLATE "C" NOT NULL,
  arm TEXT COLLATE "C" NOT NULL CHECK (arm = 'treatment' OR arm = 'control'),
  share DOUBLE PRECISION NOT NULL,
  exposed_at BIGINT NOT NULL,
  PRIMARY KEY (improvement_id, unit)
);

-- Units of which something changed since the sums were moved.
CREATE TABLE trial_news (
  improvement_id TEXT COLLATE "C" NOT NULL,
  unit TEXT COLLATE "C" NOT NULL,
  times INTEGER NOT NULL,
  PRIMARY KEY (improvement_id, unit)
);

-- What each unit added to the sums, so that it can be taken out again.
CREATE TABLE trial_units (
  improvement_id TEXT COLLATE "C" NOT NULL,
  unit TEXT COLLATE "C" NOT NULL,
  arm TEXT COLLATE "C" NOT NULL CHECK (arm = 'treatment' OR arm = 'control'),
  share DOUBLE PRECISION NOT NULL,
  stratum_word INTEGER NOT NULL,
  block INTEGER NOT NULL,
  -- JSON: stream -> day since the change
  days TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (improvement_id, unit)
);

-- Their sums: all that a verdict reads.
CREATE TABLE trial_sums (
  improvement_id TEXT COLLATE "C" NOT NULL,
  stream TEXT COLLATE "C" NOT NULL,
  day INTEGER NOT NULL,
  share DOUBLE PRECISION NOT NULL,
  stratum_word INTEGER NOT NULL,
  block INTEGER NOT NULL,
  control BIGINT NOT NULL,
  treated BIGINT NOT NULL,
  PRIMARY KEY (improvement_id, stream, day, share, stratum_word, block)
);

-- serves: the runs of units of a trial, a run by the beginning of its id
CREATE INDEX runs_by_id ON runs (run_id);
