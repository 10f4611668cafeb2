"""Which failures are one failure."""

import pytest

from homeostat.analyze.masks import masked, masked_code
from homeostat.analyze.normalise import CAP, unwrapped
from homeostat.analyze.signature import family_of, sign
from homeostat.model.signature import ErrorClass

FAILURE = "cat: notes/a.txt: No such file or directory"


@pytest.mark.parametrize(
    "wrapped",
    [
        FAILURE,
        f"Exit code 1\n{FAILURE}",
        f"Error: Exit code 1\n{FAILURE}".removeprefix("Error: "),
        f"Chunk ID: a1\nWall time: 0.1 seconds\nProcess exited with code 1\nOutput:\n{FAILURE}\n",
        f"<tool_use_error>{FAILURE}</tool_use_error>",
        f"<returncode>1</returncode>\n<output>\n{FAILURE}\n</output>",
        f"\x1b[31m{FAILURE}\x1b[0m\r\n",
        f"{FAILURE}\n\n(Command exited with code 1)",
        f'{{"output": "{FAILURE}\\n", "metadata": {{"exit_code": 1}}}}',
        f"Command: cat notes/a.txt\nDirectory: (root)\nOutput: {FAILURE}\nError: (none)",
        f"Error executing tool shell: {FAILURE}",
        f"{FAILURE}\n<system-reminder>be kind</system-reminder>",
        f"{FAILURE}\nPlease try again or use another tool",
    ],
)
def test_the_client_is_no_part_of_a_failure(wrapped: str):
    assert sign("Bash", wrapped).id == sign("exec_command", FAILURE).id


@pytest.mark.parametrize(
    ("tool", "family"),
    [
        ("Bash", "shell"),
        ("exec_command", "shell"),
        ("MultiEdit", "edit"),
        ("Grep", "search"),
        ("Step 7", "agent"),
        ("CodeAgent.run", "agent"),
        ("mcp__wiki__query", "mcp__wiki__query"),
    ],
)
def test_tools_that_fail_alike_are_one_family(tool: str, family: str):
    assert family_of(tool) == family


def test_the_same_text_of_another_family_is_another_failure():
    assert sign("Read", "File does not exist.").id != sign("Edit", "File does not exist.").id


def test_capitals_do_not_matter():
    assert (
        sign("Bash", "Error: The Moon is missing").id
        == sign("Bash", "error: the moon IS missing").id
    )


def test_a_host_without_a_domain_is_a_host():
    one = sign("Bash", "Error: the moon at redis-01:6379 does not answer")

    assert one.id == sign("Bash", "Error: the moon at cache.prod.lan:6380 does not answer").id


def test_silence_is_one_failure_whatever_the_exit_code():
    one, other = sign("Bash", "Exit code 1"), sign("Bash", "Exit code 2\n")

    assert one.id == other.id
    assert one.kind == "silent"
    assert sign("Bash", "").error_class is ErrorClass.UNKNOWN


def test_an_id_is_short_and_its_key_says_why():
    signature = sign("Bash", "bash: foo: command not found")

    assert signature.id.startswith("S-")
    assert len(signature.id) == 12
    assert signature.key == "shell|command-not-found|command-not-found|foo|"
    assert (signature.rule, signature.class_rule) == ("command-not-found", "rule:command-not-found")


def test_a_client_speaks_at_the_ends_of_a_text_only():
    quoting = "x = 1\n" * 200 + "# Sibling tool call errored\n" + "y = 2\n" * 200

    assert sign("Bash", quoting).kind != "sibling-errored"


def test_a_long_text_is_read_at_both_ends():
    plain = unwrapped("a" * 5 * CAP + "\nValueError: x")

    assert len(plain.body) <= 2 * CAP + 1
    assert plain.body.endswith("ValueError: x")


def test_a_json_output_that_is_no_json_stays_as_it_is():
    assert unwrapped('{"output": 3}').body == '{"output": 3}'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cannot open /a/b.txt:3:9", "cannot open <path>"),
        ("cannot open C:\\a\\b.txt now", "cannot open <path> now"),
        ("after 30 seconds, 5 MiB left of 3.5", "after <n> left of <n>"),
        ("status 404 and port 8080", "status 404 and port <n>"),
        ("a 503 Service Unavailable came", "a 503 service unavailable came"),
        ("mail ana@example.com at 2026-01-02T03:04:05Z", "mail <mail> at <time>"),
        ("arn:aws:iam::1:user/a and https://h/x?y", "<arn> and <url>"),
        ("host db.example.com or 10.0.0.1 or localhost", "host <host> or <host> or <host>"),
        ("key sk-abc****9 is bad", "key <n> is bad"),
        ("commit deadbeefcafe12 and i/o", "commit <n> and i/o"),
        ("~/notes ... end", "<path> ... end"),
        ("read {'a': 1} twice", "read <data> twice"),
        ("closed (server shop-api, pid 9)", "closed"),
        ("no slot on worker lotus", "no slot on worker <q>"),
        ("no answer from server because it sleeps", "no answer from server because it sleeps"),
        (
            "user ana does not answer, user is not here",
            "user <q> does not answer, user is not here",
        ),
    ],
)
def test_what_varies_becomes_a_mark(text: str, said: str):
    assert masked(text).text == said


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("No module named 'flask'", ("flask",)),
        ("unexpected keyword argument `timeout`", ("timeout",)),
        ("undefined method `amount' for nil", ("amount",)),
        ("branch 'feature-x' not found", ()),
        ("column 'x_123' is odd", ()),
        ("option '/a/b' is odd", ()),
        ("Property “email” does not exist", ("email",)),
    ],
)
def test_a_name_stays_when_the_words_beside_it_say_that_it_names_an_artefact(
    text: str, kept: tuple[str, ...]
):
    assert masked(text).kept == kept


def test_compilers_quote_identifiers_and_all_of_them_stay():
    assert masked_code("expected 'Foo' but got 'Bar'").kept == ("foo", "bar")
    assert masked_code("string 'Foo' and file 'Bar'").kept == ()
