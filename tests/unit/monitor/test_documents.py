"""JSON documents in records: whole, split, huge, cut off, damaged."""

import gzip
import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeostat.model.errors import SourceError
from homeostat.monitor import documents
from homeostat.monitor.packed import BrokenOffError

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


@pytest.mark.parametrize("odd", ["NaN", "-Infinity", "1e999", "9" * 400, "[" * 5000 + "]" * 5000])
def test_what_no_parser_takes_hides_no_member_behind_it(odd):
    found = documents.keys([b'{"score": %s, "traj": [{"role": "user"}]}' % odd.encode()])

    assert {"score", "traj", "traj.item.role"} <= found


def test_a_beginning_that_only_opens_brackets_costs_nothing():
    assert documents.keys([b"[" * 64_000]) == frozenset()
    assert len(documents.keys([b'{"a":' * 10_000])) < 10


def test_words_behind_a_document_do_not_hide_it(tmp_path):
    path = written(tmp_path, b'[{"n": 1}, {"n": 2}] done')
    left = documents.records(path, ())

    assert documents.keys([path.read_bytes()]) == {"item", "item.n"}
    assert [next(left).data, next(left).data] == [b'{"n": 1}', b'{"n": 2}']
    with pytest.raises(BrokenOffError, match="something follows"):
        next(left)


@pytest.mark.parametrize("document", ['{"runs": [%s, {"n": 2}]}', '[%s, {"n": 2}]'])
def test_an_element_that_is_nested_too_deeply_takes_nothing_else_with_it(tmp_path, document):
    deep = '{"n": ' + "[" * 50_000 + "]" * 50_000 + "}"
    path = written(tmp_path, (document % deep).encode())

    *_, before, last = documents.records(path, ["runs"])

    assert len(before.data) > len(deep) - 10
    assert b'"n": 2' in last.data


def test_an_element_that_is_too_long_is_told_by_its_size(tmp_path, monkeypatch):
    path = written(tmp_path, {"runs": [{"n": "x" * 500}, {"n": 2}], "note": "y" * 600, "v": 1})
    monkeypatch.setattr(documents, "WHOLE_BYTES", 10)
    monkeypatch.setattr(documents, "MAX_LINE_BYTES", 100)

    found = [(line.data, line.size) for line in documents.records(path, ["runs"])]

    assert found == [(b'{"v":1}', 7), (b"", 602), (b"", 509), (b'{"runs":{"n": 2}}', 17)]


def test_of_a_packed_document_that_is_broken_off_what_is_there_is_read(tmp_path):
    runs = [{"n": n, "text": sha256(bytes([n])).hexdigest()} for n in range(200)]
    packed = gzip.compress(json.dumps(runs).encode())
    path = written(tmp_path, packed[: len(packed) // 2], "a.json.gz")
    found: list[object] = []

    with pytest.raises(BrokenOffError, match="broken off"):
        found.extend(json.loads(line.data) for line in documents.records(path, ()))

    assert 50 < len(found) < 150
    assert found == runs[: len(found)]


@given(st.binary(max_size=200))
def test_any_bytes_have_members_or_none(data):
    assert isinstance(documents.keys([data]), frozenset)
