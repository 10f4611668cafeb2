"""Formats told in the settings: JSON Lines of somebody's own agent."""

import json
import re

import pytest

from fakes import FixedClock
from histories import CodexSession
from homeostat.knowledge.queries.runs import CallFilter
from homeostat.loop.service import Homeostat
from homeostat.loop.settings import load
from homeostat.model.errors import ConfigError
from homeostat.model.views import Window

SETTINGS = """
[formats.tinker]
known-by = ["what", "session"]
homes = [".tinker/*.jsonl"]

[formats.tinker.fields]
time = "at"
run = "session"
id = "call.id"
tool = "call.tool"
command = "call.line"
text = "text"
status = "status"
duration-s = "took"

[formats.tinker.statuses]
ok = ["fine", true]
error = ["broken", false]
denied = ["forbidden"]

[[formats.tinker.records]]
when = { what = "call" }
means = "call"

[[formats.tinker.records]]
when = { what = "answer" }
means = "result"

[[formats.tinker.records]]
when = { what = "tokens" }
means = "usage"
fields = { id = "message", input-tokens = "in", output-tokens = "out" }

[[formats.tinker.records]]
when = { what = "asked" }
means = "prompt"
"""
LINES = (
    {"what": "asked", "session": "a1", "at": "2026-11-20T09:00:00Z", "text": "Build it."},
    {"what": "call", "session": "a1", "at": 1795165201,
     "call": {"id": 1, "tool": "sh", "line": "ls"}},
    {"what": "answer", "session": "a1", "at": 1795165202000, "call": {"id": 1}, "status": "fine"},
    {"what": "call", "session": "a1", "at": 1795165203,
     "call": {"id": 2, "tool": "sh", "line": "cc"}},
    {"what": "answer", "session": "a1", "call": {"id": 2}, "status": "broken", "took": 1.5,
     "text": "cc: command not found"},
    {"what": "call", "session": "a1", "call": {"id": 3, "tool": "sh"}},
    {"what": "answer", "session": "a1", "call": {"id": 3}, "status": "hm"},
    {"what": "tokens", "session": "a1", "message": "m1", "in": 120, "out": 8},
    {"what": "weather", "session": "a1"},
)  # fmt: skip


@pytest.fixture
def told(tmp_path):
    def made(settings=SETTINGS):
        config = tmp_path / "config"
        config.mkdir(exist_ok=True)
        (config / "config.toml").write_text(settings)
        return Homeostat(
            state=tmp_path / "state",
            config=config,
            clock=FixedClock(),
            loaded=load(config, {}, directory=tmp_path),
            environment={"HOME": str(tmp_path)},
        )

    return made


@pytest.fixture
def log(tmp_path):
    path = tmp_path / ".tinker" / "a.jsonl"
    path.parent.mkdir()
    path.write_text("".join(json.dumps(line) + "\n" for line in LINES))
    return path


def test_calls_outcomes_and_tokens_are_read_as_the_settings_say(told, log):
    homeostat = told()

    done = homeostat.import_files([log])

    (run,) = homeostat.runs(Window())
    (left_out,) = homeostat.coverage().skipped
    assert done.problems == ()
    assert left_out.name == "line that no record of the settings fits"
    assert (run.client, run.run_id, run.input_tokens, run.output_tokens) == (
        "tinker", "a1", 120, 8,
    )  # fmt: skip
    found = [
        (c.command, c.outcome, c.failure_kind, c.duration_ms) for c in homeostat.calls(CallFilter())
    ]
    assert found == [
        ("ls", "ok", None, 1000),
        ("cc", "error", "broken", 1500),
        ("", "unknown", "no_status", None),
    ]


def test_its_files_are_found_where_the_settings_say(told, log):
    (history,) = told().histories()

    assert (history.client, history.paths) == ("tinker", (str(log),))


def test_reading_again_changes_nothing_and_what_was_added_is_read(told, log):
    homeostat = told()
    homeostat.import_files([log])
    more = {"what": "call", "session": "a1", "call": {"id": 4, "tool": "sh"}}

    again = homeostat.import_files([log])
    with log.open("a") as file:
        file.write(json.dumps(more) + "\n")
    grown = homeostat.import_files([log])

    assert (again.events, grown.events) == (0, 1)


def test_what_a_person_tells_goes_before_what_a_source_recognises(told, tmp_path):
    codex = CodexSession().call("c1", "ls").write(tmp_path / "codex")
    mine = SETTINGS.replace('known-by = ["what", "session"]', 'known-by = ["payload"]')
    homeostat = told(mine.replace('what = "call"', 'type = "response_item"'))

    homeostat.import_files([codex])

    assert [channel.client for channel in homeostat.coverage().channels] == ["tinker"]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ('means = "call"', "means"),
        ('tool = "call.tool"', "tol"),
        ('known-by = ["what", "session"]', "known-by"),
    ],
)
def test_a_mistake_in_the_settings_is_named(told, wrong, named):
    mended = {"means": 'means = "calls"', "tol": 'tol = "x"', "known-by": "known-by = []"}[named]

    with pytest.raises(ConfigError, match=named) as raised:
        told(SETTINGS.replace(wrong, mended))

    assert "formats.tinker: " in str(raised.value)
    assert "call, result, done, prompt" in (raised.value.next_step or "")


@pytest.mark.parametrize("home", ["", "/", "/etc/**", "../x/*.jsonl"])
def test_a_format_lies_below_the_home_folder(told, home):
    with pytest.raises(ConfigError, match="below the home folder"):
        told(re.sub(r"(?m)^homes = .*", f'homes = ["{home}"]', SETTINGS))


def test_a_format_may_not_have_the_name_of_a_source(told, log):
    homeostat = told(SETTINGS.replace("formats.tinker", "formats.codex"))

    with pytest.raises(ConfigError, match="codex"):
        homeostat.import_files([log])
