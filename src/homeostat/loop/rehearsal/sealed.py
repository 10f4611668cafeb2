"""The truth of a rehearsal under lock: its hash is told first, what it is the hash of last."""

from collections.abc import Iterable
from hashlib import sha256

import msgspec

from homeostat.model.rehearsal import Kind, Truth


class Sealed(msgspec.Struct, frozen=True):
    text: str
    """The truth of each change in turn, then a word that nobody could guess: without that the
    six orders could be tried. Safe between single quotes in a shell."""

    @property
    def digest(self) -> str:
        return digest(self.text)


def sealed(truths: Iterable[Truth], nonce: str) -> Sealed:
    return Sealed("; ".join([*map(told, truths), nonce]))


def told(truth: Truth) -> str:
    """In a few characters: `helps -74%`; of harm by a side effect `harms -50%+300%`."""
    if truth.kind is Kind.NOTHING:
        return "nothing"
    sizes = f"{truth.target - 1:+.0%}"
    if truth.sibling != 1:
        sizes += f"{truth.sibling - 1:+.0%}"
    return f"{truth.kind} {sizes}"


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
