"""What the name of a variable, key, header or flag says about its value."""

import re
from enum import StrEnum
from functools import lru_cache


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set to ask."""
    return frozenset(text.split())


class Says(StrEnum):
    """How much a name says; also the type that a mark shows."""

    PASSWORD = "password"  # noqa: S105  a type's name, not a password
    SECRET = "secret"  # noqa: S105  the same
    WEAK = "key"
    """key, auth, signature: a secret only if the value looks like one."""
    AUTHORIZATION = "authorization"
    COOKIE = "session-cookie"
    NOTHING = ""


ANCHORS = ("pass", "pw", "secret", "token", "key", "auth", "credential", "cookie", "sessionid")
"""What a telling name has in it, and a text is searched for."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

# What may stand behind the telling word without changing what it tells.
_TAILS = words(
    "prod production dev development stage staging test testing live sandbox base value val plain"
    " plaintext text raw default new old current confirm confirmation confirmed again repeat"
    " string str v secret2 main local override b64 base64 encoded bytes literal data"
)
# A name with one of these as its first word counts or describes.
_COUNTING = words(
    "max min num n total count public pub is has no requires require required needs need input"
    " output prompt completion cached reasoning page next continuation sort partition foreign"
    " primary cache unique group order map forgot forgotten per avg mean last expected"
    " invalid missing"
)
_PASSWORDS = words(
    "password passwd pwd passphrase passcode pass passw pw psw passwort passe"
    " kennwort wachtwoord senha requirepass masterauth"
)
_PASSWORD_ENDS = ("password", "passwd", "passphrase", "pwd", "passwort")
_NO_PASS = words(
    "bypass compass encompass surpass trespass overpass underpass bandpass lowpass highpass subpass"
    " multipass singlepass onepass twopass renderpass"
)
_SECRETS = words(
    "secret secrets token credential credentials creds cred jwt bearer apikey apikeys authtoken"
    " mnemonic pat jsessionid phpsessid"
)
_SECRET_ENDS = (
    "secret",
    "token",
    "apikey",
    "secretkey",
    "accesskey",
    "privatekey",
    "authkey",
    "accountkey",
    "signingkey",
    "encryptionkey",
    "masterkey",
)
_KEYS = words(
    "api secret private access auth signing sign encryption encrypt decryption master account"
    " shared service license licence app application session deploy deployment ssh pgp gpg"
    " webhook admin client consumer server storage subscription functions function ingest"
    " integration write project personal integrity hmac aes rsa crypto fernet cookie"
    " jwt token root bot user instrumentation ingestion"
)
_WEAK = words(
    "key keys auth sig signature sessionid sessid session sid hmac code salt pin otp tokens"
    " authentication cookie cookies pepper ticket assertion"
)


@lru_cache(maxsize=4096)
def says(name: str) -> Says:
    """What `name` says about its value; names in any spelling, `API_KEY`, `apiKey`, `x-api-key`."""
    words = [w.lower() for w in _WORD.findall(name.rpartition(".")[2])]
    while len(words) > 1 and (words[-1] in _TAILS or words[-1].isdigit()):
        words.pop()
    if not words or words[0] in _COUNTING:
        return Says.NOTHING
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last == "authorization":
        return Says.AUTHORIZATION
    if last == "cookie" and before in {"", "set"}:
        return Says.COOKIE
    if name == "PASS":  # how test runners say that a test passed
        return Says.NOTHING
    if _is_password(last, before):
        return Says.PASSWORD
    if last in _SECRETS or last.endswith(_SECRET_ENDS):
        return Says.SECRET
    return _of_keys(name, last=last, before=before)


def _is_password(last: str, before: str) -> bool:
    if last in _PASSWORDS or last.endswith(_PASSWORD_ENDS):
        return True
    return (before == "pass" and last == "phrase") or (
        last.endswith("pass") and last not in _NO_PASS
    )


def _of_keys(name: str, *, last: str, before: str) -> Says:
    """`key` says secret together with the word before it, or at the end of a shouted name."""
    if last in {"key", "keys"} and before and (before in _KEYS or name.isupper()):
        return Says.SECRET
    return Says.WEAK if last in _WEAK else Says.NOTHING


_JOINS = words(
    "id uuid sessionid tooluseid toolcallid callid requestid messageid parentuuid leafuuid"
    " parentid traceid spanid parentspanid runid promptid agentid eventid threadid turnid itemid"
    " responseid conversationid transcriptpath parenttooluseid sourcetoolassistantuuid"
    " logicalparentuuid taskid"
)


@lru_cache(maxsize=4096)
def is_join_key(name: str) -> bool:
    """Whether values under this name join events, so that they must stay as they are."""
    return name.replace("_", "").replace("-", "").replace(".", "").lower() in _JOINS
