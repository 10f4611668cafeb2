"""How values and marks are written for psycopg, and what comes back."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, cast

import psycopg
from psycopg.adapt import Buffer, Loader
from psycopg.types.string import BytesBinaryDumper

from homeostat.knowledge.dialect.port import Row

PIECE = 1_000
"""Rows."""


def array(kind: str, values: Iterable[Any]) -> str:
    """An array as PostgreSQL reads it; the driver's own way costs several times as much."""
    write = _WRITTEN.get(kind, str)
    return f"{{{','.join(['NULL' if value is None else write(value) for value in values])}}}"


def _text(value: str) -> str:
    if '"' in value or "\\" in value:
        value = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{value}"'


def _bytes(value: bytes) -> str:
    return f'"\\\\x{value.hex()}"'


_WRITTEN: Mapping[str, Callable[[Any], str]] = {"text": _text, "bytea": _bytes}
_MARK = re.compile(r"'[^']*'|::\w+|:([a-z]\w*)|(\?)|(%)")


@lru_cache(maxsize=1024)
def translated(sql: str) -> bytes:
    """The marks of the house as this driver's; what stands in quotes is left alone."""

    def mark(found: re.Match[str]) -> str:
        if found[1]:
            return f"%({found[1]})s"
        if found[2]:
            return "%s"
        return found[0].replace("%", "%%")

    return _MARK.sub(mark, sql).encode()


class _Whole(Loader):
    """Sums of whole numbers are NUMERIC here; all numbers of ours that are, are whole."""

    def load(self, data: Buffer) -> int:
        return int(bytes(data))


class Answer:
    """A cursor whose rows come by many: one at a time costs three times as much."""

    def __init__(self, cursor: "psycopg.Cursor[Row]") -> None:
        self._cursor = cursor
        self.fetchone = cursor.fetchone
        self.fetchall = cursor.fetchall

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    def __iter__(self) -> Iterator[Row]:
        while rows := self._cursor.fetchmany(PIECE):
            yield from rows


def prepare_adapters(raw: "psycopg.Connection[Row]") -> None:
    raw.adapters.register_loader("numeric", _Whole)
    # Registered last, it is what bytes are written with; else that is the driver's slowest way.
    raw.adapters.register_dumper(bytes, BytesBinaryDumper)


def as_rows(raw: "psycopg.Connection[object]") -> "psycopg.Connection[Row]":
    return cast("psycopg.Connection[Row]", raw)
