"""How a run came out, by its facts: well, badly or unknown, with the rule that decided."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from homeostat.analyze.checker_table import Family
from homeostat.analyze.reading import read_steps
from homeostat.model.call import RunFacts, RunJudgement, RunStep
from homeostat.model.outcome import Nature, Outcome, Role, RunEnd, RunOutcome


class Rule(StrEnum):
    """What decided, in the order in which the rules are asked."""

    REWARDED = "rewarded"
    """The benchmark that ran it gave it full marks."""
    NOT_REWARDED = "not-rewarded"
    ENDS_INSIDE_A_CALL = "ends-inside-a-call"
    ENDS_AT_A_PROMPT = "ends-at-a-prompt"
    MODEL_FAILED = "model-failed"
    """What was asked for last was not answered, and no check shows that the work was done."""
    CUT_OFF = "cut-off"
    """By a limit; or by a failure of the model, when all checks were green."""
    DELIVERY_GIVEN_UP = "delivery-given-up"
    """The last commit or push failed, and nothing that followed it passed."""
    NO_CHECK = "no-check"
    LAST_EDIT_UNCHECKED = "last-edit-unchecked"
    CHECK_COULD_NOT_RUN = "check-could-not-run"
    CHECK_STAYED_RED = "check-stayed-red"
    INTERRUPTED = "interrupted"
    """By the person, while no check was red."""
    CHECKS_GREEN = "checks-green"
    """Each kind of check that ran after the last edit was green when it last ran."""


OUTCOMES = {
    Rule.REWARDED: RunOutcome.WELL,
    Rule.NOT_REWARDED: RunOutcome.BADLY,
    Rule.DELIVERY_GIVEN_UP: RunOutcome.BADLY,
    Rule.CHECK_STAYED_RED: RunOutcome.BADLY,
    Rule.CHECKS_GREEN: RunOutcome.WELL,
    Rule.MODEL_FAILED: RunOutcome.BADLY,
}
"""What each rule says; `UNKNOWN` for all others."""
FULL_MARKS = 1 - 1e-6
"""As tau-bench counts success; graded rewards below it are none."""


def run_outcome(facts: RunFacts) -> RunJudgement:
    """Well when the checks after the last edit are green, badly when one is red; else unknown.

    Where whoever ran it gave a reward, that decides.
    """
    if facts.reward is not None:
        rule = Rule.REWARDED if facts.reward >= FULL_MARKS else Rule.NOT_REWARDED
        return RunJudgement(outcome=OUTCOMES[rule], rule=rule)
    calls = [step for step in facts.steps if step.kind == "call"]
    rule = _by_end(facts.ended, calls) or _by_delivery(calls) or _by_checks(facts.ended, calls)
    if facts.ended is RunEnd.API_FAILURE:
        rule = Rule.CUT_OFF if rule is Rule.CHECKS_GREEN else Rule.MODEL_FAILED
    return RunJudgement(outcome=OUTCOMES.get(rule, RunOutcome.UNKNOWN), rule=rule)


def _by_end(ended: RunEnd, calls: Iterable[RunStep]) -> Rule | None:
    if ended is RunEnd.UNKNOWN:
        inside = any(step.failure_kind == "no_result" for step in calls)
        return Rule.ENDS_INSIDE_A_CALL if inside else Rule.ENDS_AT_A_PROMPT
    return Rule.CUT_OFF if ended is RunEnd.LIMIT else None


def _by_delivery(calls: Sequence[RunStep]) -> Rule | None:
    """Looks backwards for a delivery that failed; a check or delivery that passed clears it."""
    for step in reversed(calls):
        if step.role is Role.CHECK or _is_delivery(step):
            if _is_green(step):
                return None
            if _is_delivery(step) and step.outcome is Outcome.ERROR:
                return Rule.DELIVERY_GIVEN_UP
    return None


def _by_checks(ended: RunEnd, calls: Sequence[RunStep]) -> Rule:
    places = [place for place, step in enumerate(calls) if step.role is Role.CHECK]
    if not places:
        return Rule.NO_CHECK
    edited = [p for p, s in enumerate(calls) if s.role is Role.EDIT and s.outcome is Outcome.OK]
    last_edit = edited[-1] if edited else -1
    latest: dict[Family | None, bool] = {}
    for place in places:
        if place > last_edit and (_is_green(calls[place]) or _is_red(calls[place])):
            latest |= dict.fromkeys(_kinds(calls[place]), _is_green(calls[place]))
    if places[-1] < last_edit:
        return Rule.LAST_EDIT_UNCHECKED
    if not latest:
        return Rule.CHECK_COULD_NOT_RUN
    if not all(latest.values()):
        return Rule.CHECK_STAYED_RED
    return Rule.INTERRUPTED if ended is RunEnd.INTERRUPTED else Rule.CHECKS_GREEN


def _kinds(step: RunStep) -> set[Family | None]:
    """What a call checked: tests, types, ...; `None` alone where its command does not tell."""
    return {item.family for item in read_steps(step.command) if item.family} or {None}


def _is_delivery(step: RunStep) -> bool:
    if step.role is Role.COMMIT:
        return True
    return "git push" in step.command and Family.HOOKS in _kinds(step)


def _is_green(step: RunStep) -> bool:
    return step.outcome is Outcome.OK and step.masked is Nature.NONE


def _is_red(step: RunStep) -> bool:
    return step.nature is Nature.FINDING or step.masked is Nature.FINDING
