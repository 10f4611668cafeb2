"""Redaction of other providers' secrets in other wrappings than those of the shared folder."""

import re

import pytest

from homeostat.analyze.redact import redactor
from innocent_lines import innocent
from made_secrets import every_token, secrets

REDACTOR = redactor(b"k" * 32)


def leaked(secret: str, out: str) -> bool:
    """Eight characters in a row survived; of a secret of several lines, twelve of one line."""
    lines = [line for line in re.split(r"\n", secret) if not line.startswith("-----")]
    run = 12 if len(lines) > 1 else 8
    return any(
        line[i : i + run] in out
        for line in lines
        if len(line) >= min(run, len(secret))
        for i in range(max(1, len(line) - run + 1))
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nearly_every_secret_goes_whatever_wraps_it(seed):
    made = list(secrets(seed, rounds=5))

    missed = [m.wrapping for m in made if leaked(m.secret, REDACTOR.redact(m.text).text)]

    assert len(made) > 600
    assert len(missed) / len(made) <= 0.01, missed


def test_a_token_that_gives_itself_away_goes_in_silent_company():
    made = list(every_token(7))

    missed = [(m.kind, m.wrapping) for m in made if leaked(m.secret, REDACTOR.redact(m.text).text)]

    assert len(made) > 800
    assert len(missed) / len(made) <= 0.01, missed


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_innocent_lines_stay_as_they_are(seed):
    lines = list(innocent(seed, rounds=10))

    touched = {line for line in lines if REDACTOR.redact(line).text is not line}

    assert len(touched) / len(lines) <= 0.005, touched
