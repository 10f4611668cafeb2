"""What of somebody's JSON Lines means what: a format told in the settings instead of in code."""

from typing import Literal, TypeAlias

import msgspec

Means = Literal["call", "result", "done", "prompt", "said", "end", "usage", "error"]
"""`done` is a call and its answer in one line."""
Plain: TypeAlias = str | bool | int
"""What a member may be compared with."""


class _Told(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    pass


class Fields(_Told, frozen=True, kw_only=True):
    """Where things stand in a line: the path of a member, `data.tool` for one within another."""

    time: str = ""
    """ISO 8601, or seconds or milliseconds since 1970."""
    run: str = ""
    agent: str = ""
    id: str = ""
    """What joins a call and its answer."""
    tool: str = ""
    command: str = ""
    path: str = ""
    args: str = ""
    text: str = ""
    status: str = ""
    """What `statuses` explains."""
    exit_code: str = ""
    duration_ms: str = ""
    duration_s: str = ""
    input_tokens: str = ""
    output_tokens: str = ""
    cost_usd: str = ""
    project: str = ""
    version: str = ""
    model: str = ""


class Record(_Told, frozen=True, kw_only=True):
    """Lines that mean one thing: those whose members have these values; all others say nothing."""

    means: Means
    when: dict[str, Plain] = {}
    """Member -> value; all must fit. `"*"` is any value."""
    fields: Fields = Fields()
    """Where it differs from the format's own `fields`."""


class Statuses(_Told, frozen=True, kw_only=True):
    """Which words of the `status` mean what; a word that stands nowhere is unknown."""

    ok: tuple[Plain, ...] = ()
    error: tuple[Plain, ...] = ()
    denied: tuple[Plain, ...] = ()
    interrupted: tuple[Plain, ...] = ()


class Mapping(_Told, frozen=True, kw_only=True):
    """One format. Its name in the settings is the client's name."""

    known_by: tuple[str, ...]
    """Members that the first lines of its files have; none of them of another format."""
    records: tuple[Record, ...]
    fields: Fields = Fields()
    statuses: Statuses = Statuses()
    homes: tuple[str, ...] = ()
    """Where its files lie, as patterns below the home folder."""
    files: tuple[str, ...] = ("*.jsonl", "*.ndjson")

    def __post_init__(self) -> None:
        if not self.known_by:
            raise ValueError("known-by must name a member: else every file would be of this format")
        if not self.records:
            raise ValueError("records must say what at least one kind of line means")
        for home in self.homes:
            if not home.strip("/") or home.startswith("/") or ".." in home.split("/"):
                raise ValueError(f'homes are patterns below the home folder, not "{home}"')
