"""JSON documents in records: whole, split, huge, cut off, damaged."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeostat.model.errors import SourceError
from homeostat.monitor import documents
from homeostat.monitor.lines import BrokenOffError

RUNS = {"info": {"id": "a"}, "runs": [{"n": 1}, {"n": 2}], "score": 0.5}


def written(folder, content, name="a.json"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def read(path, *split):
    return [json.loads(line.data) for line in documents.records(path, split)]


def test_a_document_is_one_record(tmp_path):
    assert read(written(tmp_path, RUNS)) == [RUNS]


def test_a_split_document_gives_what_stands_around_first_then_each_element(tmp_path):
    around = {"info": {"id": "a"}, "score": 0.5}

    assert read(written(tmp_path, RUNS), "runs") == [
        around,
        {"runs": {"n": 1}},
        {"runs": {"n": 2}},
    ]


def test_a_list_gives_its_elements(tmp_path):
    assert read(written(tmp_path, [{"n": 1}, {"n": 2}]), "runs") == [{"n": 1}, {"n": 2}]


def test_a_packed_document_is_read(tmp_path):
    packed = gzip.compress(json.dumps(RUNS).encode())

    assert read(written(tmp_path, packed, "a.json.gz")) == [RUNS]


def test_a_document_over_the_limit_gives_the_same_in_pieces(tmp_path, monkeypatch):
    path = written(tmp_path, RUNS)
    at_once = read(path, "runs")

    monkeypatch.setattr(documents, "WHOLE_BYTES", 10)

    assert read(path, "runs") == at_once
    assert read(written(tmp_path, [1, 2], "b.json")) == [1, 2]


def test_what_is_whole_of_a_document_that_is_cut_off_is_read(tmp_path):
    path = written(tmp_path, b'{"info": {"id": "a"}, "runs": [{"n": 1}, {"n": 2}, {"n"')
    left = documents.records(path, ["runs"])

    records = [json.loads(next(left).data) for _ in range(3)]
    with pytest.raises(BrokenOffError, match="cut off"):
        next(left)

    assert records == [{"info": {"id": "a"}}, {"runs": {"n": 1}}, {"runs": {"n": 2}}]


def test_what_json_does_not_have_becomes_null_and_odd_bytes_a_mark(tmp_path):
    path = written(tmp_path, b'{"score": NaN, "name": "\xff"}')

    assert read(path) == [{"score": None, "name": "\ufffd"}]


def test_what_is_no_json_at_all_is_refused(tmp_path):
    with pytest.raises(SourceError, match="no JSON"):
        read(written(tmp_path, b"hello"))


def test_the_members_of_a_beginning_are_known_by_their_places():
    found = documents.keys([b'{"info": {"id": 1}, "messages": [{"role": "user", "parts": [{"a": 1'])

    assert found == {
        "info", "info.id", "messages", "messages.item", "messages.item.role",
        "messages.item.parts", "messages.item.parts.item", "messages.item.parts.item.a",
    }  # fmt: skip


def test_json_lines_are_no_document():
    assert documents.keys([b'{"a": 1}', b'{"b": 2}']) == frozenset()


@given(st.binary(max_size=200))
def test_any_bytes_have_members_or_none(data):
    assert isinstance(documents.keys([data]), frozenset)
