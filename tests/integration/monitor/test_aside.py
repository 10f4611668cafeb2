"""Reading in another process: the same items, the same errors, and nothing left behind."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from homeostat.model.errors import SourceError
from homeostat.monitor.aside import PIPE_BYTES, Aside


def aside(items: Iterator[bytes]) -> Aside[bytes]:
    return Aside(items, bytes, bytes)


def children() -> set[int]:
    """This process's children that run or wait to be taken leave of."""
    task = f"/proc/self/task/{os.getpid()}/children"
    with open(task) as listed:  # noqa: PTH123  # the process itself
        return {int(pid) for pid in listed.read().split()}


@pytest.fixture(autouse=True)
def nothing_is_left():
    before = children()
    yield
    assert children() == before


def test_the_items_come_in_order_from_another_process():
    items = aside(str((os.getpid(), number)).encode() for number in range(1000))

    found = [eval(item) for item in items]  # noqa: S307  # our own pairs

    assert [number for _, number in found] == list(range(1000))
    assert {pid for pid, _ in found}.isdisjoint({os.getpid()})


def test_an_item_may_be_larger_than_the_pipe():
    assert [len(item) for item in aside(iter([b"x" * (3 * PIPE_BYTES), b""]))] == [
        3 * PIPE_BYTES,
        0,
    ]


def test_what_goes_wrong_there_is_raised_here_after_what_was_good():
    def items() -> Iterator[bytes]:
        yield b"good"
        raise SourceError("the seventh line", next_step="Look at it.")

    read = aside(items())

    assert next(read) == b"good"
    with pytest.raises(SourceError, match="the seventh line") as raised:
        next(read)
    assert raised.value.next_step == "Look at it."


def test_who_stops_early_ends_the_other_process():
    read = aside(iter(lambda: b"x" * PIPE_BYTES, b""))

    assert next(read)
    read.close()
    read.close()

    assert list(read) == []


def test_a_reader_that_is_killed_is_told_from_one_that_is_done():
    def items() -> Iterator[bytes]:
        yield str(os.getpid()).encode()
        signal.pause()

    read = aside(items())
    os.kill(int(next(read)), signal.SIGKILL)

    with pytest.raises(SourceError, match="ended from outside"):
        next(read)


def test_it_works_where_nobody_may_wait_for_children():
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert list(aside(iter([b"one", b"two"]))) == [b"one", b"two"]
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_the_readers_hold_none_of_the_files_that_are_open_here(tmp_path):
    with (tmp_path / "lock").open("wb") as lock:
        read = aside(str(Path(f"/proc/self/fd/{lock.fileno()}").exists()).encode() for _ in "x")

        assert list(read) == [b"False"]
