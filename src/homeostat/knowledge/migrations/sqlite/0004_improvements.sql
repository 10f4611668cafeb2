-- What was proposed against a pattern, and what became of it.

CREATE TABLE improvements (
  improvement_id TEXT PRIMARY KEY,
  signature_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status = 'proposed' OR status = 'declined'),
  -- the proposal as it was last made, JSON
  proposal TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  -- how often the pattern had failed when it was declined
  declined_failures INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
-- serves: improvements, newest first
CREATE INDEX improvements_by_change ON improvements (changed_at);

-- serves: detect (what failed within some days)
CREATE INDEX signature_days_by_day ON signature_days (day, nature, signature_key, failures);
