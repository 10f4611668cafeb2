"""Passwords that are announced in other languages than English."""

import re

from homeostat.analyze.redact_spans import Span
from homeostat.analyze.redact_values import is_code, is_mixed

# Each begins with a letter outside ASCII and is a plain literal, so that `re` scans for a few
# letters only; what must stand before the letter is looked at afterwards.
_FOREIGN = re.compile(
    r"""(?P<word>ña|ło|ösenord|üssel|é[ ]API|Şifre|şifre|ật[ ]khẩu|Парол|парол|密码|密碼|口令|密钥
      |パスワード|비밀번호|암호|κωδικός|סיסמה|पासवर्ड|รหัสผ่าน)[ьяю]?
    (?:[ ](?:di|da|do|de|del|för|для|para|pour|von|für)[ ][\w.-]{1,30}){0,2}
    (?:[ ]{0,2}(?:es|est|är|jest|to|ist|lautet|está|это|是|は|为|is)(?![a-z]))?
    [ ]{0,2}[:\uff1a=]?[ ]{0,2}\\{0,3}["'`「]{0,3}(?P<value>[!-&(-;=?-\[\]-_a-~]{6,128})""",
    re.VERBOSE,
)
_BEFORE = {
    "ña": "ontrase",
    "ło": "as",
    "ösenord": "l",
    "üssel": "chl",
    "é API": "cl",
    "ật khẩu": "m",
}
LATIN = ("senha", "kennwort", "wachtwoord")
"""Names in ASCII: looked for only where a text has other letters too, as each costs a scan."""
_STOPS = ".,:;)"


def announced_elsewhere(text: str) -> list[Span]:
    """The words behind `contraseña:`, `пароль`, `密码是` that no one names a thing with."""
    found: list[Span] = []
    for match in _FOREIGN.finditer(text):
        value = match["value"].rstrip(_STOPS)
        before = _BEFORE.get(match["word"], "")
        if not text[max(0, match.start() - 8) : match.start()].lower().endswith(before):
            continue
        if is_mixed(value) and not is_code(value):
            start = match.start("value")
            found.append(Span(start, start + len(value), "password"))
    return found
