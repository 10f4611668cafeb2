"""What a successful shell call hides; every command and output is made up."""
# ruff: noqa: E501  # commands and outputs stand as one sees them

import pytest

from homeostat.analyze.nature import judge
from homeostat.model.call import CallFacts, Judgement
from homeostat.model.outcome import Nature, Outcome

FAULT, FINDING, NONE = Nature.FAULT, Nature.FINDING, Nature.NONE


def succeeded(command: str, output: str, *, tool: str = "Bash") -> Judgement:
    return judge(
        CallFacts(tool=tool, outcome=Outcome.OK, command=command, exit_code=0, text=output)
    )


HIDDEN_FINDINGS = {
    "tail": ("pytest -q | tail -3", "FAILED tests/test_a.py::test_b - assert 0\n1 failed in 0.1s"),
    "head": ("npx eslint . 2>&1 | head -50", "/w/a.ts\n  3:1 error no-var\n✖ 1 problem (1 error)"),
    "grep": (
        "go test ./... -v | grep -A3 FAIL",
        "--- FAIL: TestAdd (0.00s)\n    add_test.go:3: got 2",
    ),
    "tee": ("mypy src | tee log", "a.py:1: error: bad  [x]\nFound 1 error in 1 file"),
    "or true": ("pytest || true", "1 failed, 2 passed in 0.2s"),
    "or echo": ("cargo test || echo done", "test result: FAILED. 0 passed; 1 failed"),
    "semicolon": ("npm test; echo done", "Tests: 1 failed, 1 total\ndone"),
    "a loop": (
        "for p in a b; do (cd $p && pytest); done | cat",
        "1 failed in 0.1s\n3 passed in 0.1s",
    ),
    "an if": ("if pytest; then echo ok; else echo no; fi", "1 failed in 0.1s\nno"),
    "a runner's own 0": ("mise run lint", "a.go:1:1: bad (x)\n1 issues:\n[lint] ERROR task failed"),
    "a wrapper's own 0": (
        "rtk git commit -m x",
        "FAILED: git commit\n- hook id: ruff\nFound 1 error.",
    ),
    "a told code": ('pytest -q; echo "exit: $?"', "assertion trouble\nexit: 1"),
    "a lookup": (
        "npm view left-pad@99 version || true",
        "npm error code E404\nnpm error 404 No match",
    ),
    "a probe": ("ls docs/*.nope 2>/dev/null | wc -l", "(eval):1: no matches found: docs/*.nope\n0"),
    "a build": ("go build ./... 2>&1 | head", "# shop\n./a.go:3:9: undefined: add"),
    "types": ("npx tsc --noEmit | head -20", "a.ts(3,1): error TS2322: Type 'x'"),
    "a background job's wait": ("pytest & wait; echo ok", "1 failed in 0.2s\nok"),
}
HIDDEN_FAULTS = {
    "an option": (
        "cat -A a.txt | head",
        "cat: illegal option -- A\nusage: cat [-belnstuv] [file ...]",
    ),
    "a missing program": ("eslint . | tail -3", "bash: line 1: eslint: command not found"),
    "a missing script": ("npm run nope | tail -5", 'npm error Missing script: "nope"'),
    "a glob": ("cat src/*.nope | head", "zsh:1: no matches found: src/*.nope"),
    "backticks": (
        'git commit -m "use `frob`" | cat',
        "zsh:1: command not found: frob\n[main 1a2b3c4] use",
    ),
    "a locked file": (
        "git config --add a.b c; git remote -v",
        "error: could not lock config file .git/config: File exists\norigin x",
    ),
    "a missing folder": ("find gone -type f | sort", "find: 'gone': No such file or directory"),
    "a refused argument": (
        "frob find -name x | head",
        "error: unexpected argument '-n' found\n\nUsage: frob find",
    ),
    "a told code": ('frob sync; echo "rc=$?"', "rc=3"),
    "npm": ("npm access nope || true", "npm error code EUSAGE\nnpm error"),
    "a traceback": (
        "python a.py | head -40",
        "Traceback (most recent call last):\n  File \"a.py\"\nKeyError: 'x'",
    ),
    "a last word": (
        "frob doctor | head -50",
        "checking\nfailed to get action: could not open a terminal",
    ),
    "an exit status": ("go run ./cmd/shop | head", "Usage:\n  shop\n\nexit status 1"),
    "a fetch behind a merge": (
        "gh pr merge 3 --squash",
        "remote: Not Found\nfatal: repository 'https://example.invalid/' not found",
    ),
    "a check that could not run": (
        "pytest tests/gone | tail -2",
        "ERROR: file or directory not found: tests/gone\nno tests ran in 0.0s",
    ),
}
NOT_MASKED = {
    "green tests with names of failures": ("go test ./... -v | tail", "--- PASS: TestFailedLogin (0.0s)\nPASS\nok  \tshop\t0.1s"),
    "provoked errors in green tests": ("bun test", "error: Database connection failed\n(pass) a > reports the error\n 9 pass\n 0 fail"),
    "no failures": ("pytest -q | tail -1", "12 passed in 0.3s"),
    "no issues": ("golangci-lint run | tail -5", "0 issues."),
    "a diff": ("git diff | head -50", "-        raise Error('FAILED: x')\n+    error: boom\n+1 failed"),
    "source": ("sed -n 1,20p a.py && sed -n 1,9p b.py", "raise ValueError('error: unknown option')\nfatal: no"),
    "a search": ("rg -n 'error|failed' src | head", "src/a.py:3:    error: failed"),
    "documentation": ("frob help | head -40", "Usage:\n  frob [flags]\n\nError: a section of the manual"),
    "another run's log": ("gh run view 12 --log", "Lint\tBiome\tFound 3 errors.\nLint\t##[error]exit code 1"),
    "a screen of another session": ("tmux capture-pane -p | tail -50", "1 failed in 0.2s\nerror: could not compile"),
    "a probe with an else branch": ("ls gone 2>/dev/null || echo missing", "missing"),
    "a glob with an else branch": ("ls gone* 2>/dev/null || echo missing", "(eval):1: no matches found: gone*\nmissing"),
    "a condition": ("if grep -q x a.txt; then echo yes; else echo no; fi", "no"),
    "an expected refusal": ("frob bad >out 2>&1; code=$?; cat out; test $code -ne 0", "Error: bad\nexit: 1"),
    "exit 0 told": ('npm run lint; echo "Exit: $?"', "Checked 12 files. No fixes applied.\nExit: 0"),
    "nothing said": ("rg needle | head", ""),
    "an edit": ("sed -i s/error/fatal/ a.txt", ""),
    "json with errors": ("frob list --json", '[{"title": "error: it failed", "status": "FAILED"}]'),
    "warnings": ("npx eslint . | tail -3", "✖ 0 problems (0 errors, 0 warnings)"),
    "a commit's message": ("git commit -m 'Fix failed tests' && git push | cat", "[main 1a2b3c4] Fix failed tests\n 1 file changed"),
}  # fmt: skip


@pytest.mark.parametrize(("command", "output"), HIDDEN_FINDINGS.values(), ids=HIDDEN_FINDINGS)
def test_a_check_that_said_no_behind_a_success_is_a_masked_finding(command, output):
    judged = succeeded(command, output)

    assert (judged.nature, judged.masked) == (NONE, FINDING)
    assert judged.rule


@pytest.mark.parametrize(("command", "output"), HIDDEN_FAULTS.values(), ids=HIDDEN_FAULTS)
def test_a_step_that_broke_behind_a_success_is_a_masked_fault(command, output):
    assert succeeded(command, output).masked is FAULT


@pytest.mark.parametrize(("command", "output"), NOT_MASKED.values(), ids=NOT_MASKED)
def test_words_of_failure_alone_mask_nothing(command, output):
    assert succeeded(command, output).masked is NONE


@pytest.mark.parametrize(
    ("tool", "text", "masked"),
    [
        ("mcp__shop__order", '{"isError": true, "content": []}', FAULT),
        ("shop.order", "{'is_error': True}", FAULT),
        ("mcp__shop__order", '{"isError": false}', NONE),
        ("Read", '{"isError": true}', NONE),
    ],
)
def test_a_server_that_calls_its_answer_an_error_masks_a_fault(tool, text, masked):
    assert succeeded("", text, tool=tool).masked is masked
