"""What people who build on homeostat may rely on; the type checkers read this, nobody runs it."""

from typing import assert_type

import homeostat
from homeostat.analyze.redact import Leak, Redacted, RedactedValue, Redactor, redactor
from homeostat.model.errors import HomeostatError
from homeostat.model.ids import RunId, SignatureId
from homeostat.model.outcome import Nature, Outcome


def redaction(text: str, value: object) -> None:
    taken_out = redactor(b"key")
    assert_type(taken_out, Redactor)
    assert_type(taken_out.redact(text), Redacted)
    assert_type(taken_out.redact(text).text, str)
    assert_type(taken_out.redact(text).found, tuple[Leak, ...])
    assert_type(taken_out.redact_json(value), RedactedValue)


def vocabulary(error: HomeostatError) -> None:
    assert_type(homeostat.__version__, str)
    assert_type(error.next_step, str)
    assert_type(error.exit_code, int)
    assert_type(RunId("r"), RunId)
    assert_type(SignatureId("S-7KQ2"), SignatureId)
    assert_type(Outcome("ok"), Outcome)
    assert_type(Nature("fault"), Nature)
