"""AgentRx: runs of Magentic-One (a JSON list of messages), and lists of people's labels."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from homeostat.model.event import Event, Kind, Score
from homeostat.model.ports import Document, Framing, Origin, Reader, Source
from homeostat.monitor import documents
from homeostat.monitor.frame import Frame
from homeostat.monitor.json_lines import Figure, each_object, stem, text_of
from homeostat.monitor.parts import Parts
from homeostat.monitor.skipping import SkippingReader
from homeostat.monitor.speakers import PEOPLE, speaker

CLIENT = "agentrx"
ROOT_CAUSE = "root cause"
_TEAM = re.compile(rb'"role"\s{0,9}:\s{0,9}"(?:human|Orchestrator)\b')
_LABELS = frozenset({"item.trajectory_id", "item.failures"})
_MESSAGES = frozenset({"item.role", "item.content"})


class Failure(msgspec.Struct, gc=False):
    failure_id: int | str | None = None
    step_number: Figure | str | None = None
    """1-based."""
    step_reason: str | None = None
    failure_category: str | None = None
    failed_agent: str | None = None

    @property
    def step(self) -> int | None:
        """0-based."""
        number = str(self.step_number).strip()
        return int(number) - 1 if re.fullmatch(r"[1-9]\d{0,8}", number) else None


class Cause(msgspec.Struct, gc=False):
    failure_id: int | str | None = None


class Record(msgspec.Struct, gc=False):
    """A message of a run, or the labels of a run."""

    role: str = ""
    name: str | None = None
    content: msgspec.Raw = msgspec.Raw(b"null")
    trajectory_id: str | int | None = None
    failures: msgspec.Raw = msgspec.Raw(b"null")
    root_cause: Cause | None = None
    failure_summary: str | None = None


_records = msgspec.json.Decoder(Record)
_failures = Parts(
    msgspec.json.Decoder(list[Failure] | None), msgspec.json.Decoder(Failure), "failure"
)


class AgentRxReader(SkippingReader):
    """A run is named by its file; labels name it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def events(self, line: bytes, offset: int) -> Iterator[Event]:
        for record in each_object(line, _records, self._skipped):
            match record.trajectory_id:
                case None if record.role:
                    yield _said(Frame(CLIENT, self._name), record, offset)
                case None:
                    self._skipped["record without a role"] += 1
                case str(run_id):
                    yield from self._labels(Frame(CLIENT, run_id), record)
                case int():
                    # The number of a tau-bench task: which file and trial it was is not said.
                    self._skipped["labels of a numbered task"] += 1

    def _labels(self, frame: Frame, record: Record) -> Iterator[Event]:
        failures = [failure for _, failure in _failures.of(record.failures, self._skipped)]
        root = _root(failures, record.root_cause)
        for place, failure in enumerate(failures):
            label = ROOT_CAUSE if failure is root else ""
            yield frame.event(
                Kind.SCORE, None, str(place), str(failure.failure_id),
                name=failure.failure_category or "failure", agent=failure.failed_agent or "",
                text=failure.step_reason or "",
                score=Score(source=CLIENT, label=label, step=failure.step),
            )  # fmt: skip
        if failures:
            score = Score(source=CLIENT, value=0.0, decides=True)
            yield frame.event(
                Kind.SCORE, None, "task", name="task", text=record.failure_summary or "",
                score=score,
            )  # fmt: skip


def _root(failures: Sequence[Failure], cause: Cause | None) -> Failure | None:
    """The failure that the labels call the cause; where they name none that exists, the first."""
    named = str(cause.failure_id) if cause else ""
    found = [failure for failure in failures if str(failure.failure_id) == named]
    if found:
        return found[0]
    return min(failures, key=lambda f: f.step if f.step is not None else 2**31, default=None)


def _said(frame: Frame, record: Record, step: int) -> Event:
    text, who = text_of(record.content), speaker(record.name, record.role)
    if not record.name and who in PEOPLE:
        return frame.event(Kind.PROMPT, None, str(step), text=text)
    return frame.event(Kind.SAID, None, str(step), agent=who)


class AgentRx(Source):
    client = CLIENT
    homes = ()
    names = ("*.json",)

    def recognises(self, head: Sequence[bytes]) -> bool:
        found = documents.keys(head)
        if found >= _LABELS:
            return True
        return found >= _MESSAGES and _TEAM.search(b"\n".join(head)) is not None

    def framing(self, head: Sequence[bytes]) -> Framing:
        del head
        return Document()

    def reader(self, origin: Origin, state: bytes | None) -> Reader:
        del state
        return AgentRxReader(stem(origin.path))


source = AgentRx()
