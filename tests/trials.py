"""A small generator of trials, other than the one that the judge was measured with."""

import random

from homeostat.model.trial import Arm, Design, Trial, TrialRun

TARGET, SIBLING, ELSEWHERE = "timeout:fetch", "refused:fetch", "other:shell"


def a_trial(**changes) -> Trial:
    known = {"signature": TARGET, "tool": "fetch", "design": Design.CANARY, "trigger_from": -4.0}
    return Trial(**(known | changes))


def a_run(**changes) -> TrialRun:
    started = changes.get("started", 1.0)
    known = {
        "unit": "u", "agent": "main", "started": started, "ended": started + 0.01,
        "arm": Arm.TREATMENT, "is_ok": True,
    }  # fmt: skip
    return TrialRun(**(known | changes))


def simulated(  # noqa: PLR0913  # what a world is made of
    seed: int,
    *,
    design: Design = Design.CANARY,
    share: float = 0.5,
    effect: float = 1.0,
    sibling: float = 1.0,
    slower: float = 1.0,
    rate: float = 0.05,
    runs_a_day: int = 80,
    moved: float = 0.0,
    unclear: float = 0.0,
    days: int = 21,
    until: int | None = None,
) -> list[TrialRun]:
    """28 days before and `days` after; failures come in waves that both arms live through.

    Of a treated run, the target fails `effect` times as often and `moved` of what fell appears
    under the sibling's name, `unclear` of it as an outcome that is not known. After day `until`
    the change does nothing any more.
    """
    chance = random.Random(seed)
    wave = 1.0
    found: list[TrialRun] = []
    coins = [chance.random() < 0.5 for _ in range(days * 4)]
    for day in range(-28, days):
        wave = max(0.3, min(3.0, wave * chance.lognormvariate(0, 0.3)))
        for number in range(runs_a_day):
            started = day + chance.random()
            arm = _arm(started, design, share, coins, chance)
            is_on = arm is Arm.TREATMENT and (until is None or started < until)
            failed: list[str] = []
            is_unclear = False
            if chance.random() < rate * wave:
                if not is_on or chance.random() < effect:
                    failed.append(TARGET)
                else:
                    luck = chance.random()
                    failed += [SIBLING] if luck < moved else []
                    is_unclear = moved <= luck < moved + unclear
            if chance.random() < rate * (sibling if is_on else 1.0):
                failed.append(SIBLING)
            found.append(
                TrialRun(
                    unit=f"{day}.{number}",
                    agent=chance.choice(["main", "tester"]),
                    started=started,
                    ended=started + 0.002,
                    arm=arm,
                    is_weekend=day % 7 >= 5,
                    is_ok=not failed or chance.random() < 0.7,
                    failed=tuple(sorted(set(failed))),
                    failed_elsewhere=_elsewhere(chance, rate),
                    is_unclear=is_unclear,
                    tool_ms=chance.lognormvariate(6, 0.5) * (slower if is_on else 1.0),
                    cost_usd=chance.lognormvariate(-3, 0.5),
                )
            )
    return found


def _elsewhere(chance: random.Random, rate: float) -> tuple[str, ...]:
    names = (f"{ELSEWHERE}{number}" for number in range(6))
    return tuple(name for name in names if chance.random() < rate / 2)


def _arm(
    started: float, design: Design, share: float, coins: list[bool], chance: random.Random
) -> Arm | None:
    luck = chance.random()
    if started < 0:
        return None
    if design is Design.FULL:
        return Arm.TREATMENT
    if design is Design.SWITCHBACK:
        pair, is_second = divmod(int(started * 4), 2)
        is_on = coins[pair] is not bool(is_second)
    else:
        is_on = luck < share
    return Arm.TREATMENT if is_on else Arm.CONTROL
