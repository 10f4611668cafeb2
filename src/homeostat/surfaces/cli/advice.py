"""What is told of a pattern beside its counts: what goes with it, what could be done."""

from homeostat.model.pattern import Pattern, Proposal, RollOut


def details(pattern: Pattern, *, rate: str = "") -> list[str]:
    """What sets its calls apart, how it healed itself, what could be done.

    `rate` says which one the days to a proof go by, where it is not the present one.
    """
    lines = [
        *(f"        stands out: {factor.said}" for factor in pattern.factors[:2]),
        *(f"        healed itself: {best.said}" for best in pattern.recoveries[:1]),
    ]
    return lines + [
        line
        for item in pattern.proposals
        for line in _proposal(item, rate, is_known=item.improvement_id in pattern.known)
    ]


def ended(pattern: Pattern) -> str:
    """How many runs a failure of the model ended, to stand between two other counts."""
    if not pattern.ended_runs:
        return ""
    all_ = pattern.ended_runs == pattern.group.runs
    return f"ended {'all of them' if all_ else f'{pattern.ended_runs:,} of them'}, "


def _proposal(item: Proposal, rate: str, *, is_known: bool) -> list[str]:
    return [
        f"        {item.improvement_id if is_known else 'could be done:'}  {item.title}",
        f"          {item.risk} risk; {provable(item, rate=rate)}",
    ]


def provable(item: Proposal, *, rate: str = "") -> str:
    """Whether its help could be told from luck here, and by when."""
    if item.roll_out is RollOut.FULL:
        return "only for all at once: that it helped cannot be proven"
    days = item.provable.days
    if days is None:
        return "cannot be proven at the present rate"
    if item.provable.within_limit:
        return f"could be proven in about {days:.0f} days{rate}"
    return f"cannot be proven here within 28 days (about {days:.0f}){rate}"
