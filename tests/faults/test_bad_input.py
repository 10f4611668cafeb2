"""Damaged histories: what is good is stored, what is not is named with file and line."""

import gzip
import os
import random
from collections.abc import Callable

import pytest

from histories import ClaudeSession
from homeostat.knowledge.queries.runs import CallFilter
from homeostat.model.views import Window
from stores import stored


def a_session(name: str = "s") -> ClaudeSession:
    session = ClaudeSession(name).prompt().failing("t1")
    return session.call("t2", command="ls").result("t2").finished()


def lines() -> list[bytes]:
    return a_session().data().split(b"\n")[:-1]


def with_line(line: bytes) -> bytes:
    return b"\n".join([*lines()[:3], line, *lines()[3:]]) + b"\n"


def replaced(old: bytes, new: bytes) -> Callable[[], bytes]:
    return lambda: a_session().data().replace(old, new)


LONG = b'{"type":"user","x":"' + b"A" * 50_000_000 + b'"}'
ODD = b'{"type":"user","sessionId":"s","message":7}'
TIME = b"2026-11-20T09:00:03"
DAMAGED: list[tuple[str, Callable[[], bytes], str]] = [
    ("torn", lambda: with_line(lines()[0][:90]), ":4: no JSON"),
    ("binary line", lambda: with_line(b"\x00" * 512), ":4: no JSON: binary data"),
    ("array", lambda: with_line(b"[1,2,3]"), ":4: not of the expected shape"),
    ("deep", lambda: with_line(b'{"type":"user","message":' + b"[" * 90_000), ":4: "),
    ("long", lambda: with_line(LONG), ":4: the line"),
    ("odd message", lambda: with_line(ODD), ":4: not of"),
]  # fmt: skip
RECOVERED: list[tuple[str, Callable[[], bytes]]] = [
    ("invalid UTF-8", replaced(b"boom", b"bo\xff\xfeom")),
    ("lone surrogate", replaced(b"boom", b"bo\\ud800om")),
    ("NaN", replaced(b'"input_tokens": 5', b'"input_tokens": NaN')),
    ("a time that is none", replaced(TIME, b"now")),
    ("years away", replaced(TIME, b"9999-11-20T09:00:03")),
    ("long ago", replaced(TIME, b"1970-01-01T00:00:00")),
    ("empty lines", lambda: b"\n\n  \n" + a_session().data() + b"\n\t\n"),
    ("glued", lambda: lines()[0] + lines()[1] + b"\n" + b"\n".join(lines()[2:]) + b"\n"),
    ("byte order mark", lambda: b"\xef\xbb\xbf" + a_session().data()),
    ("CRLF", lambda: a_session().data().replace(b"\n", b"\r\n")),
]  # fmt: skip


def outcomes(homeostat) -> dict[str, str]:
    return {call.call_id: call.outcome for call in homeostat.calls(CallFilter())}


@pytest.mark.parametrize(("data", "reason"), [c[1:] for c in DAMAGED], ids=[c[0] for c in DAMAGED])
def test_a_damaged_line_costs_that_line_only_and_is_named(homeostat, tmp_path, data, reason):
    path = tmp_path / "history.jsonl"
    path.write_bytes(data())

    done = homeostat.import_files([path])

    (problem,) = done.problems
    assert f"{problem.path}:{problem.line}: {problem.reason}".startswith(f"{path}{reason}")
    assert outcomes(homeostat) == {"t1": "error", "t2": "ok"}
    assert homeostat.check() == []
    assert [bad.line for bad in homeostat.coverage().bad_lines] == [4]


@pytest.mark.parametrize("data", [c[1] for c in RECOVERED], ids=[c[0] for c in RECOVERED])
def test_what_is_only_untidy_is_read_whole(homeostat, tmp_path, data):
    path = tmp_path / "history.jsonl"
    path.write_bytes(data())

    done = homeostat.import_files([path])

    assert done.problems == ()
    assert outcomes(homeostat) == {"t1": "error", "t2": "ok"}
    assert homeostat.check() == []


def test_a_time_that_cannot_be_gives_way_to_the_one_before_it(homeostat, tmp_path):
    path = tmp_path / "history.jsonl"
    path.write_bytes(a_session().data().replace(b"2026-11-20T09:00:03", b"9999-11-20T09:00:03"))

    homeostat.import_files([path])

    assert {c.started_at.year for c in homeostat.calls(CallFilter()) if c.started_at} == {2026}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b"\x00" * 5000, "the file is binary, not a history"),
        (b"hello\nworld\n", "no line of its beginning is JSON"),
        (b'{"a": 1}\n', "of no known format"),
    ],
)
def test_a_file_that_is_no_history_is_named_where_a_person_named_it(
    homeostat, tmp_path, data, reason
):
    path = tmp_path / "history.jsonl"
    path.write_bytes(data)

    done = homeostat.import_files([path])

    assert [(p.path, p.reason) for p in done.problems] == [(str(path), reason)]


def test_a_damaged_packed_rollout_is_named(homeostat, tmp_path):
    path = tmp_path / "rollout.jsonl.zst"
    path.write_bytes(b"\x28\xb5\x2f\xfd" + b"packed" * 40)

    done = homeostat.import_files([tmp_path])

    (problem,) = done.problems
    assert problem.path == str(path)
    assert "damaged or broken off" in problem.reason


def test_what_is_no_file_does_not_hold_up_the_others(homeostat, tmp_path):
    os.mkfifo(tmp_path / "a.jsonl")
    (tmp_path / "b.jsonl").symlink_to(tmp_path / "nowhere")
    a_session().write(tmp_path)

    done = homeostat.import_files([tmp_path, tmp_path / "a.jsonl"])

    assert [(p.path, p.reason) for p in done.problems] == [
        (str(tmp_path / "b.jsonl"), "No such file or directory"),
        (str(tmp_path / "a.jsonl"), "no regular file"),
    ]
    assert len(homeostat.runs(Window())) == 1


def test_a_file_name_that_is_no_text_is_escaped(homeostat, tmp_path):
    path = tmp_path / os.fsdecode(b"old-\xff-session.jsonl")
    path.write_bytes(a_session().data())

    homeostat.import_files([tmp_path])
    again = homeostat.import_files([tmp_path])

    (run,) = homeostat.runs(Window())
    assert run.source_path == str(tmp_path / "old-\\xff-session.jsonl")
    assert again.unchanged == 1


@pytest.mark.parametrize("before", range(0, 330, 11))
def test_of_a_line_that_cannot_be_read_no_half_secret_is_kept(homeostat, tmp_path, before):
    secret = "ghp_" + "a1B2c3D4e5F6" * 3
    path = tmp_path / "history.jsonl"
    path.write_bytes(with_line(b"torn " + b"x" * before + b" " + secret.encode() + b" {"))

    homeostat.import_files([path])

    (bad,) = homeostat.coverage().bad_lines
    kept = stored(homeostat)
    assert bad.line == 4
    assert secret[:12].encode() not in kept


def test_random_bytes_are_named_and_nothing_is_stored(homeostat, tmp_path):
    path = tmp_path / "history.jsonl"
    path.write_bytes(random.Random(7).randbytes(50_000))

    done = homeostat.import_files([path])

    assert done.problems
    assert outcomes(homeostat) == {}


def test_what_a_broken_off_gzip_file_still_gives_is_kept(homeostat, tmp_path):
    session = a_session()
    for number in range(3000):
        session.call(f"n{number}", command=f"echo {number}").result(f"n{number}")
    whole = gzip.compress(session.data())
    path = tmp_path / "history.jsonl.gz"
    path.write_bytes(whole[: len(whole) // 2])

    done = homeostat.import_files([path])

    (problem,) = done.problems
    assert "damaged or broken off" in problem.reason
    (told,) = homeostat.coverage().bad_lines
    assert (told.line, told.reason) == (problem.line, problem.reason)
    assert 1000 < len(outcomes(homeostat)) < 3000
    assert homeostat.check() == []


def test_a_file_that_was_cut_off_is_read_on_when_it_is_whole_again(homeostat, tmp_path):
    path = tmp_path / "history.jsonl"
    path.write_bytes(a_session().data()[:-40])
    first = homeostat.import_files([path])
    path.write_bytes(a_session().data())

    second = homeostat.import_files([path])

    assert [(p.line, "has no end" in p.reason) for p in first.problems] == [(6, True)]
    assert second.problems == ()
    assert [run.ended for run in homeostat.runs(Window())] == ["completed"]


def test_a_line_that_was_read_before_its_end_came_counts_once(homeostat, tmp_path):
    path = tmp_path / "history.jsonl"
    path.write_bytes(a_session().data()[:-1])
    homeostat.import_files([path])
    path.write_bytes(a_session().data() + b"{broken\n")

    done = homeostat.import_files([path])

    assert [problem.line for problem in done.problems] == [len(lines()) + 1]
    assert done.lines == 1


def test_a_folder_without_rights_is_named_and_the_rest_is_read(homeostat, tmp_path):
    a_session().write(tmp_path / "all" / "open")
    shut = tmp_path / "all" / "shut"
    a_session("other").write(shut)
    shut.chmod(0)
    if os.access(shut, os.R_OK):
        shut.chmod(0o700)
        pytest.skip("this user may read everything: no folder can be shut")

    done = homeostat.import_files([tmp_path / "all"])

    shut.chmod(0o700)
    assert [problem.path for problem in done.problems] == [str(shut)]
    assert done.runs == 1
