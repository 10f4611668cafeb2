"""No source takes a file of another format for its own."""

from collections import defaultdict
from importlib.metadata import entry_points

import pytest

from homeostat.loop.place import head

pytestmark = pytest.mark.shared
FOLDERS = {"agentv": "agentv-eval-results"}
"""Where the files of a client are, where the folder is not called as the client."""
MINE = ("agentv", "copilot-cli", "gemini-cli", "openclaw", "opencode", "swe-agent")


@pytest.mark.parametrize("client", MINE)
def test_a_source_recognises_the_files_of_its_format_and_no_others(client, shared_data):
    (entry,) = entry_points(group="homeostat.sources", name=client)
    source, found = entry.load(), defaultdict[str, set[bool]](set)

    for path in sorted((shared_data / "traces").rglob("*")):
        if path.is_file() and path.name not in ("SOURCES.jsonl", "README.md"):
            folder = path.relative_to(shared_data / "traces").parts[0]
            found[folder].add(source.recognises(head(path)))

    mine = found.pop(FOLDERS.get(client, client))
    assert mine == {True}
    assert set().union(*found.values()) == {False}
