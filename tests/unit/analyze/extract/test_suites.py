"""Test runners: a failing test is its name, whatever its values and its file."""
# ruff: noqa: RUF001 -- texts as programs write them, one a row

import pytest

from homeostat.analyze.signature import sign
from homeostat.model.signature import ErrorClass

REPORTS = [
    ("FAILED tests/test_{f}.py::test_discount[{n}] - assert {n} == 2", "test_discount"),
    ("tests/test_{f}.py::TestCart::test_sum FAILED    [ 50%]", "testcart::test_sum"),
    ("=== FAILURES ===\n________ test_total ________\n    x = {n}", "test_total"),
    ("____ ERROR at setup of test_uses ____\nfile {f}.py", "test_uses"),
    ("FAIL: test_sum (test_{f}.Cart.test_sum)\nAssertionError: {n} != 3", "test_sum"),
    ("ERROR: test_tax (test_{f}.Cart)\nKeyError: {n}", "test_tax"),
    ("--- FAIL: TestInvoiceTotal (0.{n}s)\n    {f}_test.go:9: got {n}", "testinvoicetotal"),
    ("test totals::match ... FAILED\n\nfailures:", "totals::match"),
    ("(fail) cart > keeps the order [{n}.00ms]", "cart > keeps the order"),
    ("  ● Cart › applies the coupon\n    Expected: {n}", "cart › applies the coupon"),
    (" FAIL  src/{f}.test.ts > Cart > adds up", "cart > adds up"),
    ("not ok 1 - adds up the cart\n  duration_ms: {n}", "adds up the cart"),
    ("  1 failing\n\n  1) Ledger:\n     Error: {n}", "ledger"),
    ("[ERROR]   OrderTest.sumsItems:{n} expected: <{n}> but was: <2>", "ordertest.sumsitems"),
    ("[  FAILED  ] Cart.AddsUp ({n} ms)", "cart.addsup"),
    ("  {n} - cart_adds_up (Failed)", "cart_adds_up"),
]


@pytest.mark.parametrize(("report", "name"), REPORTS)
def test_a_failing_test_is_its_name(report: str, name: str):
    one = sign("Bash", report.replace("{f}", "cart").replace("{n}", "7"))
    other = sign("Bash", report.replace("{f}", "x_9").replace("{n}", "4711"))

    assert one.id == other.id
    assert one.identifiers == (name,)
    assert one.error_class is ErrorClass.TEST_FAILURE


def test_a_report_without_a_failing_test_is_judged_by_its_words():
    signature = sign("Bash", "collected 3 items\nsee tests/a.py::b for more")

    assert signature.kind != "test"
