"""JSON in pieces is the JSON that was cut, wherever the reading of it pauses."""

import io
import json

from hypothesis import given
from hypothesis import strategies as st

from homeostat.model.errors import SourceError
from homeostat.monitor.json_pieces import Piece, names, pieces

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
DOCUMENTS = st.lists(VALUES) | st.dictionaries(st.sampled_from(["a", "b", "c\\\n", ""]), VALUES)
FORMS = st.sampled_from([None, 1])


class Slow(io.BytesIO):
    """Gives a few bytes at a time."""

    def __init__(self, data: bytes, step: int) -> None:
        super().__init__(data)
        self._step = step

    def read1(self, size: int | None = -1, /) -> bytes:
        return super().read1(min(self._step, size or self._step))


def cut(document: object, *, step: int, indent: int | None, is_ascii: bool) -> list[Piece]:
    data = json.dumps(document, indent=indent, ensure_ascii=is_ascii).encode()
    return list(pieces(Slow(data, step), ("a", "b")))


@given(DOCUMENTS, st.integers(1, 40), FORMS, st.booleans())
def test_the_pieces_make_up_the_document(document, step, indent, is_ascii):
    found = cut(document, step=step, indent=indent, is_ascii=is_ascii)

    if isinstance(document, list):
        assert [json.loads(piece.data) for piece in found] == document
        return
    parts: dict[str, object] = {
        piece.name: json.loads(piece.data) for piece in found if not piece.is_element
    }
    for name in {"a", "b"} & document.keys():
        if isinstance(document[name], list):
            elements = [piece for piece in found if piece.is_element and piece.name == name]
            parts[name] = [json.loads(piece.data) for piece in elements]
    assert parts == document


@given(DOCUMENTS, st.integers(1, 40), st.integers(20, 60))
def test_no_piece_is_longer_than_it_may_be_and_the_others_are_whole(document, step, longest):
    data = json.dumps(document).encode()

    short = list(pieces(Slow(data, step), ("a", "b"), longest=longest))

    for piece, whole in zip(short, pieces(io.BytesIO(data), ("a", "b")), strict=True):
        assert piece.size == len(whole.data)
        assert piece.data == (whole.data if piece.size <= longest else b"")


@given(st.binary(max_size=80) | st.text('[]{}",:\\a1 ', max_size=80).map(str.encode))
def test_any_bytes_are_cut_or_refused(data):
    try:
        found = list(pieces(Slow(data, 3), ("a",)))
    except SourceError:
        return

    assert sum(piece.size for piece in found) <= len(data)


@given(DOCUMENTS)
def test_the_names_of_a_document_are_those_of_its_members(document):
    found = names(json.dumps(document).encode(), deepest=4)

    if isinstance(document, dict):
        assert {name for name in document if name} <= found
    else:
        assert all(name.startswith("item") for name in found)
