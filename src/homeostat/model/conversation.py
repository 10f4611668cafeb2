"""What the agents of one run said, and which of them is thought to have led it astray."""

import msgspec


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """One message; its place in the run is its step, from 0."""

    agent: str
    text: str
    is_actor: bool
    """Whether it is work of an agent: not a person's words, a tool's answer, a plan, an order."""


class Blame(msgspec.Struct, frozen=True, kw_only=True):
    """A guess: the agent and the step of the mistake that decided how the run came out."""

    agent: str
    step: int
