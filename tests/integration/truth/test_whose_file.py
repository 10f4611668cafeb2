"""Each real recording is of one format: no source claims another's file, and none is left out."""

import pytest

from fakes import FixedClock
from homeostat.analyze.redact import Redactor
from homeostat.loop.importing import sources
from homeostat.loop.intake import Intake
from homeostat.model.settings import Settings

pytestmark = pytest.mark.shared
CLIENTS = {
    "agentv-eval-results": {"agentv"},
    "agentrx": {"agentrx", "tau-bench"},
    "generic-jsonl": {"orchestrator"},
    "otel-openinference": {"otel"},
}
"""Where the folder is not called as the client is."""


def read_as(intake, path):
    """The client whose file it is, and why not where it is nobody's."""
    *_, report = intake.read(path, None)
    return report.client, [problem.reason for problem in report.problems]


def test_each_file_is_read_as_what_it_is(shared_data, tmp_path):
    intake = Intake(sources(tmp_path, Settings()), Redactor(b"k" * 32), FixedClock())
    folder = shared_data / "traces"
    files = [p for p in sorted(folder.rglob("*")) if p.suffix in (".gz", ".eval")]

    wrong = {}
    for path in files:
        name = path.relative_to(folder)
        client, problems = read_as(intake, path)
        expected = CLIENTS.get(name.parts[0], {name.parts[0]})
        if client not in expected or any("looks like" in why for why in problems):
            wrong[str(name)] = (client, problems)

    assert len(files) > 300
    assert wrong == {}
