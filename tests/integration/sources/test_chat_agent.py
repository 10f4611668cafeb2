"""A chat-driven agent: its log and what it could not do."""

import json

from homeostat.knowledge.queries.runs import CallFilter
from homeostat.model.views import Window

LOG = """\
2026-11-20 09:00:00,100 - bot.core - INFO - ready
2026-11-20 09:00:01,200 - bot.tools.git - ERROR - pull failed
Traceback (most recent call last):
  File "git.py", line 3, in pull
    run()
git.exc.GitCommandError: merge conflict in app.py
2026-11-20 09:00:02,300 - bot.core - WARNING - slow answer
2026-11-20 09:00:03,400 - bot.llm - CRITICAL - 429 rate limit exceeded
"""


def test_each_error_is_a_failure_with_its_traceback(homeostat, tmp_path):
    (tmp_path / "agent.log").write_text(LOG)

    homeostat.import_files([tmp_path])

    first, second = homeostat.calls(CallFilter())
    assert (first.tool, first.outcome, first.failure_kind) == ("bot.tools.git", "error", "logged")
    assert first.text.endswith("GitCommandError: merge conflict in app.py")
    assert (second.tool, second.error_class) == ("bot.llm", "rate_limit")


def test_a_log_that_grows_is_read_on(homeostat, tmp_path):
    path = tmp_path / "agent.log"
    lines = LOG.splitlines(keepends=True)
    path.write_text("".join(lines[:5]))
    homeostat.import_files([path])

    with path.open("a") as log:
        log.write("".join(lines[5:]))
    homeostat.import_files([path])

    assert [call.tool for call in homeostat.calls(CallFilter())] == ["bot.tools.git", "bot.llm"]


def test_what_it_could_not_do_is_a_failure_of_the_tool_it_lacked(homeostat, tmp_path):
    gap = {"response_text": "I cannot read PDF files.", "gap_description": "no PDF reader",
           "likely_tool": "read_pdf", "original_task": "Summarise report.pdf",
           "detected_at": "2026-11-20T09:00:00", "status": "pending",
           "fix_details": None}  # fmt: skip
    (tmp_path / "capability_backlog.json").write_text(
        json.dumps([gap, gap | {"likely_tool": None}])
    )

    homeostat.import_files([tmp_path])

    found = [(c.tool, c.outcome, c.failure_kind) for c in homeostat.calls(CallFilter())]
    assert found == [("read_pdf", "error", "capability_gap")]
    assert homeostat.runs(Window())[0].client == "chat-agent"


def test_a_line_of_a_day_that_never_was_does_not_stop_it(homeostat, tmp_path):
    (tmp_path / "agent.log").write_text("2026-13-45 99:00:00,100 - bot - ERROR - boom\n" + LOG)

    done = homeostat.import_files([tmp_path])

    assert done.problems == ()
    assert len(list(homeostat.calls(CallFilter()))) == 3
