"""Settings: which one holds, and what an error says."""

import pytest

from homeostat.loop.settings import load
from homeostat.model.errors import ConfigError


def origins(loaded):
    return {origin.name: (origin.value, origin.origin) for origin in loaded.origins}


def test_without_a_file_every_setting_is_its_default(tmp_path):
    loaded = load(tmp_path, {}, directory=tmp_path)

    assert {origin for _, origin in origins(loaded).values()} == {"default"}
    assert loaded.settings.dashboard_days == 7


def test_the_project_wins_over_the_user_and_a_variable_over_both(tmp_path):
    user, below = tmp_path / "user", tmp_path / "project" / "src"
    user.mkdir()
    below.mkdir(parents=True)
    (user / "config.toml").write_text("dashboard-days = 14\nlisted = 5\nsamples-whole-days = 3\n")
    project = tmp_path / "project" / ".homeostat.toml"
    project.write_text("dashboard-days = 30\nlisted = 6\nsamples-whole-days = 9\nnonsense = 1\n")

    loaded = load(user, {"HOMEOSTAT_LISTED": "7"}, directory=below)

    assert origins(loaded) == {
        "dashboard-days": ("30", str(project)),
        "listed": ("7", "HOMEOSTAT_LISTED"),
        "samples-whole-days": ("3", str(user / "config.toml")),
        "samples-per-signature": ("20", "default"),
        "detail-days": ("30", "default"),
        "database-url": ("", "default"),
        "formats": ("", "default"),
        "ignored-tools": ("", "default"),
        "log": ("warning", "default"),
    }


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:s3cret@db/x", "postgresql://me:***@db/x"),
        ("postgresql://me@db/x?password=s3cret", "postgresql://me@db/x?password=***"),
        ("postgresql://me@db/x", "postgresql://me@db/x"),
    ],
)
def test_a_password_in_the_databases_url_is_not_shown(tmp_path, url, shown):
    loaded = load(tmp_path, {"HOMEOSTAT_DATABASE_URL": url}, directory=tmp_path)

    assert loaded.settings.database_url == url
    assert origins(loaded)["database-url"] == (shown, "HOMEOSTAT_DATABASE_URL")


def test_what_a_project_may_not_say_is_told_and_not_taken(tmp_path):
    project = tmp_path / ".homeostat.toml"
    project.write_text('listed = "many"\ndashboard-days = 3\nignored-tools = ["Bash"]\n')

    loaded = load(tmp_path / "user", {}, directory=tmp_path)

    assert (loaded.settings.listed, loaded.settings.dashboard_days) == (20, 3)
    assert [warning.split(": ")[1] for warning in loaded.warnings] == [
        "listed is not taken",
        "ignored-tools is not taken",
    ]


def test_a_broken_project_file_stops_nothing(tmp_path):
    (tmp_path / ".homeostat.toml").write_text("listed = ")

    loaded = load(tmp_path / "user", {}, directory=tmp_path)

    assert loaded.settings.listed == 20
    assert "cannot be read" in loaded.warnings[0]


def test_a_project_file_above_the_repository_is_none_of_this_project(tmp_path):
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    (tmp_path / ".homeostat.toml").write_text("listed = 6\n")

    assert load(tmp_path / "user", {}, directory=repository).settings.listed == 20


@pytest.mark.parametrize("text", ["Read,Grep", '["Read", "Grep"]'])
def test_a_list_in_a_variable_is_written_with_commas_or_as_in_the_file(tmp_path, text):
    loaded = load(tmp_path, {"HOMEOSTAT_IGNORED_TOOLS": text}, directory=tmp_path)

    assert loaded.settings.ignored_tools == ("Read", "Grep")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("listed = 'many'", "listed"),
        ("listed = 0", "listed must be between 1 and 10000"),
        ("dashbord-days = 3", "dashbord-days"),
        ("listed = ", "cannot be read"),
        ("listed = \xff", "cannot be read"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong_in_it(tmp_path, content, said):
    (tmp_path / "config.toml").write_bytes(content.encode("latin-1"))

    with pytest.raises(ConfigError) as raised:
        load(tmp_path, {}, directory=tmp_path)

    assert said in str(raised.value)
    assert str(tmp_path / "config.toml") in str(raised.value)


def test_a_wrong_variable_is_named(tmp_path):
    with pytest.raises(ConfigError, match="HOMEOSTAT_LISTED"):
        load(tmp_path, {"HOMEOSTAT_LISTED": "[many"}, directory=tmp_path)


def test_the_users_file_may_be_yaml(tmp_path):
    (tmp_path / "config.yaml").write_text("dashboard-days: 14\nignored-tools: [Bash, Edit]\n")

    loaded = load(tmp_path, {}, directory=None)

    assert loaded.settings.dashboard_days == 14
    assert loaded.settings.ignored_tools == ("Bash", "Edit")
    assert origins(loaded)["dashboard-days"] == ("14", str(tmp_path / "config.yaml"))


@pytest.mark.parametrize(
    "text",
    [
        "dashboard-days: [", "- a\n- b\n", "just words", "a: 1\n---\nb: 2\n", "!!python/x y",
        "listed: 2026-13-01\n", "listed: !!int\n", "listed: !!bool 3\n", "? [[&a x]]\n",
        "3: listed\n", f"listed: {'[' * 5000}\n",
    ],
)  # fmt: skip
def test_yaml_that_is_no_table_is_refused_with_the_files_name(tmp_path, text):
    (tmp_path / "config.yml").write_text(text)

    with pytest.raises(ConfigError, match=r"config\.yml cannot be read"):
        load(tmp_path, {}, directory=None)


def test_an_empty_yaml_file_says_nothing(tmp_path):
    (tmp_path / "config.yaml").write_text("# nothing yet\n")

    assert load(tmp_path, {}, directory=None).settings.dashboard_days == 7


def test_two_files_of_the_user_are_refused(tmp_path):
    (tmp_path / "config.yaml").write_text("listed: 3\n")
    (tmp_path / "config.toml").write_text("listed = 4\n")

    with pytest.raises(ConfigError, match="both there"):
        load(tmp_path, {}, directory=None)


def test_an_older_systems_settings_that_are_no_table_are_refused(tmp_path):
    (tmp_path / "config.yaml").write_text("self_healing: yes please\n")

    with pytest.raises(ConfigError, match="self_healing is no table"):
        load(tmp_path, {}, directory=None)


def test_an_older_systems_settings_are_shown_as_not_used_yet(tmp_path):
    (tmp_path / "config.yaml").write_text("self_healing:\n  auto_fix: true\nlisted: 3\n")

    loaded = load(tmp_path, {"MAX_AUTO_FIX_ATTEMPTS": "3"}, directory=None)

    assert loaded.warnings == ()
    assert origins(loaded)["self_healing.auto_fix"] == (
        "True",
        f"{tmp_path / 'config.yaml'}, not used yet",
    )
    assert origins(loaded)["MAX_AUTO_FIX_ATTEMPTS"] == ("3", "variable, not used yet")
