"""What holds of redaction whatever the text is."""

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
