"""How a run came out, told as the steps of made-up runs."""

import pytest

from homeostat.analyze.nature import judge
from homeostat.analyze.run_outcome import run_outcome
from homeostat.model.call import CallFacts, RunFacts, RunStep
from homeostat.model.outcome import Nature, Outcome, Role, RunEnd, RunOutcome

WELL, BADLY, UNKNOWN = RunOutcome.WELL, RunOutcome.BADLY, RunOutcome.UNKNOWN
PROMPT = RunStep(kind="prompt")
EDITED = RunStep(kind="call", tool="Edit", outcome=Outcome.OK, role=Role.EDIT)
REFUSED_EDIT = RunStep(
    kind="call", tool="Edit", outcome=Outcome.ERROR, nature=Nature.FAULT, role=Role.EDIT
)
LOOKED = RunStep(kind="call", tool="Read", outcome=Outcome.OK)
UNANSWERED = RunStep(kind="call", tool="Bash", failure_kind="no_result")
STILL_RUNNING = RunStep(kind="call", failure_kind="still_running", role=Role.CHECK)


def ran(command: str, **more: object) -> RunStep:
    fields = {"role": Role.CHECK, "outcome": Outcome.OK} | more
    return RunStep(kind="call", tool="Bash", command=command, **fields)


def green(command: str = "pytest") -> RunStep:
    return ran(command)


def red(command: str = "pytest") -> RunStep:
    return ran(command, outcome=Outcome.ERROR, nature=Nature.FINDING)


def broken(command: str = "pytest") -> RunStep:
    return ran(command, outcome=Outcome.ERROR, nature=Nature.FAULT)


def committed(outcome: Outcome = Outcome.OK) -> RunStep:
    nature = Nature.FAULT if outcome is Outcome.ERROR else Nature.NONE
    return ran("git commit -m x", role=Role.COMMIT, outcome=outcome, nature=nature)


def pushed(outcome: Outcome = Outcome.OK) -> RunStep:
    return ran("git push origin main", role=Role.OTHER, outcome=outcome)


MASKED_RED = ran("pytest | tail", masked=Nature.FINDING)
STORIES = {
    "an edit that was checked": ([PROMPT, EDITED, green()], WELL, "checks-green"),
    "a repair": ([EDITED, red(), EDITED, green()], WELL, "checks-green"),
    "checks of two kinds": ([EDITED, green("pytest"), green("ruff check")], WELL, "checks-green"),
    "a check that could not run at first": ([EDITED, broken(), green()], WELL, "checks-green"),
    "looking around after the checks": ([EDITED, green(), LOOKED, PROMPT], WELL, "checks-green"),
    "a refused edit after the checks": ([EDITED, green(), REFUSED_EDIT], WELL, "checks-green"),
    "checked, then committed": ([EDITED, green(), committed()], WELL, "checks-green"),
    "a commit that was repeated": (
        [EDITED, green(), committed(Outcome.ERROR), committed()], WELL, "checks-green"),
    "one check for both": (
        [EDITED, red("ruff check && pytest"), green("ruff check"), green("pytest")],
        WELL, "checks-green"),
    "a check without a known program": ([EDITED, green("./run.sh")], WELL, "checks-green"),
    "a check left red": ([EDITED, green(), EDITED, red()], BADLY, "check-stayed-red"),
    "red behind a pipe": ([EDITED, MASKED_RED], BADLY, "check-stayed-red"),
    "red tests, green lint": (
        [EDITED, red("pytest"), green("ruff check")], BADLY, "check-stayed-red"),
    "a person stopped a repair": ([EDITED, red(), PROMPT], BADLY, "check-stayed-red"),
    "a commit given up": (
        [EDITED, green(), committed(Outcome.ERROR), LOOKED], BADLY, "delivery-given-up"),
    "a push given up": (
        [EDITED, green(), committed(), pushed(Outcome.ERROR)], BADLY, "delivery-given-up"),
    "no check at all": ([EDITED, LOOKED], UNKNOWN, "no-check"),
    "a commit that checked nothing": ([EDITED, committed()], UNKNOWN, "no-check"),
    "questions": ([PROMPT, LOOKED], UNKNOWN, "no-check"),
    "nothing": ([], UNKNOWN, "no-check"),
    "an edit after the checks": ([EDITED, green(), EDITED], UNKNOWN, "last-edit-unchecked"),
    "only checks that could not run": ([EDITED, broken()], UNKNOWN, "check-could-not-run"),
    "a check that still runs": ([EDITED, STILL_RUNNING], UNKNOWN, "check-could-not-run"),
}  # fmt: skip


@pytest.mark.parametrize(("steps", "outcome", "rule"), STORIES.values(), ids=STORIES)
def test_a_completed_run_comes_out_as_its_last_checks_say(steps, outcome, rule):
    judged = run_outcome(RunFacts(steps=steps, ended=RunEnd.COMPLETED))

    assert (judged.outcome, judged.rule) == (outcome, rule)


@pytest.mark.parametrize(
    ("ended", "steps", "outcome", "rule"),
    [
        (RunEnd.UNKNOWN, [green(), UNANSWERED], UNKNOWN, "ends-inside-a-call"),
        (RunEnd.UNKNOWN, [green(), PROMPT], UNKNOWN, "ends-at-a-prompt"),
        (RunEnd.API_FAILURE, [green()], UNKNOWN, "cut-off"),
        (RunEnd.API_FAILURE, [green(), EDITED], BADLY, "model-failed"),
        (RunEnd.API_FAILURE, [], BADLY, "model-failed"),
        (RunEnd.LIMIT, [red()], UNKNOWN, "cut-off"),
        (RunEnd.INTERRUPTED, [green()], UNKNOWN, "interrupted"),
        (RunEnd.INTERRUPTED, [red()], BADLY, "check-stayed-red"),
        (RunEnd.INTERRUPTED, [EDITED], UNKNOWN, "no-check"),
        (RunEnd.INTERRUPTED, [committed(Outcome.ERROR)], BADLY, "delivery-given-up"),
    ],
)
def test_how_a_run_ended_counts(ended, steps, outcome, rule):
    judged = run_outcome(RunFacts(steps=steps, ended=ended))

    assert (judged.outcome, judged.rule) == (outcome, rule)


def role_of(command: str, output: str = "", *, tool: str = "Bash", args: str = "") -> Role:
    facts = CallFacts(tool=tool, outcome=Outcome.OK, command=command, text=output, args=args)
    return judge(facts).role


@pytest.mark.parametrize(
    ("command", "role"),
    [
        ("pytest -q", Role.CHECK),
        ("npm run build | tail", Role.CHECK),
        ("sed -i s/a/b/ x.py && pytest", Role.CHECK),
        ("cd web && npx tsc --noEmit", Role.CHECK),
        ("git commit -m x", Role.COMMIT),
        ("pytest && git commit -m x", Role.COMMIT),
        ("git commit --dry-run", Role.OTHER),
        ("git push", Role.OTHER),
        ("sed -i s/a/b/ x.py", Role.EDIT),
        ("perl -pi -e s/a/b/ x.py", Role.EDIT),
        ("echo a > src/x.py", Role.EDIT),
        ("cat > x.py <<'E'\npytest\nE", Role.EDIT),
        ("echo a | tee x.py", Role.EDIT),
        ("git apply a.patch", Role.EDIT),
        ("patch -p1 < a.diff", Role.EDIT),
        ("frob > /tmp/x", Role.OTHER),
        ("frob > out.log", Role.OTHER),
        ("frob > /dev/null 2>&1", Role.OTHER),
        ('d=$(mktemp -d); echo a > "$d/x"', Role.OTHER),
        ("echo a | tee /tmp/x", Role.OTHER),
        ("grep -rn x src", Role.OTHER),
        ("ls", Role.OTHER),
        ("pytest --version", Role.OTHER),
        ("mypy --help", Role.OTHER),
    ],
)
def test_what_a_shell_call_does_for_the_run_is_read_from_its_line(command, role):
    assert role_of(command) is role


def test_a_commit_whose_hooks_checked_the_work_is_a_check():
    hooks = "ruff.......Passed\n[main 1a2b3c4] Fix\n 1 file changed, 1 insertion(+)"

    assert role_of("git commit -m x", hooks) is Role.CHECK
    assert role_of("git push", "Tests.....Passed\nTo example.invalid") is Role.CHECK
    assert role_of("git commit -m x", "[main 1a2b3c4] All checks passed\n") is Role.COMMIT


def test_a_commit_of_nothing_is_no_delivery_that_failed():
    facts = CallFacts(
        tool="Bash",
        outcome=Outcome.ERROR,
        command="git commit -m x",
        exit_code=1,
        text="On branch main\nnothing to commit, working tree clean",
    )

    assert (judge(facts).nature, judge(facts).role) == (Nature.FAULT, Role.OTHER)


@pytest.mark.parametrize(
    ("tool", "args", "role"),
    [
        ("Edit", '{"file_path": "/w/src/a.py"}', Role.EDIT),
        ("Write", '{"file_path":"/home/x/.claude/plans/a.md"}', Role.OTHER),
        ("Write", '{"file_path":"/tmp/a.py"}', Role.OTHER),
        ("apply_patch", "*** Update File: a.py", Role.EDIT),
        ("Read", '{"file_path": "/w/src/a.py"}', Role.OTHER),
        ("str_replace_editor", '{"command": "create", "path": "/w/a.py"}', Role.EDIT),
        ("str_replace_editor", '{"command": "view", "path": "/w/a.py"}', Role.OTHER),
        ("edit", '{"filePath":"/w/a.py","oldString":"x"}', Role.EDIT),
    ],
)
def test_tools_that_change_files_edit_unless_the_file_is_no_part_of_the_work(tool, args, role):
    assert role_of("", tool=tool, args=args) is role
