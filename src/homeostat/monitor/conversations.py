"""Runs of agents as lists of messages: Who&When, Magentic-One, tau-bench."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from homeostat.model.conversation import Spoken
from homeostat.monitor import documents
from homeostat.monitor.json_lines import each_object, text_of
from homeostat.monitor.parts import Parts
from homeostat.monitor.speakers import is_work, speaker

_NOTHING = msgspec.Raw(b"null")


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """One run. Its name tells it from others of its file; empty where the file is the run."""

    name: str
    messages: tuple[Spoken, ...]


class Message(msgspec.Struct, gc=False):
    role: str = ""
    name: str | None = None
    content: msgspec.Raw = _NOTHING


class Record(Message, gc=False):
    """A message; a run; or a document with a message of its `history`, or without."""

    task_id: str | int | None = None
    reward: float | None = None
    traj: msgspec.Raw = _NOTHING
    is_correct: bool | None = None
    is_corrected: bool | None = None
    history: Message | None = None

    @property
    def is_run(self) -> bool:
        return bytes(self.traj)[:1] == b"["

    @property
    def is_well(self) -> bool:
        return bool(self.reward or self.is_correct or self.is_corrected)


_records = msgspec.json.Decoder(Record)
_messages = Parts(
    msgspec.json.Decoder(list[Message] | None), msgspec.json.Decoder(Message), "message"
)


def conversations(path: Path) -> Iterator[Conversation]:
    """The runs of one file that are not known to have come out well; none of another format.

    Raises `SourceError`, `OSError`, `UnreadableLineError`.
    """
    said: list[Spoken] = []
    is_well = False
    for line in documents.records(path, ("history",)):
        for record in each_object(line.data, _records):
            if record.is_run and not record.is_well:
                messages = [message for _, message in _messages.of(record.traj, Counter())]
                yield Conversation(name=str(record.task_id), messages=_spoken(*messages))
            elif not record.is_run:
                is_well = is_well or record.is_well
                message = record.history or record
                said += _spoken(message) if message.role or message.name else ()
    if said and not is_well:
        yield Conversation(name="", messages=tuple(said))


def _spoken(*messages: Message) -> tuple[Spoken, ...]:
    return tuple(
        Spoken(
            agent=speaker(message.name, message.role),
            text=text_of(message.content),
            is_actor=is_work(message.name, message.role),
        )
        for message in messages
    )
