"""Histories into the store: each fact once, whatever is repeated, grown or corrected."""

import gzip
import json
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes import FixedClock
from histories import ClaudeSession, CodexSession
from homeostat.knowledge.ingest import Batch, Ingest
from homeostat.knowledge.queries.runs import CallFilter
from homeostat.knowledge.samples import Kept
from homeostat.loop import importing
from homeostat.loop.importing import Progress, judges
from homeostat.loop.intake import Intake
from homeostat.loop.service import Homeostat
from homeostat.loop.settings import load
from homeostat.model.views import Window
from stores import stored

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def a_session(name: str = "session-1") -> ClaudeSession:
    session = ClaudeSession(name).prompt()
    return (
        session.failing(f"{name}-a").call(f"{name}-b", command="ls").result(f"{name}-b").finished()
    )


def everything(homeostat: Homeostat) -> object:
    calls = [
        (c.call_id, c.run_id, c.outcome, c.failure_kind, c.nature, c.signature, c.text)
        for c in homeostat.calls(CallFilter())
    ]
    runs = [
        (r.run_id, r.calls, r.failed_calls, r.unknown_calls, r.output_tokens, r.ended, r.outcome)
        for r in homeostat.runs(Window())
    ]
    return sorted(calls), sorted(runs), sorted(map(repr, homeostat.failures(Window())))


def test_the_same_file_twice_changes_nothing(homeostat, tmp_path):
    path = a_session().write(tmp_path)
    homeostat.import_files([path])
    before = everything(homeostat)

    again = homeostat.import_files([path])

    assert again.unchanged == 1
    assert again.events == 0
    assert everything(homeostat) == before


def test_a_copy_under_another_name_changes_nothing(homeostat, tmp_path):
    homeostat.import_files([a_session().write(tmp_path)])
    before = everything(homeostat)

    copied = homeostat.import_files([a_session().write(tmp_path, "saved-again.jsonl")])

    assert copied.events == 0
    assert everything(homeostat) == before


def test_a_file_that_grew_adds_only_what_is_new(homeostat, tmp_path):
    whole = a_session().data()
    path = tmp_path / "growing.jsonl"
    part = whole.index(b"\n", whole.index(b"session-1-b")) + 1
    path.write_bytes(whole[:part])
    first = homeostat.import_files([path])
    path.write_bytes(whole)

    second = homeostat.import_files([path])

    assert first.lines + second.lines == whole.count(b"\n")
    assert [c.outcome for c in homeostat.calls(CallFilter())] == ["error", "ok"]


@pytest.mark.parametrize("cut", [1, 60, 200, 700, 1100, 1500])
def test_a_file_read_while_it_is_written_ends_like_one_read_at_once(cut, tmp_path):
    whole = a_session().data()
    path = tmp_path / "live.jsonl"
    at_once, in_parts = (a_homeostat(tmp_path / name) for name in ("one", "two"))
    path.write_bytes(whole)
    at_once.import_files([path])

    for end in (cut, 2 * cut, len(whole)):
        path.write_bytes(whole[:end])
        in_parts.import_files([path])

    assert everything(in_parts) == everything(at_once)
    assert in_parts.check() == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.permutations(range(4)), st.integers(min_value=1, max_value=3))
def test_the_order_in_which_files_are_read_changes_nothing(tmp_path_factory, order, times):
    folder = tmp_path_factory.mktemp("order")
    paths = [a_session(f"session-{n}").write(folder) for n in range(4)]
    straight, shuffled = a_homeostat(folder / "one"), a_homeostat(folder / "two")
    straight.import_files(paths)

    for _ in range(times):
        for index in order:
            shuffled.import_files([paths[index]])

    assert everything(shuffled) == everything(straight)
    assert shuffled.check() == []


def test_a_file_written_anew_with_the_same_beginning_is_read_from_there(homeostat, tmp_path):
    path = a_session().write(tmp_path)
    homeostat.import_files([path])
    first = path.read_bytes().splitlines(keepends=True)[0]
    other = a_session("session-1")
    for line in other.lines[1:]:
        line["uuid"] = f"anew-{line['uuid']}"
    other.failing("later").failing("last")
    path.write_bytes(first + b"".join(other.data().splitlines(keepends=True)[1:]))

    homeostat.import_files([path])

    assert {"later", "last"} <= {call.call_id for call in homeostat.calls(CallFilter())}


def test_an_import_that_stopped_inside_a_file_goes_on_there(tmp_path):
    session = ClaudeSession().prompt()
    for number in range(24):
        session.failing(f"t{number}", f"Exit code 1\n{'x' * 1_000_000}")
    path = session.finished().write(tmp_path / "histories")
    whole, stopped = a_homeostat(tmp_path / "whole"), a_homeostat(tmp_path / "stopped")
    whole.import_files([path])

    with stopped.store().writing() as connection:
        ingest = Ingest(connection, judges(), Kept(samples=20, days=30))
        read = Intake(
            importing.sources(stopped.state, stopped.settings), stopped.redactor(), stopped.clock
        )
        first, second, *_ = read.read(path, None)
        assert isinstance(first, Batch)
        assert isinstance(second, Batch)
        ingest.write([first], now=stopped.clock.now())
    stopped.import_files([path])

    assert everything(stopped) == everything(whole)


def test_a_picture_in_the_first_line_hides_no_session(homeostat, tmp_path):
    session = ClaudeSession().line("user", message={"role": "user", "content": "A" * 5_000_000})

    done = homeostat.import_files([session.failing("t1").write(tmp_path)])

    assert done.problems == ()
    assert len(list(homeostat.calls(CallFilter()))) == 1


def test_a_run_that_is_nested_too_deeply_costs_only_itself(homeostat, tmp_path):
    """It once ended the import of everything, with a traceback."""
    run = '{"task_id": %d, "trial": 0, "reward": 1, "info": %s, "traj": [{"role": "user"}]}'
    deep = "[" * 9_000 + "]" * 9_000
    runs = tmp_path / "runs.json"
    runs.write_text(f"[{run % (1, deep)}, {run % (2, '{}')}]")
    other = a_session().write(tmp_path)

    done = homeostat.import_files([runs, other])

    assert done.runs == 2
    assert [(problem.line, problem.reason) for problem in done.problems] == [
        (1, "nested too deeply")
    ]


def test_a_format_that_a_file_is_not_of_is_said(homeostat, tmp_path):
    path = CodexSession().call("c1", "ls").exited("c1", 0).write(tmp_path)

    done = homeostat.import_files([path], client="claude-code")

    assert [problem.reason for problem in done.problems] == [
        "nothing in it is of the format claude-code"
    ]
    assert homeostat.import_files([path]).events == 3  # it can still be read as what it is


def test_gzip_is_found_by_the_content_not_by_the_name(homeostat, tmp_path):
    path = tmp_path / "session.jsonl"
    path.write_bytes(gzip.compress(a_session().data()))

    done = homeostat.import_files([path])

    assert done.runs == 1
    assert done.problems == ()


def test_what_has_no_time_is_placed_alike_in_one_reading_and_in_two(homeostat, in_a_file, tmp_path):
    session = ClaudeSession().prompt().call("a", command="ls").result("a")
    first, *later = session.call("b", command="pwd").data().splitlines(keepends=True)
    untimed = json.loads(later[-1])
    del untimed["timestamp"]
    whole = b"".join([first, *later[:-1], json.dumps(untimed).encode() + b"\n"])
    path = tmp_path / "history.jsonl"
    path.write_bytes(b"".join([first, *later[:-1]]))
    homeostat.import_files([path])
    path.write_bytes(whole)
    homeostat.import_files([path])
    in_a_file.import_files([path])

    assert list(homeostat.calls(CallFilter())) == list(in_a_file.calls(CallFilter()))


def test_a_rollout_that_codex_packed_later_counts_once(homeostat, tmp_path):
    plain = CodexSession("thread-1").call("c1", "false").exited("c1", 1).write(tmp_path)
    homeostat.import_files([plain])
    before = list(homeostat.calls(CallFilter()))
    packed = plain.with_name(f"{plain.name}.zst")
    packed.write_bytes(zstd.compress(plain.read_bytes()))
    plain.unlink()

    done = homeostat.import_files([tmp_path])

    assert (done.events, done.runs, done.problems) == (0, 1, ())
    assert list(homeostat.calls(CallFilter())) == before


def test_tokens_of_a_message_are_those_of_its_last_line(homeostat, tmp_path):
    session = ClaudeSession()
    for tokens in (1, 8, 940):
        text: dict[str, object] = {"type": "text", "text": "..."}
        session.said([text], message_id="msg-1", output_tokens=tokens)

    homeostat.import_files([session.write(tmp_path)])

    (run,) = homeostat.runs(Window())
    assert (run.output_tokens, run.input_tokens, run.cache_read_tokens) == (940, 5, 1000)


def test_a_message_saved_twice_counts_with_its_larger_figures(homeostat, tmp_path):
    text: list[dict[str, object]] = [{"type": "text", "text": "..."}]
    early = ClaudeSession().said(text, message_id="msg-1", output_tokens=2)
    late = ClaudeSession().said(text, message_id="msg-1", output_tokens=500)

    homeostat.import_files([late.write(tmp_path, "late.jsonl")])
    homeostat.import_files([early.write(tmp_path, "early.jsonl")])

    (run,) = homeostat.runs(Window())
    assert run.output_tokens == 500


def test_a_fork_that_copies_earlier_lines_counts_them_once(homeostat, tmp_path):
    original = a_session()
    fork = ClaudeSession("fork")
    fork.lines = [line | {"sessionId": "fork"} for line in original.lines]
    fork.call("fork-c", command="ls").result("fork-c")

    homeostat.import_files([original.write(tmp_path)])
    homeostat.import_files([fork.write(tmp_path)])

    calls = {call.call_id: call.run_id for call in homeostat.calls(CallFilter())}
    assert calls == {"session-1-a": "session-1", "session-1-b": "session-1", "fork-c": "fork"}


def test_a_subagents_file_counts_apart_and_keeps_the_runs_own_path(homeostat, tmp_path):
    main = a_session().write(tmp_path)
    below = ClaudeSession().call("sub-1", command="make", output_tokens=7)
    below.result("sub-1", "Exit code 2\nboom", is_error=True)
    for line in below.lines:
        line |= {"isSidechain": True, "agentId": "abc", "uuid": f"sub-{line['uuid']}"}
    path = below.write(tmp_path / "session-1" / "subagents", "agent-abc.jsonl")
    path.with_name("agent-abc.meta.json").write_text('{"agentType": "tester"}')

    homeostat.import_files([tmp_path / "session-1", main])

    (run,) = homeostat.runs(Window())
    assert (run.calls, run.subagent_calls, run.subagent_failed_calls) == (2, 1, 1)
    assert run.subagent_output_tokens == 7
    assert run.source_path == str(main)
    assert {call.agent for call in homeostat.calls(CallFilter())} == {"main", "tester"}


def test_an_exit_code_that_comes_later_from_the_execution_log_corrects_the_call(
    homeostat, tmp_path
):
    session = CodexSession().call("c1", "make").running("c1", 77)
    path = session.write(tmp_path)
    homeostat.import_files([path])
    before = [c.outcome for c in homeostat.calls(CallFilter())]
    item = {"type": "CommandExecution", "id": "c1", "exit_code": 2, "status": "failed"}
    session.told("item_completed", item=item).write(tmp_path)

    homeostat.import_files([path])

    (call,) = homeostat.calls(CallFilter())
    (run,) = homeostat.runs(Window())
    assert before == ["unknown"]
    assert (call.outcome, call.failure_kind, call.exit_code) == ("error", "exit_code", 2)
    assert (run.failed_calls, run.unknown_calls) == (1, 0)
    assert homeostat.check() == []


def test_an_exit_code_under_another_call_is_judged_by_the_command_that_ran(homeostat, tmp_path):
    session = CodexSession().call("c1", "pytest -q").running("c1", 77).stdin("c2", 77)
    session.exited("c2", 1, "=== 1 failed, 3 passed in 0.1s ===\nFAILED tests/test_a.py::test_a")

    homeostat.import_files([session.write(tmp_path)])

    first, second = homeostat.calls(CallFilter())
    assert (first.outcome, first.failure_kind) == ("unknown", "still_running")
    assert (second.outcome, second.exit_code, second.command) == ("error", 1, "pytest -q")
    assert second.nature == "finding"


def test_secrets_are_gone_before_anything_is_stored(homeostat, tmp_path):
    secret = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"
    session = ClaudeSession().prompt(f"use {secret}")
    session.failing("t1", f"Exit code 1\nfatal: {secret} refused", command=f"curl -u me:{secret} x")

    homeostat.import_files([session.write(tmp_path)])

    kept = stored(homeostat)
    assert secret.encode() not in kept
    assert b"[redacted:" in kept
    (leak, *_) = homeostat.dashboard().leaks
    assert leak in homeostat.run(leak.run_id).leaks


@pytest.mark.parametrize("where", ["path", "tool", "project", "branch", "model", "running", "file"])
def test_a_secret_is_stored_nowhere_not_even_in_a_name(homeostat, tmp_path, where):
    secret = "ghp_" + "a1B2c3D4e5F6" * 3
    session = ClaudeSession().prompt()
    if where == "path":
        session.call("t1", "Read", file_path=f"/srv/{secret}/key.txt").result("t1")
    elif where == "tool":
        session.call("t1", f"tool {secret}").result("t1")
    elif where == "running":
        command = f"deploy --token {secret}"
        CodexSession().call("c1", command).running("c1", 7).write(tmp_path)
    session.call("t2", command="ls").result("t2").finished()
    for line in session.lines:
        line["cwd"] = f"/home/dev/{secret}" if where == "project" else "/home/dev/ledger"
        line["gitBranch"] = f"fix/{secret}" if where == "branch" else "main"
        if where == "model" and line["type"] == "assistant":
            line["message"]["model"] = secret
    session.write(tmp_path / (f"-home-dev-{secret}" if where == "file" else "histories"))

    homeostat.import_files([tmp_path])
    again = homeostat.import_files([tmp_path])

    kept = stored(homeostat)
    assert secret.encode() not in kept
    assert b"[redacted:" in kept
    assert again.events == 0


def test_join_keys_are_never_redacted(homeostat, tmp_path):
    call_id = "toolu_01AbCdEfGhIjKlMnOpQrStUv"

    homeostat.import_files([ClaudeSession().failing(call_id).write(tmp_path)])

    (call,) = homeostat.calls(CallFilter())
    assert call.call_id == call_id


def test_of_a_good_answer_300_characters_are_kept_and_of_a_failure_all(homeostat, tmp_path):
    long = "x" * 5000
    session = ClaudeSession().call("ok", command="ls").result("ok", long)
    session.failing("bad", f"Exit code 1\n{long}")

    homeostat.import_files([session.write(tmp_path)])

    texts = {call.call_id: len(call.text) for call in homeostat.calls(CallFilter())}
    assert texts == {"ok": 300, "bad": 5012}


def test_of_old_failures_twenty_are_kept_whole(tmp_path):
    homeostat = a_homeostat(tmp_path)
    homeostat.clock.moment = FixedClock().moment.replace(year=2027)
    session = ClaudeSession()
    for number in range(30):
        session.failing(f"t{number}", "Exit code 1\nboom " + "y" * 1000)

    homeostat.import_files([session.write(tmp_path)])

    lengths = [len(call.text) for call in homeostat.calls(CallFilter())]
    assert sorted(lengths) == [300] * 10 + [1017] * 20


def test_failures_of_the_last_30_days_are_all_kept_whole(homeostat, tmp_path):
    session = ClaudeSession()
    for number in range(30):
        session.failing(f"t{number}", "Exit code 1\nboom " + "y" * 1000)

    homeostat.import_files([session.write(tmp_path)])

    assert {len(call.text) for call in homeostat.calls(CallFilter())} == {1017}


@pytest.mark.parametrize("readers", [1, 2])
def test_files_read_by_other_processes_give_the_same_store(tmp_path, readers):
    for number in range(5):
        a_session(f"session-{number}").write(tmp_path / "histories")
    (tmp_path / "histories" / "torn.jsonl").write_bytes(a_session("torn").data()[:-90])
    alone, aside = a_homeostat(tmp_path / "alone"), a_homeostat(tmp_path / "aside")
    seen: list[Progress] = []

    one = alone.import_files([tmp_path / "histories"])
    other = importing.import_files(
        aside.state, aside.clock, [tmp_path / "histories"], aside.settings,
        progress=seen.append, aside_from=0, most_readers=readers,
    )  # fmt: skip

    assert other == one
    assert everything(aside) == everything(alone)
    assert {step.path for step in seen if step.read_bytes == step.size_bytes} == {
        str(path) for path in (tmp_path / "histories").iterdir()
    }


def test_histories_are_found_where_the_clients_keep_them(homeostat, tmp_path):
    home = tmp_path / "home"
    a_session().write(home / ".claude" / "projects" / "-home-dev-ledger")
    CodexSession().write(home / ".codex" / "sessions" / "2026" / "11" / "20")

    found = {history.client: len(history.paths) for history in homeostat.histories()}

    assert found == {"claude-code": 1, "codex": 1}


def test_a_variable_that_moves_a_clients_folder_is_obeyed(tmp_path):
    moved = tmp_path / "elsewhere"
    a_session().write(moved / "projects" / "p")
    homeostat = a_homeostat(tmp_path, CLAUDE_CONFIG_DIR=str(moved))

    (history,) = homeostat.histories()

    assert history.paths == (str(moved / "projects" / "p" / "session-1.jsonl"),)


def a_homeostat(folder: Path, **environment: str) -> Homeostat:
    return Homeostat(
        state=folder / "state",
        config=folder / "config",
        clock=FixedClock(),
        loaded=load(folder / "config", {}, directory=folder),
        environment={"HOME": str(folder / "home"), **environment},
    )
