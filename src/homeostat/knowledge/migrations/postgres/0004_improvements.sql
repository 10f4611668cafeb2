-- What was proposed against a pattern, and what became of it.

CREATE TABLE improvements (
  improvement_id TEXT COLLATE "C" PRIMARY KEY,
  signature_id TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  status TEXT COLLATE "C" NOT NULL CHECK (status = 'proposed' OR status = 'declined'),
  -- the proposal as it was last made, JSON
  proposal TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  -- how often the pattern had failed when it was declined
  declined_failures BIGINT NOT NULL DEFAULT 0
);
-- serves: improvements, newest first
CREATE INDEX improvements_by_change ON improvements (changed_at);

-- serves: detect (what failed within some days)
CREATE INDEX signature_days_by_day ON signature_days (day, nature, signature_key, failures);
