-- What the views of a store with ten million events read: sums without what they do not ask for.

-- daily over all projects, clients and agents
CREATE TABLE tool_days (
  day INTEGER NOT NULL,
  tool_word INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  nature TEXT NOT NULL,
  calls INTEGER NOT NULL,
  masked_calls INTEGER NOT NULL,
  PRIMARY KEY (day, tool_word, outcome, nature)
) STRICT, WITHOUT ROWID;
INSERT INTO tool_days (day, tool_word, outcome, nature, calls, masked_calls)
SELECT day, tool_word, outcome, nature, SUM(calls), SUM(masked_calls) FROM daily
GROUP BY 1, 2, 3, 4;

-- durations over all projects
CREATE TABLE tool_durations (
  day INTEGER NOT NULL,
  tool_word INTEGER NOT NULL,
  step INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  PRIMARY KEY (day, tool_word, step)
) STRICT, WITHOUT ROWID;
INSERT INTO tool_durations (day, tool_word, step, calls)
SELECT day, tool_word, step, SUM(calls) FROM durations GROUP BY 1, 2, 3;

DROP INDEX runs_by_end;
-- serves: the newest calls; the runs that were active in a window, their outcomes and tokens,
-- what they ran on, without a look at the table
CREATE INDEX runs_by_end ON runs (ended_at, client_word, project_word, version_word,
  model_word, started_at, outcome, calls, subagent_calls, failed_calls, finding_calls,
  input_tokens, output_tokens, subagent_output_tokens);

-- serves: the latest runs in which a signature failed, all of a window
CREATE INDEX signature_runs_latest ON signature_runs (signature_key, last_at, nature, first_at,
  run_key, failures);
