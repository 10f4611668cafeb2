"""Unknown failures that say much the same."""

from homeostat.analyze.likeness import alike
from homeostat.model.views import FailureGroup


def group(signature, line, *, failures=3, tool="lookup", error_class="unknown"):
    return FailureGroup(
        signature=signature, error_class=error_class, tool=tool, line=line, nature="fault",
        failures=failures, runs=1, lost_ms=0, lost_tokens=0, first_at=None, last_at=None,
    )  # fmt: skip


SHELF = group("S-A", "shelf 12 of the north store is closed for counting", failures=9)
OTHER = group("S-B", "shelf 7 of the south store is closed for counting")


def test_lines_that_differ_in_names_are_alike():
    (found,) = alike([OTHER, SHELF, group("S-C", "the till refused the card of the customer")])

    assert (found.signatures, found.failures) == (("S-A", "S-B"), 12)
    assert found.words == ("shelf", "of", "the", "store", "is", "closed", "for", "counting")


def test_what_has_a_class_or_another_tool_is_left_alone():
    assert alike([SHELF, group("S-D", OTHER.line, error_class="not_found")]) == []
    assert alike([SHELF, group("S-D", OTHER.line, tool="order")]) == []


def test_lines_of_few_words_are_never_alike():
    assert alike([group("S-A", "error 12"), group("S-B", "error 13")]) == []


def test_the_order_says_nothing():
    assert alike([SHELF, OTHER]) == alike([OTHER, SHELF])
