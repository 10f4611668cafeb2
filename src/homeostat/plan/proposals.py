"""From a pattern to the remedies that fit it. Nothing is changed: a proposal is a value."""

import hashlib
from collections.abc import Sequence

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
LIMIT_DAYS = 28
LESSON_FROM = 3
"""Recoveries that the agent must have found by itself before they are worth a lesson."""
NEW_EVIDENCE = 2
"""How many times as often it must have failed since it was declined to be proposed again."""
SHARE = 0.5
"""Of the sessions that have the change, while it is on trial."""
NEEDED = {-0.9: 14, -0.8: 20, -0.7: 34, -0.6: 52, -0.5: 94, -0.4: 179, -0.3: 372, -0.2: 1467}
"""Failing runs, both arms together, for four chances in five of a proof at this effect, half of the
sessions with the change, a look at each: simulated (docs/verification.md)."""
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS = 8


def improvement_id(signature: str, kind: str) -> str:
    """I- and 8 characters, always the same for one remedy of one pattern."""
    digest = hashlib.blake2b(f"{signature}|{kind}".encode(), digest_size=8).digest()
    number = int.from_bytes(digest, "big")
    letters = (_ALPHABET[number >> (5 * place) & 31] for place in range(_LETTERS))
    return "I-" + "".join(letters)


def proposals(pattern: Pattern) -> tuple[Proposal, ...]:
    """The remedies that fit, the mildest risk first where the catalogue says nothing else."""
    error_class = ErrorClass(pattern.group.error_class)
    fitting = [
        remedy
        for remedy in CATALOGUE
        if error_class in remedy.classes
        and (not remedy.tools or pattern.tool_family in remedy.tools)
        and (remedy.kind != "lesson" or _is_lesson(pattern.recoveries))
    ]
    chosen = fitting[:MOST] or [LAST_RESORT]
    return tuple(_proposal(pattern, remedy) for remedy in chosen)


def provable(effect: float, *, failing_runs_a_day: float) -> Provable:
    """By when a change of this effect could be told from luck, at the present rate."""
    needed = NEEDED[effect]
    # With the change on half of the sessions, fewer fail from then on.
    during = failing_runs_a_day * (SHARE * (1 + effect) + 1 - SHARE)
    days = needed / during if during > 0 else None
    return Provable(
        effect=effect,
        needed=needed,
        a_day=failing_runs_a_day,
        days=days,
        within_limit=days is not None and days <= LIMIT_DAYS,
    )


def is_reopened(improvement: Improvement, *, failures: int) -> bool:
    """Whether a declined one has so much new evidence that it may be proposed again."""
    if improvement.status is not Status.DECLINED:
        return False
    return failures >= NEW_EVIDENCE * max(1, improvement.declined_failures)


def _proposal(pattern: Pattern, remedy: Remedy) -> Proposal:
    group = pattern.group
    return Proposal(
        improvement_id=improvement_id(group.signature, remedy.kind),
        signature=group.signature,
        kind=remedy.kind,
        title=remedy.title.format(tool=group.tool, signature=group.signature),
        reason=remedy.reason,
        evidence=_evidence(pattern),
        expected="unknown",
        risk=remedy.risk,
        roll_out=remedy.roll_out,
        provable=provable(remedy.effect, failing_runs_a_day=pattern.failing_runs_a_day),
    )


def _evidence(pattern: Pattern) -> str:
    group = pattern.group
    said = [f"{group.failures} failures in {group.runs} runs"]
    said += [
        f"{factor.failing} of {factor.of_failing} {factor.name}, of those that worked "
        f"{factor.working} of {factor.of_working}"
        for factor in pattern.factors[:1]
    ]
    said += [
        f"healed itself {best.times} of {best.of} times by {best.what}"
        for best in pattern.recoveries[:1]
    ]
    return "; ".join(said)


def _is_lesson(recoveries: Sequence[Recovery]) -> bool:
    return bool(recoveries) and recoveries[0].times >= LESSON_FROM
