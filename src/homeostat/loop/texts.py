"""The judges on texts that come one a line."""

from collections.abc import Iterable, Iterator

import msgspec

from homeostat.analyze.aliases import aliases
from homeostat.analyze.redact import Redactor
from homeostat.analyze.signature import sign
from homeostat.analyze.templates import templates
from homeostat.model.signature import Signature
from homeostat.monitor.json_lines import first_object


class _Text(msgspec.Struct):
    text: str
    id: msgspec.Raw = msgspec.Raw(b"null")
    tool: str = ""


class Classified(msgspec.Struct, frozen=True, kw_only=True):
    id: msgspec.Raw
    signature: str
    error_class: str
    rule: str


class Templated(msgspec.Struct, frozen=True, kw_only=True):
    line: int
    """1-based."""
    template_id: str
    template: str


def classified(lines: Iterable[bytes], problems: list[str]) -> Iterator[Classified]:
    """Signature and class of each text; names that no mask can know are joined over all of them.

    What cannot be read is added to `problems`, with its line.
    """
    ids: list[msgspec.Raw] = []
    signed: list[Signature] = []
    for entry in _entries(lines, problems):
        ids.append(entry.id)
        signed.append(sign(entry.tool, entry.text))
    joined = aliases(signed)
    for key, signature in zip(ids, signed, strict=True):
        yield Classified(
            id=key,
            signature=joined.get(signature.id, signature.id),
            error_class=signature.error_class.value,
            rule=f"{signature.rule}; {signature.class_rule}",
        )


def templated(lines: Iterable[bytes]) -> Iterator[Templated]:
    texts = [line.decode("utf-8", "replace").rstrip("\r\n") for line in lines]
    for number, found in enumerate(templates(texts), start=1):
        yield Templated(line=number, template_id=found.template_id, template=found.template)


def redacted(lines: Iterable[bytes], redactor: Redactor, problems: list[str]) -> Iterator[bytes]:
    """The same objects with their text redacted; other fields stay as they are."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entry = msgspec.json.decode(first_object(line), type=dict[str, object])
        except msgspec.MsgspecError as error:
            problems.append(f"line {number}: {error}")
            continue
        text = entry.get("text")
        if not isinstance(text, str):
            problems.append(f"line {number}: it has no text")
            continue
        yield msgspec.json.encode(entry | {"text": redactor.redact(text).text})


def _entries(lines: Iterable[bytes], problems: list[str]) -> Iterator[_Text]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield msgspec.json.decode(first_object(line), type=_Text)
        except msgspec.MsgspecError as error:
            problems.append(f"line {number}: {error}")
