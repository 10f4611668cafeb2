"""Files that are packed: gzip and Zstandard. The content decides, not the name."""

import gzip
import sys
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from homeostat.model.errors import SourceError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_GZIP = b"\x1f\x8b"
_ZSTANDARD = b"\x28\xb5\x2f\xfd"
_DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, zstd.ZstdError)


class BrokenOffError(SourceError):
    """The file cannot be read further; what came before is good."""


def is_packed(path: Path) -> bool:
    return _start(path).startswith((_GZIP, _ZSTANDARD))


def opened(path: Path) -> BinaryIO:
    """The file unpacked; what is damaged raises as it is read (`read`)."""
    start = _start(path)
    if start.startswith(_GZIP):
        return cast("BinaryIO", gzip.open(path, "rb"))
    if start == _ZSTANDARD:
        return cast("BinaryIO", zstd.open(path, "rb"))
    return path.open("rb")


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
