"""Calls judged, and those that failed signed, by the functions that `loop` hands in."""

from collections.abc import Callable, Collection, Iterable

from homeostat.knowledge import call_rows
from homeostat.knowledge.call_rows import CallRow
from homeostat.knowledge.signatures import Signatures
from homeostat.model.call import CallFacts, Judgement
from homeostat.model.outcome import Nature, Outcome, Role
from homeostat.model.ports import Judges

_OUTCOMES = {outcome.value: outcome for outcome in Outcome}


def judge(rows: Iterable[CallRow], judges: Judges) -> None:
    for row in rows:
        row.nature, row.masked, row.role, row.rule = "none", None, None, ""
        row.signature_key = None
        if row.tool and row.outcome != "unknown":
            _judge(row, judges.judge)


def sign(rows: Collection[CallRow], judges: Judges, signatures: Signatures) -> None:
    """Sign those that failed (all new signatures are added at once), and cut the texts of all to
    what is kept."""
    failed = [row for row in rows if row.tool and row.is_failed]
    signed = [(row, judges.sign(row.tool, row.answer)) for row in failed]
    signatures.learn(signature for _, signature in signed)
    for row, signature in signed:
        row.signature_key = signatures.key_of(signature, row.answer)
    for row in rows:
        call_rows.trim(row)


def _judge(row: CallRow, judged: Callable[[CallFacts], Judgement]) -> None:
    judgement = judged(
        CallFacts(
            tool=row.tool,
            outcome=_OUTCOMES[row.outcome],
            failure_kind=row.kind,
            command=row.command,
            args=row.args,
            exit_code=row.exit_code,
            text=row.answer,
        )
    )
    # A member's `value` takes a quarter of a microsecond, and most calls are nothing special.
    if judgement.nature is not Nature.NONE:
        row.nature = judgement.nature.value
    if judgement.masked is not Nature.NONE:
        row.masked = judgement.masked.value
    if judgement.role is not Role.OTHER:
        row.role = judgement.role.value
    row.rule = judgement.rule
