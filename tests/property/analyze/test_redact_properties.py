"""What holds of redaction whatever the text is."""

import json

from hypothesis import example, given
from hypothesis import strategies as st

from homeostat.analyze.redact import redactor

REDACTOR = redactor(b"k" * 32)

WORDS = (
    *("password", "token", "secret", "api_key", "key", "auth", "Authorization", "Cookie", "cookie"),
    *("credentials", "PASS", "pass", "sessionid", "Bearer ", "Basic ", "Digest ", "value", "name"),
    *("=", ":", ": ", " ", "  ", "\n", "\\n", '"', "'", '\\"', "`", "&", "?", "%3D", "%26", "%3A"),
    *("://", "@", "/", "%3a%2f%2f", "%40", "-----BEGIN PRIVATE " + "KEY-----", "-----END "),
    *("PRIVATE " + "KEY-----", " -u ", " -p", "mysql", ";", ",", "(", ")", "[", "]", "{", "}", "<"),
    *(">", "[redacted:", "[redacted:password:abcdef]", "abcdef]", " is ", " as the ", "eyJ", "sk-"),
    *("Maple4711!", "aB3dE5gH7jK9mN1pQ3sT5vW7", "hunter2", "0123456789abcdef0123456789abcdef"),
    *("İ", "😀", "\ud800", ".", "-", "--", "_", "~", "|", "identified by '", ":5432:", "echo "),
    *(
        "ä",
        "\t",
        "\b",
        "\\",
        "/",
        "}",
        "user ada, pass: ",
        "| User | Password |\n|---|---|\n| ada | ",
    ),
    *("name,password\nada,", "name\tpassword\nada\t", " |\n", "     1\t", "> ", "1:"),
    *("kind: Secret", "user,", ",", "---", "|---|", "walnut-comet-saddle-" + "violin", "define('"),
)
texts_of_words = st.lists(st.sampled_from(WORDS), max_size=24).map("".join)
texts = st.one_of(st.text(max_size=200), texts_of_words)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), texts),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(texts_of_words, inner, max_size=4)
    ),
    max_leaves=12,
)


@given(texts)
@example("password=[redacted:password:abcdef]tail4711x")
@example('"password": "a[redacted:password:abcdef]b4711xyz"')
def test_redacting_twice_changes_nothing_more(text):
    once = REDACTOR.redact(text)

    twice = REDACTOR.redact(once.text)

    assert twice.text is once.text
    assert twice.found == ()


@given(texts)
def test_text_without_a_leak_is_the_very_same_object(text):
    redacted = REDACTOR.redact(text)

    assert (redacted.text is text) == (redacted.found == ())


@given(texts)
def test_every_leak_has_its_mark_in_the_text(text):
    redacted = REDACTOR.redact(text)

    marks = sum(redacted.text.count(f"[redacted:{t}:{d}]") for t, d in _pairs(redacted.found))
    assert marks >= min(1, len(redacted.found))


def _pairs(found):
    return {(leak.type, leak.digest) for leak in found}


@given(json_values)
def test_json_redacted_twice_changes_nothing_more(value):
    once = REDACTOR.redact_json(value)

    twice = REDACTOR.redact_json(once.value)

    assert twice.value == once.value
    assert twice.found == ()


@given(texts_of_words, st.sampled_from(WORDS))
def test_a_password_that_its_name_announces_is_never_left(before, word):
    text = f"{before}\nDB_PASSWORD=Xk3_pQ9tLw27\n{word}"

    assert "Xk3_pQ9tLw27" not in REDACTOR.redact(text).text


@given(st.one_of(texts, st.lists(texts_of_words, max_size=3)))
@example("| User | Password |\n|---|---|\n| ada | äMaple4711! |\n")
@example("| User | Password |\n|---|---|\n| ada | \tMaple4711!")
@example("name,password\nada,\bMaple4711!")
@example("user ada, pass: äMaple4711!")
@example("password}\tMaple4711!")
def test_json_stays_json(value):
    for encoded in (json.dumps(value), json.dumps(json.dumps(value))):
        redacted = REDACTOR.redact(encoded).text

        assert type(json.loads(redacted)) in {str, list}


SECRETS = ("Maple" + "4711!", "walnut-comet-saddle-" + "violin")
cells = st.text(alphabet="abcä\t\b\\\"'/,;|.<{ ", max_size=8)


@given(
    st.sampled_from(["|", ",", ";", "\t"]),
    st.lists(st.tuples(cells, cells, st.sampled_from(SECRETS)), min_size=1, max_size=4),
    st.integers(min_value=0, max_value=3),
)
def test_json_with_a_table_stays_json(mark, rows, depth):
    rule = "---|---|---\n" if mark == "|" else ""
    lines = [f"{name}{mark}{note}{secret}{mark}1" for name, note, secret in rows]
    value: object = f"name{mark}password{mark}n\n{rule}" + "\n".join(lines)

    for _ in range(depth):
        value = json.dumps({"rows": value, "code": 0})
    read = json.loads(REDACTOR.redact(json.dumps({"rows": value, "code": 0})).text)

    assert read["code"] == 0


@given(
    st.sampled_from(["|", ",", ";", "\t"]),
    st.lists(st.sampled_from(["ada", "bob", "x y", "käse"]), min_size=1, max_size=4),
    st.sampled_from(["", "1\t", "1→", "1:", "> "]),
    st.integers(min_value=0, max_value=3),
)
def test_a_column_of_passwords_goes_however_often_json_escapes_it(mark, names, lead, depth):
    rule = "---|---\n" if mark == "|" else ""
    lines = f"name{mark}password\n{rule}" + "\n".join(f"{n}{mark}{SECRETS[0]}" for n in names)
    value: object = "\n".join(lead + line for line in lines.split("\n"))

    for _ in range(depth):
        value = json.dumps({"rows": value, "code": 0})
    redacted = REDACTOR.redact(str(value)).text

    assert SECRETS[0] not in redacted
    for _ in range(depth):
        redacted = json.loads(redacted)["rows"]
    assert redacted.count("[redacted:") == len(names)
