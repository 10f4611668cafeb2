"""TRAIL's labels: what people found wrong in a trace, `{trace_id, errors, scores}`."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from homeostat.model.event import Event, Kind, Score
from homeostat.model.ids import CallId
from homeostat.monitor.frame import Frame

TRAIL = "trail"


class Error(msgspec.Struct, gc=False):
    category: str | None = None
    location: str | None = None
    """The id of a span."""
    evidence: str | None = None
    description: str | None = None
    impact: str | None = None


_MOST = 2**53
"""Beyond it nobody has counted."""
Scores = dict[str, Any]
"""`<what>_score`, `<what>_reasoning`, `overall`: 0 to 5, more is better."""


def of_errors(frame: Frame, errors: list[Error]) -> Iterator[Event]:
    """One label for each kind of error at each span."""
    texts: dict[tuple[str, str], list[str]] = {}
    impacts: dict[tuple[str, str], str] = {}
    for error in errors:
        key = (error.category or "error", error.location or "")
        texts.setdefault(key, []).extend(t for t in (error.description, error.evidence) if t)
        impacts.setdefault(key, error.impact or "")
    for (category, location), said in texts.items():
        label = frame.event(
            Kind.SCORE, None, TRAIL, category, location, name=category, text="\n".join(said),
            score=Score(source=TRAIL, label=impacts[category, location]),
        )  # fmt: skip
        yield msgspec.structs.replace(label, call_id=CallId(location))


def of_scores(frame: Frame, scores: list[Scores]) -> Iterator[Event]:
    for found in scores:
        for key, value in found.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > _MOST:
                continue
            name = key.removesuffix("_score")
            yield frame.event(
                Kind.SCORE, None, TRAIL, name, name=name, text=_reason(found, name),
                score=Score(source=TRAIL, value=float(value)),
            )  # fmt: skip


def _reason(found: Mapping[str, Any], name: str) -> str:
    said = found.get(f"{name}_reasoning")
    return said if isinstance(said, str) else ""
