"""What all events of one run have in common, so that a source says only what is new."""

from datetime import datetime
from typing import TypedDict, Unpack

import msgspec

from homeostat.model.event import Channel, Event, Kind, RunContext, Score, Usage
from homeostat.model.ids import CallId, RunId
from homeostat.model.outcome import Outcome
from homeostat.monitor.identity import event_id


class Said(TypedDict, total=False):
    """The fields of an `Event` that differ from one to the next."""

    agent: str
    tool: str
    outcome: Outcome
    failure_kind: str
    exit_code: int | None
    command: str
    args: str
    path: str
    text: str
    name: str
    duration_ms: int | None
    cost_usd: float | None
    usage: Usage
    context: RunContext
    score: Score


class Frame:
    """Makes the events of one run. `ids` tell a fact from the others of its kind in the run."""

    def __init__(
        self, client: str, run_id: str, *, channel: Channel = Channel.TRANSCRIPT, agent: str = ""
    ) -> None:
        self.client = client
        self.run_id = run_id
        self._channel = channel
        # A transcript and a span tell of one call: two facts, each with an id of its own.
        self._seen_by = () if channel is Channel.TRANSCRIPT else (channel.name,)
        self._agent = agent

    def event(self, kind: Kind, ts: datetime | None, *ids: str, **said: Unpack[Said]) -> Event:
        return self._event(kind, ts, CallId(""), ids, said)

    def of_call(self, kind: Kind, ts: datetime | None, call_id: str, **said: Unpack[Said]) -> Event:
        """A call or its answer; `call_id` joins them, and tells them from others."""
        return self._event(kind, ts, CallId(call_id), (call_id,), said)

    def _event(
        self, kind: Kind, ts: datetime | None, call_id: CallId, ids: tuple[str, ...], said: Said
    ) -> Event:
        event = Event(
            id=event_id(self.client, kind, self.run_id, *ids, *self._seen_by),
            kind=kind,
            channel=self._channel,
            client=self.client,
            run_id=RunId(self.run_id),
            ts=ts,
            call_id=call_id,
            **said,
        )
        if self._agent and not event.agent:
            return msgspec.structs.replace(event, agent=self._agent)
        return event
