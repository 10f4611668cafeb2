"""The first act of the demo: the main job, on the sample or on a person's own histories."""

from histories import ClaudeSession
from programs import on_a_terminal, run


def test_the_demo_shows_the_sample_in_under_25_lines_and_leaves_nothing(tmp_path):
    done = run(tmp_path, "demo")

    lines = done.stdout.partition("\n\n")[0].splitlines()
    assert done.returncode == 0, done.stderr
    assert 8 < len(lines) < 25
    assert all(line.startswith("sample") for line in lines)
    assert max(map(len, lines)) <= 80
    for word in ("calls", "tests, linters at work", "What costs most", "Called ok, but were not",
                 "Slows", "version", "homeostat import"):  # fmt: skip
        assert word in done.stdout, word
    assert not (tmp_path / ".local").exists()


def test_the_demo_reaches_no_server_wherever_the_settings_say_the_facts_are(tmp_path):
    (tmp_path / "config.toml").write_text('database-url = "postgresql://127.0.0.1:1/facts"\n')
    nowhere = {"HOMEOSTAT_CONFIG_DIR": str(tmp_path)}

    said = run(tmp_path, "demo", "--seed", "1", **nowhere)
    told = run(
        tmp_path, "demo", "--seed", "1", **nowhere,
        HOMEOSTAT_DATABASE_URL="postgresql://127.0.0.1:1/other",
    )  # fmt: skip

    assert (said.returncode, told.returncode) == (0, 0), said.stderr + told.stderr


def test_the_demo_reads_the_persons_own_histories_when_asked(tmp_path):
    session = ClaudeSession("claude-1").prompt()
    session.failing("t1", "Exit code 1\nModuleNotFoundError: No module named 'yaml'").finished()
    session.write(tmp_path / ".claude" / "projects" / "-home-dev-ledger")

    shown = on_a_terminal(tmp_path, "demo", answer=b"y\n\n")

    assert "Found claude-code" in shown
    assert "No module named 'yaml'" in shown
    assert "\nsample" not in shown
