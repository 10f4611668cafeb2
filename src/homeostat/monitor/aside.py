"""Reading in a process of its own while this one writes: an import takes half the time."""

import fcntl
import os
import pickle
import signal
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import BinaryIO, Generic, NoReturn, TypeVar

from homeostat.model.errors import SourceError

Item = TypeVar("Item")
PIPE_BYTES = 1 << 20
"""With the 64 KiB of a new pipe the reader waits half of its time (measured 2026-11)."""
_LENGTH_BYTES = 8
_ITEM, _END, _FAILED = b"i", b"e", b"f"


class Aside(Iterator[Item], Generic[Item]):
    """The same items in the same order, made in a forked process from now on. POSIX only.

    What goes wrong there is raised here. Close it: then the other process is gone. It also ends
    by itself when this one was killed, as soon as it has something to say.
    """

    def __init__(
        self,
        items: Iterable[Item],
        encode: Callable[[Item], bytes],
        decode: Callable[[bytes], Item],
    ) -> None:
        receive, send = os.pipe()
        with suppress(OSError, AttributeError):  # only some systems can, and only so far
            fcntl.fcntl(send, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self._child = _fork()
        if self._child == 0:
            _work(items, encode, send)
        os.close(send)
        self._pipe = os.fdopen(receive, "rb")
        self._decode = decode

    def __next__(self) -> Item:
        """The next item. Raises what the items raise, and `SourceError` for a reader killed."""
        if self._pipe.closed:
            raise StopIteration
        head = self._pipe.read(1 + _LENGTH_BYTES)
        length = int.from_bytes(head[1:], "big")
        data = self._pipe.read(length)
        if len(head) <= _LENGTH_BYTES or len(data) < length:
            head = b""
        if head[:1] == _ITEM:
            return self._decode(data)
        self.close()
        if head[:1] == _FAILED:
            raise pickle.loads(data)  # noqa: S301  # written by our own fork
        if head[:1] == _END:
            raise StopIteration
        raise SourceError(
            "the process that reads was ended from outside; what it had read is good.",
            next_step="Give the same command again: it goes on where it stopped.",
        )

    def close(self) -> None:
        if self._pipe.closed:
            return
        self._pipe.close()
        with suppress(ProcessLookupError):
            os.kill(self._child, signal.SIGKILL)  # it reads only, and may wait for a full pipe
        with suppress(ChildProcessError):  # where nobody may wait for children (SIGCHLD ignored)
            os.waitpid(self._child, 0)


def _fork() -> int:
    """The child, which no longer hears Ctrl-C: the parent is told, and ends it."""
    # Told between the fork and that, it would go on as a second parent.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with warnings.catch_warnings():
            # Other threads do not go on in the child; it shares no lock with them.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        return child
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(items: Iterable[Item], encode: Callable[[Item], bytes], send: int) -> NoReturn:
    """What the child does; it never comes back, and cleans up nothing of the parent's."""
    try:
        os.closerange(3, send)  # the lock and the database are the parent's alone
        os.closerange(send + 1, os.sysconf("SC_OPEN_MAX"))
        with os.fdopen(send, "wb") as pipe:
            _send(pipe, items, encode)
    finally:
        os._exit(0)


def _send(pipe: BinaryIO, items: Iterable[Item], encode: Callable[[Item], bytes]) -> None:
    try:
        for item in items:
            _put(pipe, _ITEM, encode(item))
        _put(pipe, _END, b"")
    except BrokenPipeError:
        return
    except Exception as error:  # noqa: BLE001  # it is raised on the other side
        _put(pipe, _FAILED, pickle.dumps(error))


def _put(pipe: BinaryIO, kind: bytes, data: bytes) -> None:
    pipe.write(kind + len(data).to_bytes(_LENGTH_BYTES, "big"))
    pipe.write(data)
    pipe.flush()
