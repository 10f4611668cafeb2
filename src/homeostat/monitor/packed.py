"""Files that are packed, with gzip and Zstandard, or in UTF-16. The content decides."""

import codecs
import gzip
import sys
import zlib
from pathlib import Path
from typing import BinaryIO, Self, cast

from homeostat.model.errors import SourceError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_GZIP = b"\x1f\x8b"
_ZSTANDARD = b"\x28\xb5\x2f\xfd"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""PowerShell writes so what a client prints."""
_DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, zstd.ZstdError)


class BrokenOffError(SourceError):
    """The file cannot be read further; what came before is good."""


def is_packed(path: Path) -> bool:
    return _start(path).startswith((_GZIP, _ZSTANDARD, *_UTF16))


def opened(path: Path) -> BinaryIO:
    """The file unpacked, in UTF-8; what is damaged raises as it is read (`read`)."""
    start = _start(path)
    if start.startswith(_GZIP):
        return cast("BinaryIO", gzip.open(path, "rb"))
    if start == _ZSTANDARD:
        return cast("BinaryIO", zstd.open(path, "rb"))
    if start.startswith(_UTF16):
        return cast("BinaryIO", _Utf16(path))
    return path.open("rb")


class _Utf16:
    """A file of UTF-16 as one of UTF-8, as far as `read` reads files."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._decoder = codecs.getincrementaldecoder("utf-16")("replace")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read1(self, size: int) -> bytes:
        while data := self._file.read1(size):
            if text := self._decoder.decode(data):
                return text.encode()
        return b""


def read(file: BinaryIO, size: int) -> bytes:
    """Up to `size` bytes, fewer where that is all there is now. Raises `BrokenOffError`."""
    try:
        # read1: what a broken-off file still gave must not be lost with the error.
        return file.read1(size)  # type: ignore[attr-defined, no-any-return]  # all kinds have it
    except _DAMAGED as error:
        raise BrokenOffError(
            f"the packed file is damaged or broken off ({error})", next_step=""
        ) from error
    except OSError as error:
        raise BrokenOffError(f"reading failed ({error})", next_step="") from error


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(_ZSTANDARD))
