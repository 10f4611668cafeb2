"""Zip archives of JSON files in records."""

import json
import zipfile

import pytest

from homeostat.model.errors import SourceError
from homeostat.model.ports import Member
from homeostat.monitor import archives

MEMBERS = (Member("header.json"), Member("samples/*.json", "samples"))


def packed(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, json.dumps(content))
    return path


def test_members_come_in_the_order_that_was_asked_for(tmp_path):
    path = packed(tmp_path / "a.eval", {"samples/1.json": {"id": 1}, "header.json": {"v": 2}})

    found = [json.loads(line.data) for line in archives.records(path, MEMBERS)]

    assert found == [{"v": 2}, {"samples": {"id": 1}}]


def test_its_head_names_what_is_in_it(tmp_path):
    path = packed(tmp_path / "a.eval", {"header.json": {}})

    assert archives.head(path) == [b"PK\x03\x04", b"header.json"]


def test_an_archive_that_is_cut_off_is_refused(tmp_path):
    path = packed(tmp_path / "a.eval", {"header.json": {"v": 2}})
    path.write_bytes(path.read_bytes()[:-30])

    with pytest.raises(SourceError, match="cut off"):
        list(archives.records(path, MEMBERS))


def test_a_member_that_is_damaged_is_named_and_the_others_are_read(tmp_path):
    files = {"header.json": {"text": "x" * 500}, "samples/1.json": {"id": 1}}
    path = packed(tmp_path / "a.eval", files)
    data = bytearray(path.read_bytes())
    data[45:50] = b"\xff\xff\xff\xff\xff"
    path.write_bytes(bytes(data))

    damaged, whole = archives.records(path, MEMBERS)

    assert damaged.data == b""
    assert "header.json" in damaged.problem
    assert json.loads(whole.data) == {"samples": {"id": 1}}


def test_a_member_that_is_too_large_is_left_out_with_its_size(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_LINE_BYTES", 10)
    path = packed(tmp_path / "a.eval", {"header.json": {"text": "x" * 500}})

    (line,) = archives.records(path, MEMBERS)

    assert (line.data, line.size) == (b"", 512)
