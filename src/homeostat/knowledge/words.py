"""Texts that recur (tools, projects, kinds), stored once: half the size, 1.16 times the rate."""

from collections.abc import Iterable, Mapping

from homeostat.knowledge.dialect.port import Connection, Table

WORDS = Table("words", ("word",), ("word",))
_FIND = "SELECT word, word_id FROM words WHERE word IN ({keys})"
MAX_KNOWN = 50_000
COLUMNS = (
    ("runs", ("client_word", "project_word", "version_word", "model_word", "branch_word")),
    ("events", ("kind_word", "agent_word", "name_word")),
    ("calls", ("tool_word", "agent_word", "kind_word", "rule_word", "path_word")),
    ("hourly", ("project_word", "client_word", "agent_word", "tool_word")),
    ("daily", ("project_word", "client_word", "agent_word", "tool_word")),
    ("durations", ("tool_word", "project_word")),
    ("tool_days", ("tool_word",)),
    ("tool_durations", ("tool_word",)),
    ("signature_tools", ("tool_word", "agent_word")),
    ("hooks_daily", ("client_word", "name_word", "command_word")),
    ("files", ("client_word",)),
    ("scores", ("source_word", "name_word", "agent_word")),
    ("skipped", ("name_word",)),
    ("trial_units", ("stratum_word",)),
    ("trial_sums", ("stratum_word",)),
)
"""Where words are named; in sums 0 is no word."""
_NAMED = " UNION ".join(
    f"SELECT {column} AS word_id FROM {table} WHERE {column} IS NOT NULL"  # noqa: S608  # names of ours
    for table, columns in COLUMNS
    for column in columns
)
_DROP_UNUSED = f"DELETE FROM words WHERE word_id NOT IN ({_NAMED})"  # noqa: S608  # as above
_MISSING = f"""
SELECT COUNT(*) FROM ({_NAMED}) AS named
WHERE word_id <> 0 AND word_id NOT IN (SELECT word_id FROM words)
"""  # noqa: S608  # as above


class Words:
    """The dictionary of one writing connection. Forget it after a rollback."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, int] = {}

    def learn(self, words: Iterable[str]) -> None:
        """Look up many at once; those that are new are added. All of them are `known` then."""
        wanted = {word for word in words if word}
        unknown = wanted - self._known.keys()
        if not unknown:
            return
        if len(self._known) + len(unknown) > MAX_KNOWN:
            self._known.clear()
            unknown = wanted
        aside = self._connection.aside()
        rows = aside.matching(_FIND, ("text",), [(word,) for word in sorted(unknown)])
        found: dict[str, int] = dict(rows)
        if missing := [(word,) for word in sorted(unknown) if word not in found]:
            aside.add_missing(WORDS, missing)
            found |= dict(aside.matching(_FIND, ("text",), missing))
        self._known |= found

    @property
    def known(self) -> Mapping[str, int]:
        """The ids of the words that were learned, for those who look up many."""
        return self._known

    def id_of(self, word: str) -> int:
        known = self._known.get(word)
        if known is None:
            self.learn((word,))
            known = self._known[word]
        return known

    def forget(self) -> None:
        self._known.clear()


def drop_unused(connection: Connection) -> None:
    """Delete the words that nothing names any more."""
    connection.execute(_DROP_UNUSED)


def missing(connection: Connection) -> int:
    """How many words are named and not there: none, in a sound store."""
    return int(connection.execute(_MISSING).fetchone()[0])
