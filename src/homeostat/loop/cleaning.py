"""What a store may keep of an event: without secrets, and no longer than it needs to be."""

import msgspec

from homeostat.analyze.redact import Leak, Redactor
from homeostat.model.call import NOT_TOOLS
from homeostat.model.event import Event, Kind, RunContext, Score

FIELD_CHARACTERS = 256_000
"""Of one field, what is looked through for secrets; what lies beyond is dropped unread."""
KEPT_END = 8_000
_TEXTS = ("text", "command")
_NAMES = {"tool": 200, "agent": 200, "name": 200, "path": 500}
"""Fields that are one name each, with the characters that are kept. Ids are join keys: never
redacted, and `guarded` holds them short. A name is indexed: 500 characters fit on any page."""
_PLACE = 500
"""Characters of a project's folder, a branch, a model's name."""


class Cleaner:
    """Takes secrets out of what readers give, before anything is stored."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def event(self, event: Event) -> tuple[Event, tuple[Leak, ...]]:
        """The event without secrets, cut; and those that it held."""
        changed: dict[str, object] = {}
        found: tuple[Leak, ...] = ()
        for field in _TEXTS:
            if text := getattr(event, field):
                kept, leaks = self._text(text)
                found += leaks
                if kept is not text:
                    changed[field] = kept
        if event.args:
            changed["args"], leaks = self._args(event.args)
            found += leaks if not found else ()
        changed |= self._names(event)
        return (msgspec.structs.replace(event, **changed) if changed else event), found

    def _names(self, event: Event) -> dict[str, object]:
        changed: dict[str, object] = {}
        for field, most in _NAMES.items():
            if text := getattr(event, field):
                kept = self.text(text[: 2 * most])[:most]
                if kept is not text:
                    changed[field] = kept
        if event.tool in NOT_TOOLS and event.kind in (Kind.CALL, Kind.RESULT):
            changed["tool"] = f"{event.tool} (tool)"  # somebody may name a tool so
        if event.context:
            changed["context"] = self._context(event.context)
        if event.score:
            changed["score"] = self._score(event.score)
        return changed

    def _score(self, score: Score) -> Score:
        most = _NAMES["name"]
        return msgspec.structs.replace(
            score,
            source=self.text(score.source[: 2 * most])[:most],
            label=self.text(score.label[: 2 * most])[:most],
        )

    def text(self, text: str) -> str:
        return _without_nul(self._redactor.redact(text).text)

    def state(self, state: bytes) -> bytes:
        """A reader's state is kept as well; where it is JSON its texts are cleaned."""
        try:
            value = msgspec.json.decode(state)
        except msgspec.MsgspecError:
            return state
        clean = self._redactor.redact_json(value)
        return msgspec.json.encode(clean.value) if clean.found else state

    def _text(self, text: str) -> tuple[str, tuple[Leak, ...]]:
        redacted = self._redactor.redact(ends(text, FIELD_CHARACTERS))
        return ends(_without_nul(redacted.text), 2 * KEPT_END), redacted.found

    def _args(self, args: str) -> tuple[str, tuple[Leak, ...]]:
        """Arguments are redacted as values, not as JSON text with its escapes."""
        try:
            value = msgspec.json.decode(args if len(args) <= FIELD_CHARACTERS else "")
        except msgspec.MsgspecError:
            redacted = self._redactor.redact(ends(args, FIELD_CHARACTERS))
            return ends(_without_nul(redacted.text), KEPT_END), redacted.found
        clean = self._redactor.redact_json(value)
        if clean.found:
            args = msgspec.json.encode(clean.value).decode()
        return args[:KEPT_END], clean.found

    def _context(self, context: RunContext) -> RunContext:
        said = msgspec.structs.asdict(context)
        return RunContext(
            **{name: self.text(text[: 2 * _PLACE])[:_PLACE] for name, text in said.items()}
        )


def _without_nul(text: str) -> str:
    """PostgreSQL keeps no such character, and SQLite's functions end at it."""
    return text.replace("\x00", "\ufffd") if "\x00" in text else text


def ends(text: str, most: int) -> str:
    """Both ends of a text that is longer than `most` characters; what matters stands there."""
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]}\n[...]\n{text[-half:]}"
