"""From a pattern to the remedies that fit it. Nothing is changed: a proposal is a value."""

import hashlib
from collections.abc import Callable, Sequence

from homeostat.model.call import MODEL, NOT_TOOLS, RUN
from homeostat.model.pattern import (
    Improvement,
    Pattern,
    Proposal,
    Provable,
    Recovery,
    Status,
)
from homeostat.model.signature import ErrorClass
from homeostat.plan.catalogue import CATALOGUE, LAST_RESORT, Remedy

MOST = 3
"""Proposals for one pattern; more are a catalogue, no advice."""
LESSON_FROM = 3
"""Recoveries that the agent must have found by itself before they are worth a lesson."""
NEW_EVIDENCE = 2
"""How many times as often it must have failed since it was declined to be proposed again."""
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS = 8
_SAID = {MODEL: "the model", RUN: "the run"}


def improvement_id(signature: str, kind: str) -> str:
    """I- and 8 characters, always the same for one remedy of one pattern."""
    digest = hashlib.blake2b(f"{signature}|{kind}".encode(), digest_size=8).digest()
    number = int.from_bytes(digest, "big")
    letters = (_ALPHABET[number >> (5 * place) & 31] for place in range(_LETTERS))
    return "I-" + "".join(letters)


def proposals(
    pattern: Pattern, provable: Callable[[float, float], Provable]
) -> tuple[Proposal, ...]:
    """The remedies that fit, the mildest risk first where the catalogue says nothing else.

    `provable` says of an effect and of failing runs a day whether the one can be told here.
    """
    error_class = ErrorClass(pattern.group.error_class)
    fitting = [
        remedy
        for remedy in CATALOGUE
        if error_class in remedy.classes
        and _fits_tool(remedy, pattern)
        and (not remedy.said or any(words in pattern.group.line for words in remedy.said))
        and (remedy.kind != "lesson" or _is_lesson(pattern.recoveries))
    ]
    chosen = fitting[:MOST] or [LAST_RESORT]
    return tuple(
        _proposal(pattern, remedy, provable(remedy.effect, pattern.failing_runs_a_day))
        for remedy in chosen
    )


def _fits_tool(remedy: Remedy, pattern: Pattern) -> bool:
    if pattern.group.tool in NOT_TOOLS:
        return remedy.of_model
    return remedy.of_tools and (not remedy.tools or pattern.tool_family in remedy.tools)


def is_reopened(improvement: Improvement, *, failures: int) -> bool:
    """Whether a declined one has so much new evidence that it may be proposed again."""
    if improvement.status is not Status.DECLINED:
        return False
    return failures >= NEW_EVIDENCE * max(1, improvement.declined_failures)


def _proposal(pattern: Pattern, remedy: Remedy, provable: Provable) -> Proposal:
    group = pattern.group
    return Proposal(
        improvement_id=improvement_id(group.signature, remedy.kind),
        signature=group.signature,
        kind=remedy.kind,
        title=remedy.title.format(
            tool=_SAID.get(group.tool, group.tool), signature=group.signature
        ),
        reason=remedy.reason,
        evidence=_evidence(pattern),
        expected="unknown",
        risk=remedy.risk,
        roll_out=remedy.roll_out,
        provable=provable,
    )


def _evidence(pattern: Pattern) -> str:
    group = pattern.group
    runs = "1 run" if group.runs == 1 else f"{group.runs} runs"
    said = [f"{group.failures} failures in {runs}"]
    said += [factor.said for factor in pattern.factors[:1]]
    said += [f"healed itself: {best.said}" for best in pattern.recoveries[:1]]
    return "; ".join(said)


def _is_lesson(recoveries: Sequence[Recovery]) -> bool:
    return bool(recoveries) and recoveries[0].times >= LESSON_FROM
