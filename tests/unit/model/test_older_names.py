"""Older systems' names of error types, in terms of our classes."""

import pytest

from homeostat.model.errors import UsageError
from homeostat.model.older_names import classes_of
from homeostat.model.signature import ErrorClass


@pytest.mark.parametrize("error_class", ErrorClass)
def test_each_class_is_known_by_its_own_name(error_class):
    assert error_class in classes_of(error_class.value.upper())


@pytest.mark.parametrize(
    ("older", "classes"),
    [
        ("connection_refused", {"connection"}),
        ("service_crash", {"server_crashed"}),
        ("Timeout", {"timeout"}),
        ("api_error", {"connection", "server_error", "overloaded", "auth"}),
        ("git_error", {"git_error", "git_conflict"}),
    ],
)
def test_an_older_name_means_our_classes(older, classes):
    assert classes_of(older) == classes


@pytest.mark.parametrize("older", ["tool_error", "Unknown", "null", "transport_error"])
def test_a_name_for_all_else_means_what_had_no_name_there(older):
    found = classes_of(older)

    assert {"unknown", "not_found"} <= found
    assert not {"timeout", "rate_limit", "git_error"} & found


def test_a_name_that_nobody_knows_is_refused_with_those_that_there_are():
    with pytest.raises(UsageError) as refused:
        classes_of("bad_luck")

    assert "connection_refused" in refused.value.next_step
