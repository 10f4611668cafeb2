"""Reading in another process: the same items, the same errors, and nothing left behind."""

import os
import signal
from collections.abc import Iterator

import pytest

from homeostat.monitor.aside import PIPE_BYTES, Aside, ReaderDiedError


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
        raise ValueError("the seventh line")

    read = aside(items())

    assert next(read) == b"good"
    with pytest.raises(ValueError, match="the seventh line"):
        next(read)


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

    with pytest.raises(ReaderDiedError, match="ended from outside"):
        next(read)
