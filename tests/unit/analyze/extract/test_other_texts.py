"""Services' error objects, the system's error texts, and texts that nothing explains."""
# ruff: noqa: E501 -- texts as programs write them, one a row

import pytest

from homeostat.analyze.signature import sign
from homeostat.model.signature import ErrorClass as Kind


@pytest.mark.parametrize(
    ("text", "kept", "error_class"),
    [
        ('Error 429: {"error": {"message": "Rate limit reached for gpt in org-1", "type": "requests", "code": "rate_limit_exceeded"}}', ("rate_limit_exceeded",), Kind.RATE_LIMIT),
        ('{"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}', ("insufficient_quota",), Kind.QUOTA),
        ('API Error: 529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', ("overloaded_error",), Kind.OVERLOADED),
        ('Error 400: {"error": {"message": "This model\'s maximum context length is 128 tokens", "code": "x_y"}}', ("x_y",), Kind.CONTEXT_OVERFLOW),
        ("openai.AuthenticationError: Error code: 401 - {'error': {'message': 'Incorrect API key provided: sk-a****9.', 'code': 'invalid_api_key'}}", ("invalid_api_key",), Kind.AUTH),
        ('Slack API error: {"ok":false,"error":"channel_not_found","ts":"4.5"}', ("channel_not_found",), Kind.NOT_FOUND),
        ('{"status": 404, "message": "no page", "errors": []}', ("404",), Kind.NOT_FOUND),
        ('{"message": "all is well with 3 items"}', (), Kind.UNKNOWN),
        ('{\n  "error": "no issue found for the ids",\n  "schema": 1\n}', (), Kind.NOT_FOUND),
    ],
)  # fmt: skip
def test_an_error_object_is_its_codes(text: str, kept: tuple[str, ...], error_class: Kind):
    signature = sign("http_call", text)

    assert (signature.identifiers, signature.error_class) == (kept, error_class)


@pytest.mark.parametrize(
    ("text", "kept", "error_class"),
    [
        ("cat: a/b.txt: No such file or directory", ("cat",), Kind.NOT_FOUND),
        ("ls: cannot access 'a': No such file or directory", ("ls",), Kind.NOT_FOUND),
        ("bash: line 1: cd: a: No such file or directory", ("cd",), Kind.NOT_FOUND),
        ("zsh: permission denied: ./a.sh", ("sh", "exec"), Kind.PERMISSION_DENIED),
        ("bash: line 1: ./a.sh: Permission denied", ("sh", "exec"), Kind.PERMISSION_DENIED),
        ("Exit code 1\nbash: line 1: /etc/a.conf: Permission denied", ("sh",), Kind.PERMISSION_DENIED),
        ("ENOENT: no such file or directory, open '/a/b.json'", ("enoent", "open"), Kind.NOT_FOUND),
        ("error: Device or resource busy", (), Kind.LOCKED),
        ("no space left on device", (), Kind.DISK_FULL),
    ],
)  # fmt: skip
def test_a_system_error_is_the_program_that_met_it(
    text: str, kept: tuple[str, ...], error_class: Kind
):
    signature = sign("Bash", text)

    assert (signature.identifiers, signature.error_class) == (kept, error_class)


@pytest.mark.parametrize(
    ("text", "message", "error_class"),
    [
        ("one\ntwo\nError: cannot reach the moon from base 9\nfour", "cannot reach the moon from base <n>", Kind.UNKNOWN),
        ("hint: try more\nthe request was denied by rule 9", "the request was denied by rule <n>", Kind.PERMISSION_DENIED),
        ("usage: git diff [<options>] [<commit>]\n   or: git diff --cached", "usage", Kind.INVALID_ARGUMENTS),
        ("│ Warning: odd\n│ Error: the moon is missing", "the moon is missing", Kind.NOT_FOUND),
        ("[INFO] starting job 9\n2026-01-02T03:04:05Z INFO loading a.yaml", "", Kind.UNKNOWN),
        ("warehouse.StockWarning: all gone", "all gone", Kind.UNKNOWN),
        ("a: TypeError: run() got an unexpected keyword argument 'x'", "run() got an unexpected keyword argument <id>", Kind.TYPE_ERROR),
        ("usage: <anything>, and more", "usage: <anything>, and more", Kind.INVALID_ARGUMENTS),
    ],
)  # fmt: skip
def test_other_texts_are_told_by_the_line_that_says_most(
    text: str, message: str, error_class: Kind
):
    signature = sign("Bash", text)

    assert (signature.message, signature.error_class) == (message, error_class)


def test_a_wrong_call_of_a_tool_is_invalid_arguments():
    signature = sign("page_down", "TypeError: forward() got an unexpected keyword argument 'x'")

    assert signature.error_class is Kind.INVALID_ARGUMENTS


@pytest.mark.parametrize(
    ("code", "error_class"),
    [(124, Kind.TIMEOUT), (137, Kind.OUT_OF_MEMORY), (-11, Kind.SERVER_CRASHED), (130, Kind.CANCELLED), (3, Kind.UNKNOWN)],
)  # fmt: skip
def test_an_exit_code_speaks_when_the_text_does_not(code: int, error_class: Kind):
    assert sign("Bash", f"Exit code {code}\ntraining epoch 12").error_class is error_class


def test_many_lines_are_read_from_both_ends():
    text = "\n".join(["working"] * 400 + ["Error: the moon is missing"] + ["working"] * 20)

    assert sign("Bash", text).message == "the moon is missing"
