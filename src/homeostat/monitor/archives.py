"""Zip archives of JSON files as records."""

import zipfile
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from homeostat.model.errors import SourceError
from homeostat.model.ports import Member
from homeostat.monitor.lines import MAX_LINE_BYTES, Line

MAGIC = b"PK\x03\x04"
_encode = msgspec.json.Encoder().encode


def head(path: Path) -> list[bytes]:
    """The magic, then the names in the archive. Raises `SourceError`."""
    with _opened(path) as archive:
        return [MAGIC, *(name.encode("utf-8", "replace") for name in archive.namelist())]


def records(path: Path, members: Sequence[Member]) -> Iterator[Line]:
    """The members in their order.

    One that is too large, or cannot be read, gives an empty line that tells its size, or why.
    """
    number = 0
    with _opened(path) as archive:
        for member in members:
            for info in archive.infolist():
                if not fnmatchcase(info.filename, member.pattern):
                    continue
                number += 1
                data, problem = b"", ""
                if info.file_size <= MAX_LINE_BYTES:
                    try:
                        data = _read(archive, info, member)
                    except SourceError as error:
                        problem = str(error)
                size = len(data) or info.file_size
                yield Line(number, number - 1, data, size, ended=True, problem=problem)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, member: Member) -> bytes:
    try:
        data = archive.read(info)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise SourceError(f"{info.filename} in it cannot be read: {error}", next_step="") from error
    except Exception as error:  # zlib, bz2 and lzma raise errors of their own
        raise SourceError(f"{info.filename} in it is damaged: {error}", next_step="") from error
    return b"{%s:%s}" % (_encode(member.name), data) if member.name else data


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise SourceError(f"the archive is damaged or cut off ({error})", next_step="") from error
