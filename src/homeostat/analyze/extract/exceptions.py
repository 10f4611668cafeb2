"""An exception's type and words, as every language with exceptions writes them."""

import re

import msgspec

from homeostat.analyze.extract.api import api_error_in
from homeostat.analyze.extract.catalogue import CATALOGUE
from homeostat.analyze.extract.found import LINE_LENGTH, Found, found_in
from homeostat.analyze.extract.table import line_match, rules
from homeostat.analyze.masks import masked
from homeostat.model.signature import ErrorClass

_LOCALS = re.compile(r"[\w.]{1,80}\.<locals>\.")
_AT_END = re.compile(r" \((?:/|[A-Za-z]:\\|<?unknown)[^()\n]{0,300}\)$")
_SUGGESTED = re.compile(r"\.? Did you (?:mean|forget)\b.{1,200}$")

# What keeps its identity whatever wraps it: an exception, a child's output, a collection error.
_SAME_EVERYWHERE = rules(r"""
py-import | import_error | no module named | No module named ['"]?(?P<id1>[\w.-]{1,120})
py-import-name | import_error | cannot import name | cannot import name ['"](?P<id1>\w{1,120})['"](?: from (?:partially initialized module )?['"](?P<id2>[\w.]{1,120}))?
py-import-package | dependency | package metadata was found for | No package metadata was found for (?P<id1>[\w.-]{1,80})
py-shared-object | import_error | importerror:~ && cannot open shared object file | ImportError: (?P<id1>lib[\w.+-]{1,60}?\.so)[\w.]{0,20}: cannot open shared object file
py-shared-object | dependency | cannot open shared object file | (?P<id1>lib[\w.+-]{1,60}?\.so)[\w.]{0,20}: cannot open shared object file
js-module | import_error | cannot find module | Cannot find module ['"](?P<id1>(?:@|#)?[A-Za-z_][^'"\s]{0,120})['"]
js-module | import_error | cannot find module | Cannot find module ['"](?:[./\\]|[A-Za-z]:|file:)
js-module | import_error | cannot find package | Cannot find package ['"](?P<id1>[^'"\s]{1,120})['"]
js-export | import_error | does not provide an export named | does not provide an export named ['"](?P<id1>[\w$]{1,120})
js-export | import_error | export named | Export named ['"](?P<id1>[\w$]{1,120})['"] not found
js-export | import_error | no matching export | No matching export in .{1,200} for import "(?P<id1>[\w$]{1,120})
js-module | import_error | could not resolve: " | Could not resolve: "(?P<id1>(?:@|#)?[A-Za-z_][^"\s]{0,120})"
js-module | import_error | could not resolve: " | Could not resolve: "[./]
js-subpath | import_error | is not defined by "exports" | Package subpath ['"](?P<id1>[^'"]{1,120})['"] is not defined
js-require-esm | import_error | err_require_esm | ERR_REQUIRE_ESM
js-import-outside | syntax | cannot use import statement outside | Cannot use import statement outside a module
js-require-esm | import_error | require() of es module | require\(\) of ES Module
js-unknown-extension | import_error | unknown file extension | Unknown file extension ['"](?P<id1>\.\w{1,10})
ruby-load | import_error | cannot load such file | cannot load such file -- (?P<id1>[\w/.-]{1,120})
perl-module | import_error | can't locate | Can't locate (?P<id1>[\w/]{1,120}\.pm) in @INC
php-class | import_error | class " | Class ['"](?P<id1>[\w\\]{1,120})['"] not found
java-class | import_error | noclassdeffounderror | NoClassDefFoundError: (?P<id1>[\w./$]{1,160})
java-class | import_error | classnotfoundexception | ClassNotFoundException: (?P<id1>[\w./$]{1,160})
java-class | import_error | could not find or load main class | Could not find or load main class (?P<id1>[\w.$]{1,160})
lua-module | import_error | module ' | module '(?P<id1>[\w.-]{1,120})' not found
r-package | import_error | there is no package called | there is no package called [\u2018'](?P<id1>[\w.]{1,80})
""")  # noqa: E501  # one rule a row
_KEY_LENGTH = 80
_GENERIC = frozenset(
    {"error", "exception", "uncaught", "runtimeerror", "toolerror", "err", "clienterror"}
)


class Raised(msgspec.Struct, frozen=True, kw_only=True):
    """An exception as the text names it."""

    type: str
    said: str
    place: str = ""
    line: str


def same_everywhere(line: str) -> Found | None:
    """Missing modules and the like: one failure whichever way they are told."""
    return line_match(line, _SAME_EVERYWHERE)


def exception(raised: Raised, *, rule: str) -> Found:
    """What was raised: by a known rule for its words, or by its type and masked words."""
    said = raised.said[:LINE_LENGTH]
    if found := same_everywhere(raised.line):
        return msgspec.structs.replace(found, line=raised.line[:LINE_LENGTH])
    kind = raised.type.lower()
    if "{" in said and (api := api_error_in(said, line=raised.line)):
        return msgspec.structs.replace(api, place=raised.place)
    if found := line_match(said, CATALOGUE):
        return _known(found, raised, rule=rule, kind=kind)
    said = _LOCALS.sub("", said)
    text = _SUGGESTED.sub("", _AT_END.sub("", said))
    if kind.endswith("keyerror"):
        return _key(raised, rule=rule, kind=kind)
    return found_in(raised.line, rule=rule, kind=kind, place=raised.place, text=text)


def _known(found: Found, raised: Raised, *, rule: str, kind: str) -> Found:
    same = kind.rpartition(".")[2] in _GENERIC
    return msgspec.structs.replace(
        found,
        rule=f"{rule}+{found.rule}",
        kind=found.kind if same else kind,
        line=raised.line[:LINE_LENGTH],
        place=raised.place,
    )


def _key(raised: Raised, *, rule: str, kind: str) -> Found:
    """A missing key is the failure, unless it is a value."""
    said = raised.said.strip()
    name = said.strip("'\"")
    if not name or any(map(str.isdigit, name)) or len(name) > _KEY_LENGTH or "/" in name:
        return found_in(raised.line, rule=rule, kind=kind, place=raised.place, text=said)
    if " " in name:
        text = masked(said.strip("\"'"))
        return Found(
            rule=rule,
            kind=kind,
            line=raised.line[:LINE_LENGTH],
            message=text.text,
            identifiers=text.kept,
            place=raised.place,
        )
    return Found(
        rule=rule,
        kind=kind,
        line=raised.line[:LINE_LENGTH],
        message="missing key",
        identifiers=(name.lower(),),
        place=raised.place,
    )


def environment_key(found: Found) -> Found:
    """A missing key of the environment: configuration, whoever asked for it."""
    return msgspec.structs.replace(
        found, message="missing environment variable", error_class=ErrorClass.CONFIG_MISSING
    )
