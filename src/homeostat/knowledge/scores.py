"""What others said of runs: rewards, evaluations, labels of people."""

from collections.abc import Iterable

from homeostat.knowledge.dialect.port import Connection, Row, Table
from homeostat.knowledge.queries.runs import WHOLE_RUN
from homeostat.knowledge.runs import Seen
from homeostat.knowledge.words import Words

NO_AGENT = 0
SCORES = Table(
    "scores",
    ("run_key", "source_word", "name_word", "step", "agent_word", "call_id"),
    (
        "run_key", "source_word", "name_word", "step", "agent_word", "call_id", "value", "label",
        "detail", "said_at",
    ),
)  # fmt: skip
DETAIL_CHARACTERS = 1_000
_REWARD = "UPDATE runs SET reward = :reward WHERE run_key = :run_key"


def add(connection: Connection, new: Iterable[Seen], words: Words) -> None:
    """The latest word of each: a run that is scored again has the new score."""
    rows: dict[Row, Row] = {}
    rewards: dict[int, float | None] = {}
    for event, at, run in new:
        if (score := event.score) is None:
            continue
        step = WHOLE_RUN if score.step is None else score.step
        agent = words.id_of(event.agent) if event.agent else NO_AGENT
        named = (words.id_of(score.source), words.id_of(event.name))
        key = (run.run_key, *named, step, agent, event.call_id)
        rows[key] = (*key, score.value, score.label, event.text[:DETAIL_CHARACTERS], at)
        if score.decides:
            rewards[run.run_key] = score.value
    connection.upsert(SCORES, list(rows.values()))
    connection.executemany(
        _REWARD, [{"run_key": key, "reward": value} for key, value in rewards.items()]
    )
