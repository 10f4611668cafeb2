"""Commands that take texts from anywhere: classify, templates, redact, blame."""

import json

from programs import run

MISSING = "Exit code 1\nModuleNotFoundError: No module named 'yaml'"


def test_classify_answers_line_by_line_and_names_what_it_cannot_read(tmp_path):
    lines = [
        json.dumps({"id": "a", "tool": "Bash", "text": MISSING}),
        "not json",
        json.dumps({"id": 7, "tool": "bash", "text": MISSING.replace("yaml", "flask")}),
        json.dumps({"id": "c", "tool": "Bash", "text": MISSING}),
    ]

    done = run(tmp_path, "classify", given="\n".join(lines))

    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert "line 2" in done.stderr
    assert [row["id"] for row in rows] == ["a", 7, "c"]
    assert rows[0]["signature"] == rows[2]["signature"] != rows[1]["signature"]
    assert {row["error_class"] for row in rows} == {"import_error"}
    assert all(row["rule"] for row in rows)


def test_blame_guesses_for_each_failed_run_and_says_that_it_guesses(tmp_path):
    messages = [
        {"role": "human", "content": "How far is it?"},
        {"role": "Orchestrator (-> WebSurfer)", "content": "Look it up."},
        {"role": "WebSurfer", "content": "I typed something else."},
        {"role": "Assistant", "content": "It failed: not found."},
    ]
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "a.json").write_text(json.dumps(messages))
    (tmp_path / "runs" / "other.json").write_text('{"some": "settings"}')

    shown = run(tmp_path, "blame", str(tmp_path / "runs"))
    found = run(tmp_path, "blame", str(tmp_path / "runs"), "--json")

    file = str(tmp_path / "runs" / "a.json")
    assert (shown.returncode, shown.stdout) == (0, f"WebSurfer\t2\t{file}\n")
    assert "Guesses" in shown.stderr
    assert json.loads(found.stdout) == {"file": file, "agent": "WebSurfer", "step": 2}


def test_blame_names_what_it_cannot_read(tmp_path):
    (tmp_path / "a.json").write_text('[{"role": "human", "conte')

    done = run(tmp_path, "blame", str(tmp_path / "a.json"))

    assert done.returncode == 1
    assert "a.json" in done.stderr


def test_templates_are_one_a_line(tmp_path):
    log = tmp_path / "app.log"
    log.write_text("".join(f"Connected to 10.0.0.{n} in {n} ms\n" for n in range(5)))

    rows = [json.loads(line) for line in run(tmp_path, "templates", str(log)).stdout.splitlines()]

    assert [row["line"] for row in rows] == [1, 2, 3, 4, 5]
    assert len({row["template_id"] for row in rows}) == 1


def test_redact_takes_lines_and_whole_texts(tmp_path):
    secret = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"
    line = json.dumps({"id": 1, "text": f"token {secret}", "kept": 3})

    lines = run(tmp_path, "redact", "--jsonl", given=line + "\n").stdout
    whole = run(tmp_path, "redact", given=f"export TOKEN={secret}\nls\n").stdout

    assert secret not in lines + whole
    assert json.loads(lines)["kept"] == 3
    assert whole.endswith("ls\n")
