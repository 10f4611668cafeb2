"""Whatever was imported, grouped, undone and forgotten, in any order: the store is sound."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import FixedClock
from histories import START, ClaudeSession
from homeostat.knowledge.queries.overview import _periods
from homeostat.loop.service import Homeostat
from homeostat.loop.settings import load
from homeostat.model.errors import HomeostatError
from homeostat.model.views import Window

ANSWERS = (
    "Exit code 1\nModuleNotFoundError: No module named 'yaml'\nproxy alpha",
    "Exit code 1\nModuleNotFoundError: No module named 'yaml'\nproxy beta",
    "Exit code 1\nfatal: the certificate has expired",
)
PROJECTS = ("/home/dev/ledger", "/home/dev/garden")


def a_session(number: int) -> ClaudeSession:
    session = ClaudeSession(f"session-{number}").prompt(f"note {number}")
    for place, answer in enumerate(ANSWERS[number % 2 :]):
        session.failing(f"{number}-{place}", answer)
    command = {"type": "hook_success", "hookName": "Stop", "durationMs": 7}
    session.line("attachment", attachment=command | {"command": f"hook-{number % 2}"})
    for line in session.lines:
        line["cwd"] = PROJECTS[number % 2]
    return session.finished()


STEPS = st.one_of(
    st.tuples(st.just("import"), st.integers(0, 3)),
    st.tuples(st.just("merge"), st.integers(0, 5)),
    st.tuples(st.just("split"), st.sampled_from(["proxy alpha", "proxy beta", "No module"])),
    st.tuples(st.just("ignore"), st.integers(0, 5)),
    st.tuples(st.just("undo"), st.integers(1, 4)),
    st.tuples(st.just("run"), st.integers(0, 3)),
    st.tuples(st.just("project"), st.sampled_from(PROJECTS)),
    st.tuples(st.just("text"), st.sampled_from(["proxy alpha", "yaml", "/home/dev", "note 1"])),
)


def take(homeostat: Homeostat, folder: Path, verb: str, what: object) -> None:
    signatures = [group.signature for group in homeostat.failures(Window())]
    match verb:
        case "import":
            homeostat.import_files([a_session(int(str(what))).write(folder)])
        case "undo":
            homeostat.undo_grouping(int(str(what)))
        case "run":
            homeostat.forget(run=f"session-{what}")
        case "project":
            homeostat.forget(project=str(what))
        case "text":
            homeostat.forget(text=str(what))
        case _ if signatures:
            group(homeostat, signatures, verb, what)


def group(homeostat: Homeostat, signatures: list[str], verb: str, what: object) -> None:
    if verb == "split":
        homeostat.split(signatures[0], str(what))
        return
    one = signatures[int(str(what)) % len(signatures)]
    if verb == "merge":
        homeostat.merge(one, signatures[0])
    else:
        homeostat.ignore(one, None)


@given(st.lists(STEPS, min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_the_store_is_sound_after_any_sequence_of_steps(steps):
    with TemporaryDirectory() as name:
        folder = Path(name)
        homeostat = Homeostat(
            state=folder / "state",
            config=folder / "config",
            clock=FixedClock(),
            loaded=load(folder / "config", {}, directory=folder),
            environment={},
        )
        homeostat.import_files([a_session(0).write(folder), a_session(1).write(folder)])
        for verb, what in steps:
            with suppress(HomeostatError):
                take(homeostat, folder, verb, what)

            assert homeostat.check() == []

        runs = homeostat.runs(Window())
        groups = homeostat.failures(Window())
        assert sum(g.failures for g in groups) == homeostat.dashboard().totals.faults
        assert sum(h.times for h in homeostat.dashboard().hooks) <= len(runs)
        for found in groups:
            assert homeostat.signature(found.signature).group.failures == found.failures


MINUTES = st.one_of(st.none(), st.integers(0, 60 * 24 * 5))


@given(MINUTES, MINUTES)
def test_days_and_hours_together_are_each_hour_of_a_window_once(since, length):
    began = None if since is None else START + timedelta(minutes=since)
    ended = None if length is None else (began or START) + timedelta(minutes=length)

    parts = _periods(Window(since=began, until=ended))

    first, beyond = parts["first_hour"], parts["beyond_hour"]
    hours = (
        parts["morning"] - first
        + 24 * (parts["beyond_day"] - parts["first_day"])
        + beyond - parts["evening"]
    )  # fmt: skip
    assert hours == beyond - first
    assert first <= parts["morning"] <= parts["evening"] <= beyond
    if parts["beyond_day"]:
        assert parts["morning"] == 24 * parts["first_day"]
        assert parts["evening"] == 24 * parts["beyond_day"]
