"""Who&When: one failed run of several agents a file, with a person's word who failed and when."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from homeostat.model.event import Event, Kind, Score
from homeostat.model.ports import Document, Framing, Origin, Reader, Source
from homeostat.monitor import documents
from homeostat.monitor.frame import Frame
from homeostat.monitor.json_lines import each_object, stem, text_of
from homeostat.monitor.skipping import SkippingReader
from homeostat.monitor.speakers import PEOPLE, speaker

CLIENT = "who-and-when"
_STEP = re.compile(r"\d{1,9}")
_TEAM = re.compile(rb'"role"\s{0,9}:\s{0,9}"(?:human|Orchestrator)\b')
_LABELS = frozenset(
    {"mistake_agent", "mistake_step", "question_ID", "ground_truth", "is_correct", "is_corrected"}
)
_OTHERS = frozenset({"trajectory", "environment", "info"})
"""What SWE-agent, which has a `history` as well, writes beside it."""


class Message(msgspec.Struct, gc=False):
    role: str = ""
    name: str | None = None
    content: msgspec.Raw = msgspec.Raw(b"null")


class Record(msgspec.Struct, gc=False):
    """The document without its history, or one message of it."""

    question_id: str = msgspec.field(name="question_ID", default="")
    is_correct: bool | None = None
    is_corrected: bool | None = None
    """The same: half of the files spell it so."""
    mistake_agent: str | None = None
    mistake_step: str | int | None = None
    mistake_reason: str | None = None
    mistake_type: str | None = None
    history: msgspec.Raw = msgspec.Raw(b"null")


_records = msgspec.json.Decoder(Record)
_messages = msgspec.json.Decoder(Message)


class WhoAndWhenReader(SkippingReader):
    """The labels come first. A question was put to several teams: a run is question and file."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._run_id = name

    def events(self, line: bytes, offset: int) -> Iterator[Event]:
        # A message that cannot be read is a step as well. Before the first stand the labels.
        step = offset - 1
        for record in each_object(line, _records, self._skipped):
            if bytes(record.history) != b"null":
                for message in each_object(bytes(record.history), _messages, self._skipped):
                    yield _said(Frame(CLIENT, self._run_id), message, step)
            else:
                if record.question_id:
                    self._run_id = f"{record.question_id}:{self._name}"
                yield from _labels(Frame(CLIENT, self._run_id), record)


def _said(frame: Frame, message: Message, step: int) -> Event:
    text, who = text_of(message.content), speaker(message.name, message.role)
    if not message.name and who in PEOPLE:
        return frame.event(Kind.PROMPT, None, str(step), text=text)
    return frame.event(Kind.SAID, None, str(step), agent=who)


def _labels(frame: Frame, record: Record) -> Iterator[Event]:
    well = record.is_correct if record.is_correct is not None else record.is_corrected
    if well is not None:
        score = Score(source=CLIENT, value=float(well), decides=True)
        yield frame.event(Kind.SCORE, None, "correct", name="correct", score=score)
    if record.mistake_agent is None and record.mistake_step is None:
        return
    found = _STEP.fullmatch(str(record.mistake_step).strip())
    step = int(found[0]) if found else None
    # Whoever names the mistake of a run says that it failed, where nothing else does.
    value = 0.0 if well is None else None
    score = Score(
        source=CLIENT,
        value=value,
        label=record.mistake_type or "",
        step=step,
        decides=value is not None,
    )
    yield frame.event(
        Kind.SCORE, None, "mistake", name="mistake", agent=record.mistake_agent or "",
        text=record.mistake_reason or "", score=score,
    )  # fmt: skip


class WhoAndWhen(Source):
    client = CLIENT
    homes = ()
    names = ("*.json",)

    def recognises(self, head: Sequence[bytes]) -> bool:
        """The labels may stand behind a long history: then by who speaks in it."""
        found = documents.keys(head)
        if not {"history.item.content", "history.item.role"} <= found or _OTHERS & found:
            return False
        if _LABELS & found:
            return True
        return _TEAM.search(b"\n".join(head)) is not None

    def framing(self, head: Sequence[bytes]) -> Framing:
        del head
        return Document(split=("history",))

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        del state
        return WhoAndWhenReader(stem(origin.path))


source = WhoAndWhen()
