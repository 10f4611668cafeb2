"""What agents' clients and their shells answer, in their many wordings."""
# ruff: noqa: E501 -- texts as programs write them, one a row

import pytest

from homeostat.analyze.signature import sign
from homeostat.model.signature import ErrorClass as Kind

REFUSED = "<tool_use_error>InputValidationError:"
CLASSES = [
    ("apply_patch", "apply_patch verification failed: Failed to read file to update /w/moon.ts: No such file or directory (os error 2)", Kind.NOT_FOUND),
    ("write_stdin", "write_stdin failed: stdin is closed for this session", Kind.INVALID_ARGUMENTS),
    ("Bash", "Blocked: sleep 90 followed by: cat moon.log. Use another way.", Kind.PERMISSION_DENIED),
    ("bash", "Tool call rejected by approver: not on a Sunday", Kind.PERMISSION_DENIED),
    ("read", "Error: Cannot read binary file: /w/moon.bin", Kind.INVALID_ARGUMENTS),
    ("read_bash", "shellId: 7 was already stopped via stop_bash.", Kind.NOT_FOUND),
    ("Step 4", "AgentExecutionError: Code execution failed at line 'while n:' due to: InterpreterError: Maximum number of 500 iterations in While loop exceeded", Kind.TIMEOUT),
    ("Step 4", "AgentParsingError: Error while parsing tool call from model output: The JSON blob you used is invalid due to the following error: Expecting ':' delimiter: line 2", Kind.PARSE_ERROR),
    ("Step 4", "moon.RateLimitError: you exceeded your current quota, see your plan", Kind.QUOTA),
    ("Step 4", "moon.RateLimitError: 40 calls a minute", Kind.RATE_LIMIT),
    ("Inspector", "Exception: Cannot use the inspector with images", Kind.INVALID_ARGUMENTS),
    ("KillShell", "Shell 7f is not running, so cannot be killed (status: completed)", Kind.INVALID_ARGUMENTS),
    ("ExitPlanMode", "You are not in plan mode.", Kind.INVALID_ARGUMENTS),
    ("fetch", "Error: Response too large (exceeds 9MB limit)", Kind.QUOTA),
    ("fetch", "Error: the address must start with https://", Kind.INVALID_ARGUMENTS),
    ("Moon.run", "AgentGenerationError: Error in generating model output:\n'NoneType' object is not subscriptable", Kind.TYPE_ERROR),
    ("bash", "Error decoding bytes to utf-8: invalid start byte", Kind.PARSE_ERROR),
    ("Bash", "zsh:1: bad pattern: [moon", Kind.SYNTAX),
    ("Bash", "zsh:export:1: not valid in this context: moon-base", Kind.SYNTAX),
    ("Bash", "find: -moon: unknown primary or operator", Kind.INVALID_ARGUMENTS),
    ("Bash", "duplicate session: moon", Kind.ALREADY_EXISTS),
    ("Bash", "1 | let a = ;\n            ^\nerror: Unexpected ;", Kind.SYNTAX),
    ("Bash", "error: No packages matched the filter", Kind.NOT_FOUND),
    ("Bash", "Missing entry-point to Worker script", Kind.CONFIG_MISSING),
    ("Bash", "Config files in ~/w/moon.toml are not trusted.", Kind.PERMISSION_DENIED),
    ("Bash", "it is necessary to set a MOON_TOKEN environment variable here", Kind.CONFIG_MISSING),
    ("Bash", "fatal: no upstream configured for branch 'moon'", Kind.GIT_ERROR),
    ("Bash", "aborted: you must first push the current branch to a remote", Kind.INVALID_ARGUMENTS),
    ("Bash", "Error: Failed to make the base\n\nCaused by:\n    0: worktree\n    1: Base 'moon' already exists", Kind.ALREADY_EXISTS),
]  # fmt: skip
SAME = [
    ("apply_patch", "apply_patch verification failed: invalid hunk at line 2, hunk for path 'moon/a.ts' is empty", "apply_patch verification failed: invalid hunk at line 9, hunk for path 'b.md' is empty"),
    ("Read", f"{REFUSED} Read failed due to the following issue:\nThe parameter `limit` type is expected as `number` but provided as `string`", f"{REFUSED} Read failed due to the following issue:\nThe parameter `offset` type is expected as `number` but provided as `array`"),
    ("Bash", "(eval):1: no such file or directory: ./moon.sh", "zsh:9: no such file or directory: /w/sun.sh"),
    ("Bash", "(eval):cd:1: too many arguments", "zsh:cd:4: too many arguments"),
    ("Bash", "(eval):2: read-only variable: status", "zsh:7: read-only variable: status"),
    ("Bash", "ls: cannot access 'moon': No such file or directory", "ls: sun/base: No such file or directory"),
    ("Bash", "mkdir: cannot create directory 'moon': File exists", "mkdir: sun/base: File exists"),
    ("Bash", "can't find pane: %7", "can't find pane: moon:0.1"),
    ("Bash", "NameError: name 'moon' is not defined", "NameError: name 'moon' is not defined. Did you mean: 'noon'?"),
    ("Bash", 'error: Could not resolve: "moon-js". Maybe you need to "bun install"?', "error: Cannot find module 'moon-js' from '/w/a.ts'"),
    ("Bash", "npm error 404  'moon-js@^1.0.0' is not in this registry.", "npm error 404  The requested resource 'moon-js@9' could not be found or you do not have permission"),
    ("bash", "Tool call rejected by approver: not on a Sunday", "Tool call rejected by approver: too late"),
    ("web_fetch", "Web fetch failed (404): Not Found", "Web fetch failed (404): <p>the moon has set</p>"),
    ("Step 2", "AgentExecutionError: Code parsing failed on line 2 due to: SyntaxError\na = 'x\n    ^\nError: unterminated string literal (detected at line 2) (<unknown>, line 2)", "AgentExecutionError: Code parsing failed on line 7 due to: SyntaxError\nprint('it)\n      ^\nError: unterminated string literal (detected at line 7) (<unknown>, line 7)"),
]  # fmt: skip
APART = [
    ("Moon.run", "AgentGenerationError: Error in generating model output:\nthe moon is down", "AgentGenerationError: Error in generating model output:\nno key for the sun"),
    ("Edit", f"{REFUSED} Edit failed due to the following issues:\nThe required parameter `new_string` is missing\nAn unexpected parameter `moon` was provided", f"{REFUSED} Edit failed due to the following issue:\nThe required parameter `old_string` is missing"),
    ("Grep", f"{REFUSED} Grep failed due to the following issue:\nAn unexpected parameter `moon` was provided", f"{REFUSED} Grep failed due to the following issue:\nAn unexpected parameter `sun` was provided"),
    ("Bash", "ls: moon: No such file or directory", "stat: moon: No such file or directory"),
    ("Bash", "cp: cannot stat 'moon': No such file or directory", "cp: cannot create regular file 'moon': No such file or directory"),
    ("Bash", "can't find pane: %7", "can't find session: moon"),
    ("Step 2", "AgentExecutionError: Code parsing failed on line 2 due to: SyntaxError\nthe moon\n    ^\nError: invalid syntax (<unknown>, line 2)", "AgentExecutionError: Code parsing failed on line 2 due to: SyntaxError\na = 'x\n    ^\nError: unterminated string literal (detected at line 2) (<unknown>, line 2)"),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "text", "error_class"), CLASSES)
def test_a_clients_answer_has_a_class(tool: str, text: str, error_class: Kind):
    assert sign(tool, text).error_class is error_class


@pytest.mark.parametrize(("tool", "one", "other"), SAME)
def test_one_failure_in_two_wordings(tool: str, one: str, other: str):
    assert sign(tool, one).key == sign(tool, other).key


@pytest.mark.parametrize(("tool", "one", "other"), APART)
def test_two_failures_that_look_alike(tool: str, one: str, other: str):
    assert sign(tool, one).key != sign(tool, other).key


def test_two_clients_wordings_of_one_mishap_stay_two_failures():
    one = sign("Edit", "String to replace not found in file.\nString: moon")
    other = sign("edit", "Error: Could not find oldString in the file. It must match exactly.")

    assert one.id != other.id
    assert one.error_class is other.error_class is Kind.EDIT_MISMATCH


@pytest.mark.parametrize(
    ("text", "same", "error_class"),
    [
        (
            "API Error: 500 Internal server error",
            "API Error: 500 Internal server error. This is a server-side issue, try again.",
            "server_error",
        ),
        ("API Error: 529 Overloaded", "API Error: 529 Overloaded.", "overloaded"),
        (
            "API Error: 403 No access",
            "API Error: 403 No access · Please run /login",
            "permission_denied",
        ),
    ],
)
def test_an_api_error_is_one_with_and_without_advice(text, same, error_class):
    one, other = sign("@model", text), sign("@model", same)

    assert one.id == other.id
    assert one.error_class.value == error_class
    assert one.id != sign("@model", "API Error: 418 I am a teapot").id


def test_an_api_error_without_an_end_takes_no_time_and_is_still_signed():
    found = sign("@model", "API Error: 500 " + "word " * 200_000)

    assert found.rule != "api-line"
