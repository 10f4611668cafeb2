"""Whether a value can be a secret, or is a placeholder, code, a number, a path, a digest."""

import re
from itertools import pairwise

from homeostat.analyze.redact_names import words

# Values that stand for a secret, or for its type, or for the lack of one.
_WORDS = words(
    "str string text bytes int integer number float bool boolean none null nil true false yes no"
    " on off undefined required optional any object array list dict map tuple set password"
    " passwd pwd pass secret token key apikey api_key api-key auth basic bearer digest oauth"
    " oauth2 jwt username user login email admin unknown empty missing invalid expired valid"
    " hidden redacted masked removed omitted default value input plaintext env file prompt inherit"
    " write read repo full default root self this type name header query cookie body form"
    " secretstr ssm vault void never char varchar my_password mypassword my-secret mysecret"
    " my_secret mytoken my-token my_token access_token refresh_token id_token secret_key"
    " client_secret private_key test foo bar baz foobar abc qwerty"
)
_PLACEHOLDER = re.compile(
    r"^[\W_]*$"  # nothing that is a letter or a digit
    r"|^(.)\1*$"  # one character again and again
    r"|^\$[{(]?[A-Za-z_]|^\{\{?|^%\(|^%[A-Za-z_]+%$|^<|^\[(?:redacted|hidden|cut)|^\(|^@\w+@$"
    r"|^(?:\\u003c|%3[cC]|&lt;|!(?:vault|ref|sub|env|secret)|op://|vault:|arn:|env:|enc\[|file:|https?:|[a-z]{2,12}://)"
    r"|^[xX*.#•_-]{3,}$|^[*•]{3}|[xX]{5}|\*{3}|\.{3}|…|•{3}"
    r"|^%[sdr]$|^:\w+$|^\?$|#\{|\$\{|\{\{|\$\(|^process\.|^env\."
    r"|^(?:your|my|the|some|this|insert|enter|put|add|paste|replace|change|fake|dummy|mock)[_\- ]"
    r"|your[_-]|_here$|-here$|^your"
    r"|redacted|example|placeholder|change_?-?me|xxxx|dummy|not[_-]?a?[_-]?real|do[_-]not[_-]use",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^[+-]?[\d.,_:/-]+[a-zA-Z%]{0,3}$|^0x[0-9a-fA-F]{1,16}$|^#[0-9a-fA-F]{3,8}$")
_PATH = re.compile(
    r"^(?:~?/|\.{1,2}/|[A-Za-z]:[\\/])[\w.@~+ -]{1,40}(?:[\\/]|$)|^[\w.-]+\.[a-z]{2,5}$"
)
_SPECIAL = re.compile(r"[!#$%^&*()=?]")
_PART = re.compile(r"[^A-Za-z0-9]+")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{6}")
_VOWEL = re.compile(r"[aeiouyAEIOUY]")
_CONSTANT = re.compile(r"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$")
_DIGIT = re.compile(r"[0-9]")
_LETTER = re.compile(r"[^\W\d_]")
_OBJECT = re.compile(r"^[A-Za-z_][\w.$]*@[0-9a-f]{4,16}(?:$|[,;)])")
_NAMES_ITSELF = re.compile(r"passw|secret|token|credential|api_?key", re.IGNORECASE)
_HEX = re.compile(r"^(?:0x)?[0-9a-fA-F]+$")
_HASHED = re.compile(r"(?:^|[-_:/.])[0-9a-f]{12,128}(?:$|[-_:/.])")
_UUID = re.compile(r"^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_IDENTIFIER = re.compile(r"^[A-Za-z_$][\w$]*(?:(?:\.|->|::|\?\.)[A-Za-z_$][\w$]*)*[?!]?$")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_CALL = re.compile(r"^[A-Za-z_$][\w$.:]*[(\[{<]")
_EITHER = re.compile(r"^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*(?:\|\||&&|\?\?)")
_NOT_SECRET = re.compile(
    r"^(?:toolu_|srvtoolu_|call_|req_|msg_|chatcmpl-|resp_|run_|thread_|asst_|file-|item_|rs_|fc_"
    r"|sha\d{1,3}[-:]|md5[-:]|[\w.+-]+@[\w-]+\.|ssh-|ecdsa-|AAAA[BCE]3|data:|W/|00-[0-9a-f]{32}"
    r"|iVBOR|/9j/|R0lGOD|--?[a-z]|[a-z]+://|\d{4}-\d\d-\d\d|v?\d+\.\d+)"
)

_DICE = re.compile(r"[a-z]{3,12}(?: [a-z]{3,12}){2,9} \d{1,6}")
_OF_SENTENCES = words(
    "about after and are attempt attempts before characters chars code contain contains days digits"
    " error exactly expired expires field fields for from has have hours least length less letters"
    " level line longer max maximum min minimum minutes more most must not over policy port retry"
    " rule seconds step than that the this times under version was with within your"
)
"""What sentences about passwords are made of: "needs length above 8"."""
_PHRASE = re.compile(r"[A-Za-z][a-z]{2,11}(?:-[A-Za-z][a-z]{2,11}){3,7}(?:-\d{1,4})?")
_OF_NAMES = words(
    "access account add admin all and api app are auth backend based beta build bucket change"
    " check class client cloud cluster code config configmap confirm container core create"
    " credentials current data database default delete demo deploy dev disable docs does edit"
    " email enable encrypted end env error fail failed failure field file folder for form"
    " forgot frontend from generator get hash hashed has have here host image input invalid is"
    " issue item job key label length less level link list local login main manager match"
    " message min missing mode module must name new node not old only open option page param"
    " pass passphrase password path plain plugin policy pool private prod production protected"
    " provider public read repo request required reset rotate rule save screen script secret"
    " secrets section security see send server service session set setup should show side sign"
    " stage staging stdin store strength strong switch sync system team template test text that"
    " the this time token tool type update url use user using validation value vault version"
    " view weak web when will with without work write your"
    # what programs and their parts are called
    " alpine alpha annotation annotations apache aws azure bitnami boot branch broker but cache"
    " cert certificate chart charts cli command console consumer controller cron debian deployment"
    " device disk dns docker domain driver elastic engine event events external feature"
    " fedora function gateway git global google grafana graph group groups handler header headers"
    " helm highly hook http https index ingress instance internal java job jobs kafka kernel kube"
    " kubernetes linux listener lock log logs map memory metric metrics middleware mongo mysql"
    " namespace network nginx node object operator optional package pipeline postgres postgresql"
    " primary process proxy python queue rabbitmq react recommended redis registry release remote"
    " replica request response role rollout root rootfs route router ruby runtime rust schema"
    " secondary shell snapshot socket source sqlite ssh ssl stack standby state status storage"
    " strongly subnet superuser swarm table task terraform thread tls ubuntu unit upgrade vendor"
    " virtual volume webhook whitelist window windows worker workflow zone"
)
"""Words of slugs, file names and CSS: who strings them together names a thing, no secret."""

_RESTLESS = 0.35
_RANDOM = 0.4
_SHORTEST = 6
_SHORTEST_RANDOM = 10
_LONG = 24
_LONGEST_RANDOM = 512
_SHORTEST_HEX = 16
_SHORT = 8
_MOST_DIGITS = 3
_WORD_LENGTH = 3
_ACRONYM = 5


def is_placeholder(value: str) -> bool:
    """Whether `value` only stands for a secret: `<your-key>`, `${VAR}`, `****`, `string`."""
    return value.lower() in _WORDS or _PLACEHOLDER.search(value) is not None


def restlessness(value: str) -> float:
    """The share of neighbours of different kinds (upper, lower, digit, other), 0 to 1.

    Random letters and digits have about 0.6, words and names in any spelling under 0.35.
    """
    kinds = [_kind(c) for c in value]
    changes = sum(a != b for a, b in pairwise(kinds))
    return changes / max(len(value) - 1, 1)


def _kind(char: str) -> int:
    if char.isdigit():
        return 0
    if char.isalpha():
        return 1 if char.isupper() else 2
    return 3


def has_digit_and_letter(value: str) -> bool:
    return _DIGIT.search(value) is not None and _LETTER.search(value) is not None


def is_harmless(value: str) -> bool:
    """Numbers, paths, addresses of things: what also a telling name does not make secret."""
    if is_placeholder(value) or _NUMBER.match(value) or _OBJECT.match(value):
        return True
    telling = _PATH.match(value) or _NAMES_ITSELF.search(value)
    return telling is not None and is_wordy(value)


def is_wordy(value: str) -> bool:
    """Whether all parts of it are words with few digits: a path, a slug, a name."""
    return not _SPECIAL.search(value) and all(map(_is_natural, _PART.split(value)))


def is_passphrase(value: str) -> bool:
    """Whether four words or more are joined by hyphens that nobody names a thing with."""
    return _PHRASE.fullmatch(value) is not None and _OF_NAMES.isdisjoint(value.lower().split("-"))


def is_spaced(value: str) -> bool:
    """Whether it is words with a number behind them, and no sentence: a phrase made by dice."""
    return _DICE.fullmatch(value) is not None and _OF_SENTENCES.isdisjoint(value.split())


def is_code(value: str) -> bool:
    """Whether an unquoted value reads as an expression: a name, an attribute, a call."""
    if _CALL.match(value) or _EITHER.match(value):
        return True
    if not _IDENTIFIER.match(value):
        return False
    return _is_natural(value)


def _is_natural(name: str) -> bool:
    """Whether an identifier is made of words, as people make them, and of few digits."""
    if sum(map(str.isdigit, name)) > _MOST_DIGITS or _CONSONANTS.search(name):
        return False
    parts = _WORD.findall(name)
    if len(name) < _SHORT or len(parts) <= 1:
        return True
    voiceless = sum(not _VOWEL.search(part) for part in parts)
    shouted = max(len(part) if part.isupper() else 0 for part in parts)
    if len(name) / len(parts) < _WORD_LENGTH or voiceless * 2 >= len(parts):
        return False
    return shouted <= _ACRONYM or name.isupper()


def is_mixed(value: str) -> bool:
    """Six characters or more with digits and letters, or letters in random case."""
    if len(value) < _SHORTEST or " " in value:
        return False
    mixed = has_digit_and_letter(value) or is_restless(value) or _is_gibberish(value)
    return mixed and not is_harmless(value)


def _is_gibberish(value: str) -> bool:
    return len(value) >= _SHORT and value.isalpha() and not _is_natural(value)


def is_restless(value: str) -> bool:
    return len(value) >= _SHORT and restlessness(value) >= _RESTLESS


def is_random(value: str) -> bool:
    """Ten characters or more that no person names a thing with: no hash, id, path, version."""
    if not _SHORTEST_RANDOM <= len(value) <= _LONGEST_RANDOM or not has_digit_and_letter(value):
        return False
    if any(pattern.match(value) for pattern in (_HEX, _UUID, _CONSTANT, _NOT_SECRET)):
        return False
    if restlessness(value.replace("/", "")) < (_RESTLESS if len(value) >= _LONG else _RANDOM):
        return False
    if " " in value or is_harmless(value) or is_wordy(value):
        return False
    return not _HASHED.search(value)


def is_long_hex(value: str) -> bool:
    return len(value) >= _SHORTEST_HEX and _HEX.match(value) is not None
