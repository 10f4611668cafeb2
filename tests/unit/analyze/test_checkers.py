"""Which programs, subcommands and scripts are checks, and of what."""

import pytest

from homeostat.analyze.checker_table import Family
from homeostat.analyze.checkers import family_of, is_on_the_work
from homeostat.analyze.commands import steps


def family(line: str) -> Family | None:
    return family_of(steps(line)[-1])


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("pytest", Family.TEST),
        ("jest.cmd", Family.TEST),
        ("npm test", Family.TEST),
        ("npm --prefix web t", Family.TEST),
        ("npm run test:unit", Family.TEST),
        ("npm run-script e2e", Family.TEST),
        ("yarn workspace web test", Family.TEST),
        ("bun run --filter web test", Family.TEST),
        ("make -C web -j 4 check-all", Family.VALIDATE),
        ("make fmt lint", Family.LINT),
        ("gmake test", Family.TEST),
        ("turbo run build", Family.BUILD),
        ("go -C x test ./...", Family.TEST),
        ("cargo +nightly clippy", Family.LINT),
        ("cargo t", Family.TEST),
        ("git -C x diff --exit-code", Family.COMPARE),
        ("git diff", None),
        ("git -c a=b commit", Family.HOOKS),
        ("git cat-file -e HEAD:x", Family.PROBE),
        ("git log", None),
        ("ruff check", Family.LINT),
        ("ruff format", None),
        ("ruff format --check", Family.LINT),
        ("prettier --write .", None),
        ("prettier --check .", Family.LINT),
        ("black src", None),
        ("tsc --version", None),
        ("go test --help", None),
        ("node --test", Family.TEST),
        ("node --check a.js", Family.VALIDATE),
        ("node scripts/run-tests.js", Family.SCRIPT),
        ("bun run scripts/check.ts", Family.SCRIPT),
        ("node app.js", None),
        ("node -p 'require.resolve(\"x\")'", Family.PROBE),
        ("./lint.sh", Family.SCRIPT),
        ("./run.sh", None),
        ("frob test", None),
        ("ls x 2>/dev/null", Family.PROBE),
        ("ls x", None),
        ("kubectl diff -f a", Family.VALIDATE),
        ("npm install", None),
        ("npm start", None),
        ("npm ls left-pad", Family.LOOKUP),
        ("gh pr checks 3", Family.CI),
        ("gh pr list", None),
        ("tofu validate", Family.VALIDATE),
        ("[ -f x ]", Family.CONDITION),
    ],
)
def test_a_step_is_known_by_its_program_its_words_or_its_scripts_name(line, wanted):
    assert family(line) is wanted


def test_only_some_checks_judge_the_work():
    assert is_on_the_work(Family.TEST)
    assert not is_on_the_work(Family.SEARCH)
    assert not is_on_the_work(None)
