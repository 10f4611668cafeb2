"""How a call, and a run, came out. What is not known is `UNKNOWN`, never ok."""

from enum import StrEnum


class Outcome(StrEnum):
    OK = "ok"
    ERROR = "error"
    DENIED = "denied"
    INTERRUPTED = "interrupted"
    UNKNOWN = "unknown"


class Nature(StrEnum):
    """Whether a failure is something broken or a check that did its job."""

    FAULT = "fault"
    FINDING = "finding"
    NONE = "none"


class Role(StrEnum):
    """What a call does for the question how its run came out."""

    CHECK = "check"
    """A test, linter, type check or build over the work ran; its outcome and nature say how."""
    EDIT = "edit"
    """A file of the work was changed."""
    COMMIT = "commit"
    """The work was committed; checking hooks may have run with it."""
    OTHER = "other"


class RunEnd(StrEnum):
    """How a run ended, from its last facts."""

    COMPLETED = "completed"
    API_FAILURE = "api_failure"
    LIMIT = "limit"
    INTERRUPTED = "interrupted"
    UNKNOWN = "unknown"


class RunOutcome(StrEnum):
    WELL = "well"
    BADLY = "badly"
    UNKNOWN = "unknown"
