"""Fault or finding: what a failed call is, table by table; every command and output is made up."""
# ruff: noqa: E501, ISC004, RUF001  # commands and outputs stand as one sees them

import pytest

from homeostat.analyze.nature import judge
from homeostat.model.call import CallFacts, Judgement
from homeostat.model.outcome import Nature, Outcome, Role

FAULT, FINDING, NONE = Nature.FAULT, Nature.FINDING, Nature.NONE


def failed(
    command: str, output: str = "", *, code: int | None = 1, tool: str = "Bash"
) -> Judgement:
    return judge(
        CallFacts(
            tool=tool,
            outcome=Outcome.ERROR,
            failure_kind="exit_code",
            command=command,
            exit_code=code,
            text=output,
        )
    )


TESTS_SAID_NO = [
    ("pytest -q", "F.\n=== FAILURES ===\nE   assert 1 == 2\n1 failed, 1 passed in 0.03s"),
    (
        "python -m pytest tests/unit",
        "FAILED tests/unit/test_a.py::test_b - assert 0\n= 1 failed in 1s =",
    ),
    ("uv run pytest", "E       AssertionError: nope\n1 failed in 0.01s"),
    ("poetry run pytest -x", "===== 2 failed, 3 passed in 1.20s ====="),
    ("python3 manage.py test", "FAIL: test_x (shop.tests.T)\nFAILED (failures=1)"),
    ("python -m unittest discover", "AssertionError: 1 != 2\nFAILED (failures=1)"),
    (
        "go test ./...",
        "--- FAIL: TestSum (0.00s)\n    sum_test.go:9: got 3\nFAIL\nFAIL\tshop/sum\t0.1s",
    ),
    ("go test ./sum", "# shop/sum\nsum/sum.go:3:9: undefined: add\nFAIL\tshop/sum [build failed]"),
    (
        "go test ./...",
        "panic: runtime error: index out of range [3]\ngoroutine 7 [running]:\nFAIL\tshop",
    ),
    ("cargo test", "test tests::adds ... FAILED\n\ntest result: FAILED. 3 passed; 1 failed"),
    (
        "cargo nextest run",
        "        FAIL [   0.01s] shop tests::adds\n   Summary 4 tests run: 3 passed, 1 failed",
    ),
    ("npm test", "Tests:       1 failed, 4 passed, 5 total\nTest Suites: 1 failed, 1 total"),
    ("npx jest cart", "FAIL src/cart.test.ts\n  ● adds\nTests: 1 failed, 1 total"),
    ("npx vitest run", " FAIL  src/cart.test.ts > adds\nAssertionError: expected 1 to be 2"),
    (
        "pnpm --filter web test",
        "Test Files  1 failed (1)\n ERR_PNPM_RECURSIVE_RUN_FIRST_FAIL  web@1.0.0 test",
    ),
    ("yarn test", "  1 failing\n\n  1) cart adds:\n     AssertionError: expected 1 to equal 2"),
    ("bun test", "(fail) cart > adds [1.2ms]\n\n 4 pass\n 1 fail\nRan 5 tests across 1 file."),
    ("node --test", "not ok 1 - adds\n# pass 3\n# fail 1"),
    ("deno test", "FAILED | 3 passed | 1 failed (12ms)\n\nerror: Test failed"),
    (
        "mvn -q test",
        "[ERROR] Tests run: 4, Failures: 1, Errors: 0\n[ERROR] There are test failures.",
    ),
    (
        "./gradlew test",
        "CartTest > adds FAILED\n    org.opentest4j.AssertionFailedError\nBUILD FAILED in 3s",
    ),
    ("dotnet test", "Failed!  - Failed:     1, Passed:     4, Skipped:     0"),
    ("bundle exec rspec", "Failures:\n\n  1) Cart adds\n\n12 examples, 1 failure"),
    ("vendor/bin/phpunit", "FAILURES!\nTests: 4, Assertions: 9, Failures: 1."),
    ("mix test", "  1) test adds (CartTest)\n\n4 tests, 1 failure"),
    ("ctest --output-on-failure", "75% tests passed, 1 tests failed out of 4"),
    (
        "swift test",
        "Test Suite 'All tests' failed at 12:00\n Executed 4 tests, with 1 failure (0 unexpected)",
    ),
    ("make test", "1 failed, 3 passed in 0.1s\nmake: *** [Makefile:4: test] Error 1"),
    (
        "just test",
        "FAILED tests/test_a.py::test_b - assert 0\nerror: Recipe `test` failed on line 3 with exit code 1",
    ),
    (
        "tox -e py312",
        "FAILED tests/test_a.py::test_b\n  py312: FAIL code 1 (2.00=setup[1.00]+cmd[1.00] seconds)",
    ),
    ("bash scripts/run-tests.sh", "ok 1 - parses\nnot ok 2 - prints"),
    ("./tools/check_links.sh", "✗ docs/a.md: dead link"),
    ("node scripts/e2e.js", "FAIL checkout\nAssertionError [ERR_ASSERTION]: false !== true"),
]
LINTERS_SAID_NO = [
    ("ruff check .", "src/a.py:3:1: F401 `os` imported but unused\nFound 1 error."),
    ("ruff format --check .", "Would reformat: src/a.py\n1 file would be reformatted"),
    ("black --check src", "would reformat src/a.py\n1 file would be reformatted."),
    ("mypy src", "src/a.py:3: error: Incompatible types  [assignment]\nFound 1 error in 1 file"),
    ("npx pyright", "  /w/a.py:3:9 - error: Type mismatch\n1 error, 0 warnings"),
    (
        "npx eslint .",
        "/w/a.ts\n  3:1  error  Unexpected var  no-var\n\n✖ 1 problem (1 error, 0 warnings)",
    ),
    (
        "npx prettier --check .",
        "[warn] src/a.ts\n[warn] Code style issues found in the above file.",
    ),
    (
        "npx biome check .",
        "src/a.ts format ━━━\n  × Formatter would have printed the following content:\nFound 2 errors.",
    ),
    (
        "npx tsc --noEmit",
        "src/a.ts(3,1): error TS2322: Type 'string' is not assignable to type 'number'.",
    ),
    (
        "pnpm run typecheck",
        "src/a.ts(3,1): error TS2339: Property 'x' does not exist on type 'Y'.\n ELIFECYCLE  Command failed",
    ),
    ("npm run lint", "/w/a.ts\n  1:1  error  no-undef\n✖ 1 problem"),
    (
        "golangci-lint run",
        "a.go:9:2: ineffectual assignment to x (ineffassign)\n1 issues:\n* ineffassign: 1",
    ),
    ("gofmt -l . && go vet ./...", "# shop\n./a.go:9:2: unreachable code"),
    (
        "cargo clippy -- -D warnings",
        "error: this loop could be written as a `for`\nerror: could not compile `shop`",
    ),
    ("cargo fmt --check", "Diff in /w/src/main.rs:3:\n-fn main( ){}\n+fn main() {}"),
    ("rubocop", "a.rb:1:1: C: Style/X: bad\n\n1 file inspected, 1 offense detected"),
    ("shellcheck run.sh", "In run.sh line 3:\nrm $x\n   ^-- SC2086 (info): Double quote"),
    ("hadolint Dockerfile", "Dockerfile:3:1: DL3008 warning: Pin versions"),
    (
        "pre-commit run --all-files",
        "ruff.....................................Failed\n- hook id: ruff\n- exit code: 1",
    ),
    ("codespell docs", "docs/a.md:3: dashbord ==> dashboard"),
    ("git diff --check", "a.py:3: trailing whitespace.\n+x = 1 "),
    ("lint-imports", "Contracts: 3 kept, 1 broken."),
]
COMPILERS_SAID_NO = [
    ("go build ./...", "# shop\n./a.go:3:9: undefined: add"),
    (
        "cargo build",
        "error[E0308]: mismatched types\n --> src/main.rs:3:9\nerror: could not compile `shop`",
    ),
    ("gcc -o a a.c", "a.c: In function 'main':\na.c:3:5: error: expected ';' before 'return'"),
    ("make", "a.c:3:5: error: expected ';'\nmake: *** [Makefile:2: a.o] Error 1"),
    (
        "cmake --build build",
        "/w/a.cc:3:5: error: no member named 'x'\nninja: build stopped: subcommand failed.",
    ),
    (
        "npm run build",
        "src/a.ts(3,1): error TS2304: Cannot find name 'x'.\nnpm ERR! Lifecycle script `build` failed with error:",
    ),
    ("npx vite build", 'error during build:\nsrc/a.ts (3:1): "x" is not exported by "src/b.ts"'),
    (
        "next build",
        "Failed to compile.\n\n./app/page.tsx:3:1\nType error: Property 'x' does not exist",
    ),
    (
        "./mvnw -q compile",
        "[ERROR] COMPILATION ERROR :\n[ERROR] /w/A.java:[3,9] cannot find symbol",
    ),
    ("javac A.java", "A.java:3: error: cannot find symbol\n1 error"),
    ("dotnet build", "A.cs(3,9): error CS0103: The name 'x' does not exist\nBuild FAILED."),
    (
        "python -m py_compile a.py",
        '  File "a.py", line 3\n    x =\nSyntaxError: invalid syntax (a.py, line 3)',
    ),
    ("node --check a.js", "/w/a.js:3\nlet x = ;\n        ^\nSyntaxError: Unexpected token ';'"),
    ("terraform validate", "Error: Unsupported argument\n\n  on main.tf line 3:"),
    ("bash -n run.sh", "run.sh: line 3: syntax error near unexpected token `fi'"),
]
ANSWERS_OF_NO = [
    ("grep -rn needle src", ""),
    ("rg needle | rg thread", ""),
    ("git grep -n needle", ""),
    ("cat notes.txt | grep todo", ""),
    ("cd src && grep -c needle a.py", "0"),
    ("X=$(which jq) && grep -q needle a.txt", ""),
    ("bash -c 'A=$(pwd) && grep -n needle a.txt'", ""),
    ("diff a.txt b.txt", "1c1\n< error: old\n---\n> error: new"),
    ("git diff --exit-code", "diff --git a/a b/a"),
    ("git diff --no-index a b", "diff --git a/a b/b"),
    ("test -f config.toml", ""),
    ("[ -d build ]", ""),
    ("command -v beads", ""),
    ("which jq", "jq not found"),
    ("ls dist 2>/dev/null", ""),
    ("node -p \"require.resolve('left-pad')\"", "Error: Cannot find module 'left-pad'"),
    ("git config --get core.hooksPath", ""),
    ("gh pr view", 'no pull requests found for branch "x"'),
    ("gh pr checks 12", "build\tpending\t0\thttps://example.invalid/1"),
    ("gh pr checks 12", "lint\tfail\t1m2s\thttps://example.invalid/1"),
    ("npm view left-pad@99", "npm error code E404\nnpm error 404 No match found for version 99"),
    ("ps -p 4242", "  PID TTY          TIME CMD"),
    ("pgrep -f server", ""),
    ("kill -0 4242", "bash: kill: (4242) - No such process"),
    ("tmux has-session -t main", "can't find session: main"),
    ("systemctl is-active nginx", "inactive"),
    ("git rev-parse --verify --quiet topic", ""),
    ("cmp a b", "a b differ: byte 3, line 1"),
    ("sha256sum -c sums", "a: FAILED\nsha256sum: WARNING: 1 computed checksum did NOT match"),
    ("pip-audit", "Found 2 known vulnerabilities in 1 package"),
    ("npm audit", "3 high severity vulnerabilities"),
    ("jq -e .name package.json", "null"),
]
HOOKS_SAID_NO = [
    ("git commit -m x", "ruff.......Failed\n- hook id: ruff\n- exit code: 1\nFound 1 error."),
    (
        "git add -A && git commit -m x",
        "src/a.ts(3,1): error TS2322: bad\nhusky - pre-commit script failed (code 2)",
    ),
    ("git push", "Lint.......Failed\n- hook id: lint\nerror: failed to push some refs to 'origin'"),
    (
        "git commit -am x",
        ' 12 pass\n 1 fail\nerror: script "test" exited with code 1\nhusky - pre-commit script failed',
    ),
]


@pytest.mark.parametrize(
    ("command", "output"),
    [*TESTS_SAID_NO, *LINTERS_SAID_NO, *COMPILERS_SAID_NO, *ANSWERS_OF_NO, *HOOKS_SAID_NO],
)
def test_what_exists_to_say_no_and_said_it_is_a_finding(command, output):
    judged = failed(command, output)

    assert (judged.nature, judged.masked) == (FINDING, NONE)
    assert judged.rule


COULD_NOT_RUN = [
    ("npm test", 'npm error Missing script: "test"'),
    ("npm run lint", "sh: 1: eslint: not found"),
    (
        "bun run lint",
        '/usr/bin/bash: line 1: biome: command not found\nerror: script "lint" exited with code 127',
    ),
    (
        "pytest tests/gone.py",
        "ERROR: file or directory not found: tests/gone.py\n\nno tests ran in 0.00s",
    ),
    ("python -m pytest", "/usr/bin/python3: No module named pytest"),
    (
        "pytest",
        "ImportError while loading conftest '/w/conftest.py'.\nE   ModuleNotFoundError: No module named 'shop'",
    ),
    (
        "pytest -q",
        "ERROR tests/test_a.py\n!!!! Interrupted: 1 error during collection !!!!\n1 error in 0.2s",
    ),
    (
        "pytest --nope",
        "ERROR: usage: pytest [options]\npytest: error: unrecognized arguments: --nope",
    ),
    ("npx jest", "No tests found, exiting with code 1"),
    (
        "npx eslint .",
        "Oops! Something went wrong! :(\n\nESLint couldn't find a configuration file.",
    ),
    ("make check", "make: *** No rule to make target 'check'.  Stop."),
    ("go test ./...", "go: cannot find main module, but found .git/config in /w"),
    (
        "go build ./...",
        "a.go:3:2: no required module provides package example.invalid/x; to add it:",
    ),
    ("cargo build", "error: failed to get `serde` as a dependency of package `shop`"),
    ("cargo test", "error: could not find `Cargo.toml` in `/w` or any parent directory"),
    ("./gradlew test", "Unable to locate a Java Runtime."),
    ("mvn test", "[ERROR] Could not resolve dependencies for project shop"),
    ("pnpm test", "ERR_PNPM_UNSUPPORTED_ENGINE  Unsupported environment"),
    ("npx tsc --noEmit", "error: unknown option '--no-emit'"),
    (
        "npm test",
        "node:internal/modules/cjs/loader:1433\n  throw err;\nError: Cannot find module 'node:path'",
    ),
    ("npx playwright test", "browserType.launch: Executable doesn't exist at /w/chrome"),
    ("docker build .", "Cannot connect to the Docker daemon at unix:///var/run/docker.sock."),
    ("terraform validate", "Error: Missing required provider\n\nrun terraform init"),
    ("timeout 5 pytest", ""),
]


@pytest.mark.parametrize(("command", "output"), COULD_NOT_RUN[:-1])
def test_a_check_that_could_not_run_is_a_fault(command, output):
    assert failed(command, output).nature is FAULT


BROKEN = [
    ("ls gone", "ls: cannot access 'gone': No such file or directory", 2),
    ("cat gone.txt", "cat: gone.txt: No such file or directory", 1),
    ("sed -n 1,9p gone.txt", "sed: can't read gone.txt: No such file or directory", 2),
    ("grep -n needle gone.txt", "grep: gone.txt: No such file or directory", 2),
    (
        "rg needle gone src",
        "rg: gone: No such file or directory (os error 2)\nsrc/a.py:3:needle",
        2,
    ),
    ("rg '--flag'", "rg: unrecognized flag --flag", 2),
    ("grep -P '(' a.txt", "grep: missing )", 2),
    ("frobnicate", "bash: frobnicate: command not found", 127),
    ("./run.sh", "bash: ./run.sh: Permission denied", 126),
    ("cd gone && pytest", "bash: cd: gone: No such file or directory", 1),
    ("ls src/*.nope", "zsh:1: no matches found: src/*.nope", 1),
    ("grep 'x", "bash: -c: line 1: unexpected EOF while looking for matching `''", 2),
    ("echo $(", "(eval):1: parse error near `)'", 1),
    (
        "git push origin main",
        "! [remote rejected] main -> main (push declined)\nerror: failed to push some refs",
        1,
    ),
    ("git push", "fatal: unable to access 'https://example.invalid/': Could not resolve host", 128),
    ("git commit -m x", "nothing to commit, working tree clean", 1),
    (
        "git commit -m x",
        "error: gpg failed to sign the data\nfatal: failed to write commit object",
        128,
    ),
    ("git commit -m x", "Author identity unknown\n*** Please tell me who you are.", 128),
    ("git checkout topic", "error: pathspec 'topic' did not match any file(s) known to git", 1),
    ("git stash pop", "error: Your local changes would be overwritten by merge", 1),
    ("git merge topic", "CONFLICT (content): Merge conflict in a.py\nAutomatic merge failed", 1),
    (
        "git rebase main",
        "CONFLICT (content): Merge conflict in a.py\nerror: could not apply 1a2b3c4",
        1,
    ),
    ("git cherry-pick 1a2b3c4", "error: could not apply 1a2b3c4... x", 1),
    ("git add dist", "The following paths are ignored by one of your .gitignore files:\ndist", 1),
    ("git status", "fatal: not a git repository (or any of the parent directories): .git", 128),
    ("git diff --nope", "error: invalid option: --nope\nusage: git diff [<options>]", 129),
    ("gh pr create", "pull request create failed: GraphQL: No commits between main and topic", 1),
    ("gh issue view 3 --json nope", 'Unknown JSON field: "nope"\nAvailable fields:', 1),
    ("gh api repos/a/b", "gh: Not Found (HTTP 404)", 1),
    ("curl -f https://example.invalid", "curl: (6) Could not resolve host: example.invalid", 6),
    (
        "npm install",
        "npm error code ERESOLVE\nnpm error ERESOLVE unable to resolve dependency tree",
        1,
    ),
    ("pip install nope", "ERROR: No matching distribution found for nope", 1),
    (
        "python app.py",
        "Traceback (most recent call last):\nModuleNotFoundError: No module named 'x'",
        1,
    ),
    (
        "python -c 'print(1/0)'",
        "Traceback (most recent call last):\nZeroDivisionError: division by zero",
        1,
    ),
    (
        "node app.js",
        "ReferenceError: x is not defined\n    at Object.<anonymous> (/w/app.js:3:1)",
        1,
    ),
    ("npm start", "Error: listen EADDRINUSE: address already in use :::3000", 1),
    ("docker run nope", "Unable to find image 'nope:latest' locally", 125),
    ("psql -c 'select 1'", "psql: error: connection to server failed: Connection refused", 2),
    ("jq .a b.json", "jq: error: syntax error, unexpected INVALID_CHARACTER", 3),
    ("apply_patch < a.patch", "patch does not apply", 1),
    (
        "make deploy",
        "ssh: connect to host example.invalid port 22: Connection refused\nmake: *** [deploy] Error 255",
        2,
    ),
    ("kubectl apply -f a.yaml", 'error: the path "a.yaml" does not exist', 1),
    ("sleep 9; pytest", "Command timed out after 2m 0.0s", None),
    ("go run ./cmd/shop | head", "exit status 1", 1),
]


@pytest.mark.parametrize(("command", "output", "code"), BROKEN)
def test_what_is_broken_is_a_fault(command, output, code):
    assert failed(command, output, code=code).nature is FAULT


@pytest.mark.parametrize("code", [124, 130, 137, 143])
def test_a_check_that_was_stopped_is_a_fault(code):
    assert failed("pytest", "1 failed, 3 passed in 9s", code=code).nature is FAULT


@pytest.mark.parametrize(
    ("command", "output", "code", "nature"),
    [
        ("pytest -k nope", "", 5, FAULT),
        ("bun test", "bash: frob: command not found\n 3 pass\n 2 fail", 1, FINDING),
        ("npx jest", "Error: Cannot find module 'x'\nTests: 1 failed, 9 passed", 1, FINDING),
        ("npx jest", "Error: Cannot find module 'x'\nTests: 1 failed, 1 total", 1, FAULT),
        ("pytest", "", 1, FINDING),
        ("node scripts/check.js", "TypeError: x is not a function", 1, FAULT),
        ("node scripts/check.js", "quiet words", 1, FAULT),
        ("gh pr checks 3", "no checks reported on the 'x' branch", 1, FINDING),
        ("gh pr checks 3", "HTTP 502: bad gateway", 1, FAULT),
        ("gh run watch 3 --exit-status", "lint\tX in 9s", 1, FINDING),
        ("git diff --check", "", 2, FINDING),
        ("grep x a.txt", "", 2, FAULT),
        ("gh pr view", "", 1, FINDING),
        ("gh pr view", "HTTP 401: Bad credentials", 1, FAULT),
        ("npm audit", "3 vulnerabilities\nrequest timed out once", 1, FINDING),
        ("xmllint a.xml", "a.xml is invalid", 3, FINDING),
        ("./frob.sh", "1 failed, 3 passed in 0.1s", 1, FINDING),
        ("./frob.sh", "Error: it broke", 1, FAULT),
        ("cat report.txt", "1 failed, 3 passed in 0.1s", 1, FAULT),
    ],
)
def test_the_exit_code_and_the_words_decide_together(command, output, code, nature):
    assert failed(command, output, code=code).nature is nature


BORDERS = {
    "tests do not compile, in the code under work": (
        "go test ./...", "# shop [shop.test]\n./cart_test.go:9:3: undefined: Add\nFAIL\tshop [build failed]", FINDING,
    ),
    "a third-party package is broken": (
        "npm test", "Error: Cannot find module 'left-pad'\nRequire stack:\n- /w/a.js", FAULT,
    ),
    "stray projects were collected": (
        "git commit -m x",
        "# Unhandled error between tests\n-------------------------------\n"
        "error: Cannot find module 'cheerio' from '/w/tmp/clone/a.ts'\n\n 90 pass\n 2 fail\n"
        'error: script "test" exited with code 1\nhusky - pre-commit script failed (code 1)', FAULT,
    ),
    "checks passed, then signing failed": (
        "git commit -S -m x", "ruff.....Passed\nerror: gpg failed to sign the data", FAULT,
    ),
    "a test panics": ("go test ./x", "panic: nil map\n\ngoroutine 1 [running]\nFAIL\tx 0.1s", FINDING),
    "a test is too slow": ("bun test", "(fail) a > b [5001ms]\n  ^ this test timed out after 5000ms.\n 1 fail", FINDING),
    "a plain ls": ("ls gone", "ls: gone: No such file or directory", FAULT),
    "a quiet ls": ("ls gone 2>/dev/null", "", FINDING),
}  # fmt: skip


@pytest.mark.parametrize(("command", "output", "nature"), BORDERS.values(), ids=BORDERS)
def test_a_border_case_is_decided_as_the_rules_say(command, output, nature):
    assert failed(command, output).nature is nature


LINES = {
    "the last of a pipe decides": ("pytest | tee log.txt", "tee: log.txt: Permission denied", FAULT),
    "a grep behind a test is the line's": ("pytest 2>&1 | grep passed", "", FINDING),
    "with pipefail any of a pipe decides": (
        "set -o pipefail; pytest | cat", "1 failed in 0.1s", FINDING),
    "behind ; only the last decides": ("pytest; cat gone", "1 passed\ncat: gone: No such file", FAULT),
    "with set -e each decides": ("set -e\npytest\necho done", "2 failed, 1 passed in 1s", FINDING),
    "a folder first": ("cd web && npm test", "Tests: 1 failed, 1 total", FINDING),
    "a subshell": ("(cd web && pytest)", "1 failed in 0.1s", FINDING),
    "settings first": ("CI=1 DEBUG= pytest", "1 failed in 0.1s", FINDING),
    "env": ("env -i PATH=/bin CI=1 pytest", "1 failed in 0.1s", FINDING),
    "timeout": ("timeout -k 5 60s pytest", "1 failed in 0.1s", FINDING),
    "sudo -u": ("sudo -u web pytest", "1 failed in 0.1s", FINDING),
    "time": ("time pytest", "1 failed in 0.1s", FINDING),
    "bash -lc": ("bash -lc 'cd web && pytest'", "1 failed in 0.1s", FINDING),
    "npx -y": ("npx -y eslint .", "✖ 1 problem (1 error, 0 warnings)", FINDING),
    "uv run": ("uv run --group dev mypy src", "a.py:1: error: x\nFound 1 error in 1 file", FINDING),
    "xargs": ("git ls-files '*.py' | xargs ruff check", "Found 3 errors.", FINDING),
    "a loop": ("for f in a b; do pytest $f; done", "1 failed in 0.1s", FINDING),
    "an if's branch": ("if true; then pytest; fi", "1 failed in 0.1s", FINDING),
    "a heredoc's text is no command": ("python - <<'EOF'\nassert pytest\nEOF", "NameError: x", FAULT),
    "a heredoc into a check": ("grep needle <<EOF\nhay\nEOF", "", FINDING),
    "words in quotes are no command": ("echo 'pytest && x' && false_program", "", FAULT),
    "or-else that gives up": ("pytest || exit 1", "1 failed in 0.1s", FINDING),
    "or-else that fails": ("pytest || cat gone", "cat: gone: No such file or directory", FAULT),
    "not": ("! grep -q TODO a.py", "", FINDING),
    "a kept answer": ("OUT=$(pytest -q)", "1 failed in 0.1s", FINDING),
    "a comment": ("# run the tests\npytest", "1 failed in 0.1s", FINDING),
    "a line that goes on": ("pytest \\\n  -q", "1 failed in 0.1s", FINDING),
    "a background step": ("server & pytest", "1 failed in 0.1s", FINDING),
    "a group": ("{ pytest; }", "1 failed in 0.1s", FINDING),
    "a case": ("case $x in a) pytest;; esac", "1 failed in 0.1s", FINDING),
    "a function": ("t() { pytest; }; t", "1 failed in 0.1s", FINDING),
}  # fmt: skip


@pytest.mark.parametrize(("command", "output", "nature"), LINES.values(), ids=LINES)
def test_the_step_that_failed_is_found_in_its_line(command, output, nature):
    assert failed(command, output).nature is nature


@pytest.mark.parametrize("outcome", [Outcome.DENIED, Outcome.INTERRUPTED, Outcome.UNKNOWN])
@pytest.mark.parametrize("tool", ["Bash", "Edit", "mcp__a__run_tests"])
def test_a_call_that_did_not_fail_by_itself_has_no_nature(outcome, tool):
    judged = judge(CallFacts(tool=tool, outcome=outcome, command="pytest", text="1 failed in 1s"))

    assert (judged.nature, judged.masked) == (NONE, NONE)


@pytest.mark.parametrize(
    ("tool", "kind", "text", "nature"),
    [
        ("Edit", "tool_use_error", "String to replace not found in file.", FAULT),
        ("apply_patch", "tool_error", "apply_patch verification failed", FAULT),
        ("Read", "other", "EISDIR: illegal operation on a directory", FAULT),
        ("mcp__ide__getDiagnostics", "other", "a.ts:3:1: error: bad", FINDING),
        ("run_tests", "other", "1 failed, 3 passed in 1s", FINDING),
        ("run_tests", "other", "connection closed", FAULT),
        ("Bash", "tool_use_error", "File does not exist: pytest 1 failed in 1s", FAULT),
    ],
)
def test_tools_that_are_no_shell_fail_by_fault_unless_they_are_checks(tool, kind, text, nature):
    facts = CallFacts(
        tool=tool, outcome=Outcome.ERROR, failure_kind=kind, text=text, command="pytest"
    )

    assert judge(facts).nature is nature


def test_the_header_of_a_client_is_no_part_of_the_output():
    output = "Chunk ID: 3f\nWall time: 1.0 seconds\nProcess exited with code 1\nOutput:\n"

    assert failed("rg needle", output, tool="exec_command").nature is FINDING


def test_colours_and_carriage_returns_do_not_hide_a_verdict():
    output = "\x1b[31mE   assert 0\x1b[0m\r\n\x1b[31m1 failed\x1b[0m in 0.1s\r\n"

    assert failed("make test", output, code=2).nature is FINDING


def test_a_failed_call_tells_its_role_and_the_rule_that_decided():
    judged = failed("pytest", "1 failed in 0.1s")

    assert (judged.role, judged.rule) == (Role.CHECK, "test-said-no")


def test_shells_and_editors_of_evaluations_are_known_by_their_names():
    shell = CallFacts(tool="bash_session", outcome=Outcome.OK, command="pytest", text="3 passed")
    editor = CallFacts(tool="text_editor", outcome=Outcome.OK, args='{"path": "/work/a.py"}')

    assert judge(shell).role is Role.CHECK
    assert judge(editor).role is Role.EDIT
