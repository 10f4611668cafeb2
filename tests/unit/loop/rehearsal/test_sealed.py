"""The lock on the truth."""

import re
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeostat.loop.rehearsal.sealed import digest, sealed
from homeostat.model.rehearsal import Kind, Truth

TRUTHS = (
    Truth(kind=Kind.HELPS, target=0.26),
    Truth(kind=Kind.NOTHING),
    Truth(kind=Kind.HARMS, target=0.5, sibling=4.0),
)
some_truths = st.lists(
    st.builds(
        Truth,
        kind=st.sampled_from(Kind),
        target=st.floats(0.1, 3.5),
        sibling=st.sampled_from([1.0, 3.3, 5.0]),
    ),
    min_size=3,
    max_size=3,
)
some_words = st.text("abcXYZ019-_", min_size=16, max_size=16)


def test_the_text_tells_all_three_in_their_order():
    assert sealed(TRUTHS, "word").text == "helps -74%; nothing; harms -50%+300%; word"


def test_the_hash_is_the_sha_256_of_the_text():
    lock = sealed(TRUTHS, "word")

    assert lock.digest == sha256(lock.text.encode()).hexdigest()


@pytest.mark.parametrize("order", [(1, 0, 2), (2, 1, 0), (0, 2, 1)])
def test_another_order_does_not_fit_the_hash(order):
    lock = sealed(TRUTHS, "word")

    assert sealed([TRUTHS[at] for at in order], "word").digest != lock.digest


def test_without_the_word_the_hash_cannot_be_tried():
    assert sealed(TRUTHS, "one").digest != sealed(TRUTHS, "other").digest


@given(some_truths, some_words, some_truths, some_words)
def test_whatever_differs_in_the_text_differs_in_the_hash(truths, word, others, other):
    one, two = sealed(truths, word), sealed(others, other)

    assert (one.digest == two.digest) == (one.text == two.text)
    assert digest(one.text) == one.digest


@given(some_truths, some_words)
def test_the_text_can_stand_between_quotes_in_a_shell_and_in_80_columns(truths, word):
    text = sealed(truths, word).text

    assert re.fullmatch(r"[\w;%+ -]+", text, re.ASCII)
