"""How a run came out, by its facts: well, badly or unknown, with the rule that decided."""

from collections.abc import Sequence

from homeostat.model.call import RunFacts, RunJudgement, RunStep
from homeostat.model.outcome import Nature, Outcome, Role, RunEnd, RunOutcome


def run_outcome(facts: RunFacts) -> RunJudgement:
    """Well when the last check after the last edit is green, badly when it is red; else unknown."""
    calls = [step for step in facts.steps if step.kind == "call"]
    deciding = next(
        (s for s in reversed(calls) if s.role is Role.CHECK or s.role is Role.COMMIT), None
    )
    if deciding is None:
        return RunJudgement(outcome=RunOutcome.UNKNOWN, rule="no-check")
    if _edited_after(calls, deciding):
        return RunJudgement(outcome=RunOutcome.UNKNOWN, rule="last-edit-unchecked")
    if facts.ended is RunEnd.UNKNOWN and calls[-1].outcome is Outcome.UNKNOWN:
        return RunJudgement(outcome=RunOutcome.UNKNOWN, rule="ends-inside-a-call")
    if deciding.outcome is Outcome.OK and deciding.masked is Nature.NONE:
        return RunJudgement(outcome=RunOutcome.WELL, rule=f"last-{deciding.role}-green")
    if deciding.nature is Nature.FINDING or deciding.masked is Nature.FINDING:
        return RunJudgement(outcome=RunOutcome.BADLY, rule=f"last-{deciding.role}-red")
    return RunJudgement(outcome=RunOutcome.UNKNOWN, rule="last-check-could-not-run")


def _edited_after(calls: Sequence[RunStep], deciding: RunStep) -> bool:
    place = max(index for index, step in enumerate(calls) if step is deciding)
    return any(s.role is Role.EDIT and s.outcome is Outcome.OK for s in calls[place + 1 :])
