-- How long calls took, by day and tool: what is usual for a tool, and how it changes.

-- A step is how many of the bounds 1, 2, 3, 4, 6, 8, 11, 16 ... ms a duration reaches.
CREATE TABLE durations (
  day INTEGER NOT NULL,
  tool_word INTEGER NOT NULL,
  step INTEGER NOT NULL,
  project_word INTEGER NOT NULL,
  calls BIGINT NOT NULL,
  PRIMARY KEY (day, tool_word, step, project_word)
);
INSERT INTO durations (day, tool_word, step, project_word, calls)
SELECT COALESCE(c.started_at, c.ended_at, 0) / 86400000000000, c.tool_word,
  (SELECT COUNT(*) FROM (VALUES
      (1), (2), (3), (4), (6), (8), (11), (16), (23), (32), (45), (64), (91), (128), (181),
      (256), (362), (512), (724), (1024), (1448), (2048), (2896), (4096), (5793), (8192),
      (11585), (16384), (23170), (32768), (46341), (65536), (92682), (131072), (185364),
      (262144), (370728), (524288), (741455), (1048576), (1482910), (2097152), (2965821),
      (4194304), (5931642), (8388608), (11863283), (16777216), (23726566), (33554432),
      (47453133), (67108864), (94906266), (134217728)) AS bounds
    WHERE bounds.column1 <= c.duration_ms),
  COALESCE(r.project_word, 0), COUNT(*)
FROM calls c JOIN runs r ON r.run_key = c.run_key
WHERE c.tool_word IS NOT NULL AND c.duration_ms IS NOT NULL
  AND (c.outcome = 'ok' OR c.outcome = 'error')
GROUP BY 1, 2, 3, 4;
