"""Which agent made the mistake that decided a failed run, and at which step: a guess."""

import re
from collections.abc import Sequence

from homeostat.model.conversation import Blame, Spoken

READ_CHARACTERS = 2_000
"""Of a message: it says in its beginning how something went; behind it stand whole web pages."""
_SIGN = re.compile(
    r"\bexitcode: [1-9]|\bTraceback\b|\b(?:\w{0,60}(?:Error|Exception)|error)\b"
    r"|\b(?:[Ff]ailed|[Uu]nable|[Cc]annot|[Cc]ould not|[Cc]ouldn't|[Nn]ot found|[Nn]o results)\b"
)
"""How agents and their tools say that something did not work."""


def blame(messages: Sequence[Spoken]) -> Blame | None:
    """The last work before the first sign of failure; without a sign the first work.

    A mistake is made before it shows, and what comes after it builds on it: so neither the last
    step nor the one that reports the failure, but the work right before the report. The first
    message states the task and is nobody's mistake. `None` where no agent did anything.
    """
    work = [step for step, said in enumerate(messages) if step and said.is_actor]
    if not work:
        return None
    signs = (
        step
        for step, said in enumerate(messages)
        if step > work[0] and _SIGN.search(said.text[:READ_CHARACTERS])
    )
    shown = next(signs, None)
    step = work[0] if shown is None else max(place for place in work if place < shown)
    return Blame(agent=messages[step].agent, step=step)
