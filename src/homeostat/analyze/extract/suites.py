"""The first failing test that a test runner names."""

import re

import msgspec

from homeostat.analyze.extract.found import FailureText, Found
from homeostat.model.signature import ErrorClass


class Suite(msgspec.Struct, frozen=True):
    """`pattern` has one group: the name of the failing test."""

    name: str
    literal: str
    pattern: re.Pattern[str]


def _suite(name: str, literal: str, pattern: str) -> Suite:
    return Suite(name, literal, re.compile(pattern, re.MULTILINE))


# One kind for all runners of a language: the name of the test is what tells failures apart.
_SUITES = (
    _suite(
        "pytest",
        "::",
        r"^(?:\[gw\d{1,3}\] .{0,40}?)?(?:FAILED|ERROR) [^\s:]{1,300}::([^\n]{1,300}?)(?: - |$)",
    ),
    _suite("pytest", "::", r"^[^\s:]{1,300}\.py::([^\s]{1,300}) (?:FAILED|ERROR)"),
    _suite(
        "pytest",
        "= failures =",
        r"^_{3,80} (?:ERROR at (?:setup|teardown) of )?([\w.\[\]<>-]{1,200}) _{3,80}$",
    ),
    _suite(
        "pytest", "error at setup of", r"^_{3,80} ERROR at setup of ([\w.\[\]<>-]{1,200}) _{3,80}$"
    ),
    _suite("unittest", "fail: ", r"^FAIL: (\w{1,200}) \("),
    _suite("unittest", "error: ", r"^ERROR: (\w{1,200}) \((?!unittest\.loader)[\w.]{1,200}\)"),
    _suite("unittest", "... fail", r"^(\w{1,200}) \([\w.]{1,200}\).{0,100} \.\.\. (?:FAIL|ERROR)$"),
    _suite("go-test", "--- fail: ", r"^--- FAIL: (\S{1,200})"),
    _suite("go-test", "--- fail: ", r"^\s{1,8}--- FAIL: ([^\s/]{1,200})"),
    _suite("go-test", "\u2716", r"^\s{0,4}=== FAIL: \S{1,200} (\S{1,200})"),
    _suite("cargo-test", "... failed", r"^test ([\w:]{1,200})(?: - .{1,60})? \.\.\. FAILED"),
    _suite("cargo-test", "stdout ----", r"^---- ([\w:]{1,200}) stdout ----"),
    _suite("cargo-test", "fail [", r"^\s{0,12}FAIL \[.{1,20}\] \S{1,80} ([\w:]{1,200})"),
    _suite("bun-test", "(fail) ", r"^\s{0,8}\(fail\) ([^\n]{1,300}?)(?: \[[\d.]{1,12}m?s\])?$"),
    _suite(
        "playwright-test",
        "\u203a",
        r"^\s{0,4}\d{1,4}\) (?:\[\w{1,40}\] \u203a )?\S{1,200}:\d{1,6}:\d{1,5} \u203a ([^\n]{1"
        r",200}?)[\s\u2500]{0,100}$",
    ),
    _suite(
        "vitest",
        "fail ",
        r"^\s{0,4}(?:\u276f )?FAIL\s{1,3}(?:\|?[\w@/-]{1,60}\|? )?\S{1,200}(?: \[ .{1,100} \])"
        r"? > ([^\n]{1,300})$",
    ),
    _suite(
        "jest",
        "\u25cf",
        r"^\s{0,4}\u25cf (?!Test suite failed|Validation|Console|Deprecation)([^\n]{1,300})$",
    ),
    _suite(
        "node-test",
        "not ok ",
        r"^\s{0,12}not ok \d{1,6} (?:- )?(?!\S{0,200}\.[mc]?[jt]s$)([^\n#]{1,200})",
    ),
    _suite(
        "node-test", "\u2716", r"^\s{0,12}\u2716 (?!failing tests)([^\n]{1,200}?) \([\d.]{1,12}ms\)"
    ),
    _suite("vitest", "test files ", r"^\s{0,12}\u00d7 ([^\n]{1,200}?)(?: \d{1,8}m?s)?$"),
    _suite("jest", "\u2715", r"^\s{0,12}\u2715 ([^\n]{1,200}?)(?: \([\d.]{1,12} ?m?s\))?$"),
    _suite("ava", "\u2718", r"^\s{0,12}\u2718 \[fail\]: ([^\n]{1,200})$"),
    _suite("deno-test", "... failed", r"^([^\n]{1,200}?) \.\.\. (?:\x1b\[\d{1,3}m)?FAILED"),
    _suite("mocha", " failing", r"^\s{1,8}1\) ([^\n]{1,200}?):?$"),
    _suite("rspec", "rspec ./", r"^rspec \S{1,200} # ([^\n]{1,200})"),
    _suite("minitest", "failure:", r"Failure:\n\s{0,8}([\w:]{1,120}#\w{1,200})"),
    _suite("minitest", "error:", r"^\s{0,4}\d{0,4}\)? ?Error:\n([\w:]{1,120}#\w{1,200})"),
    _suite("phpunit", "1) ", r"^1\) ([\w\\]{1,200}::\w{1,200})"),
    _suite(
        "surefire",
        "[error]",
        r"^\[ERROR\]\s{1,8}(?:Failures: |Errors: )?([\w.$]{1,200})(?::\d{1,6})? (?:expected|"
        r"\u00bb|Expected|Unexpected|<<<)",
    ),
    _suite(
        "surefire",
        "<<< ",
        r"^(?:\[ERROR\] )?\s{0,4}([\w.$]{1,200}(?:\([\w.$]{1,200}\))?)\s.{0,60}<<< (?:FAILURE|"
        r"ERROR)!",
    ),
    _suite("gradle-test", " failed", r"^([\w.$]{1,200} > [^\n]{1,200}?) FAILED$"),
    _suite(
        "dotnet-test",
        "failed ",
        r"^\s{0,8}(?:X |Failed )([\w.]{1,200})(?:\([^\n]{0,200}\))? \[[<\d].{0,20}\]",
    ),
    _suite("ctest", "(failed)", r"^\s{0,8}\d{1,6} - (\S{1,200}) \(Failed\)"),
    _suite("gtest", "[  failed  ]", r"^\[  FAILED  \] ([\w./]{1,200})"),
    _suite("xctest", "error: -[", r"error: -\[([\w. ]{1,200})\] :"),
    _suite("exunit", "1) test", r"^\s{1,4}1\) (test [^\n]{1,200}?) \([\w.]{1,120}\)"),
    _suite("bats", "not ok", r"^not ok \d{1,6} ([^\n]{1,200})"),
    _suite("cypress", "failing", r"^\s{1,8}1\) ([^\n]{1,200}?):?$"),
    _suite("doctest", "failed example", r"^File .{1,200}, line \d{1,6}, in ([\w.]{1,200})"),
)
_PARAMETERS = re.compile(r"\[[^\n]{0,300}$")
_TAIL = re.compile(r"(?: \([\d.]{1,12} ?m?s\)|:)$")


def failing_test(text: FailureText) -> Found | None:
    """The first failing test; its values, file and line are not part of the failure."""
    folded = text.folded
    for suite in _SUITES:
        if suite.literal not in folded:
            continue
        if found := suite.pattern.search(text.body):
            test = found[1].strip()
            name = _PARAMETERS.sub("", test) if suite.name in {"pytest", "dotnet-test"} else test
            return Found(
                rule=f"test:{suite.name}",
                kind="test",
                line=found[0].strip()[:500],
                message="test failed",
                identifiers=(_TAIL.sub("", name).strip().lower(),),
                error_class=ErrorClass.TEST_FAILURE,
            )
    return None
