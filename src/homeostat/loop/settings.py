"""Settings from files, then from variables; an unknown key is an error, not a shrug."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast, get_args

import msgspec

from homeostat.model.errors import ConfigError
from homeostat.model.mapping import Mapping as Format
from homeostat.model.mapping import Means
from homeostat.model.older_names import OLDER_TABLE, OLDER_VARIABLES
from homeostat.model.settings import Origin, Settings

FILES = ("config.toml", "config.yaml", "config.yml")
"""Of the user; one of them."""
PROJECT_FILE = ".homeostat.toml"
OF_A_PROJECT = ("dashboard-days", "listed")
"""What a project's file may say. A repository comes from elsewhere: it may choose how much is seen,
never what is kept or left out."""
PREFIX = "HOMEOSTAT_"
_LISTS = tuple(
    field.encode_name
    for field in msgspec.structs.fields(Settings)
    if isinstance(field.default, tuple)
)
_NAMES = tuple(field.encode_name for field in msgspec.structs.fields(Settings))


class Loaded(msgspec.Struct, frozen=True):
    settings: Settings
    origins: tuple[Origin, ...]
    warnings: tuple[str, ...] = ()
    """What of a project's file was not taken."""


def load(folder: Path, environment: Mapping[str, str], *, directory: Path | None) -> Loaded:
    """Defaults, then the files from the user's to the project's, then `HOMEOSTAT_<NAME>`.

    The user's file is one of `FILES` in `folder`; the project's is the `.homeostat.toml` of this
    user in `directory` or above it, up to the repository's root, and only what `OF_A_PROJECT`
    names is taken from it. Raises `ConfigError`.
    """
    path, values = _of_user(folder)
    older = values.pop(OLDER_TABLE, None)
    origins = dict.fromkeys(values, str(path))
    warnings: list[str] = []
    if directory and (near := _project_file(directory)):
        found = _of_project(near, warnings)
        values |= found
        origins |= dict.fromkeys(found, str(near))
    for name in _NAMES:
        variable = PREFIX + name.upper().replace("-", "_")
        if variable in environment:
            values[name] = _from_text(environment[variable], is_list=name in _LISTS)
            origins[name] = variable
    settings = _converted(values, origins)
    shown = msgspec.to_builtins(settings)
    told = tuple(
        Origin(name=name, value=_as_text(shown[name]), origin=origins.get(name, "default"))
        for name in _NAMES
    )
    return Loaded(settings, (*told, *_of_older(older, path, environment)), tuple(warnings))


def _of_user(folder: Path) -> tuple[Path, dict[str, object]]:
    """The user's file and what it says."""
    there = [path for name in FILES if (path := folder / name).is_file()]
    if len(there) > 1:
        raise ConfigError(
            f"{' and '.join(map(str, there))} are both there.", next_step="Keep one of them."
        )
    path = there[0] if there else folder / FILES[0]
    return path, _from_file(path)


def _of_older(table: object, path: Path, environment: Mapping[str, str]) -> Iterator[Origin]:
    """What an older healing system was told; shown, for nothing here heals by itself yet."""
    if not isinstance(table, dict | None):
        raise ConfigError(
            f"{path}: {OLDER_TABLE} is no table.", next_step="Write its settings below it."
        )
    for name, value in cast("dict[str, object]", table or {}).items():
        yield Origin(
            name=f"{OLDER_TABLE}.{name}", value=_as_text(value), origin=f"{path}, not used yet"
        )
    for name in OLDER_VARIABLES:
        if name in environment:
            yield Origin(name=name, value=environment[name], origin="variable, not used yet")


def _of_project(path: Path, warnings: list[str]) -> dict[str, object]:
    """What a project may say, and says soundly: a checkout must not switch the tool off."""
    taken: dict[str, object] = {}
    try:
        found = _from_file(path)
    except ConfigError as error:
        warnings.append(str(error))
        return {}
    for name, value in found.items():
        why = _wrong_in_a_project(name, value)
        if why:
            warnings.append(f"{path}: {name} is not taken: {why}")
        else:
            taken[name] = value
    return taken


def _wrong_in_a_project(name: str, value: object) -> str:
    if name not in OF_A_PROJECT:
        return "a project may not set it"
    try:
        msgspec.convert({name: value}, Settings)
    except msgspec.ValidationError as error:
        return str(error)
    return ""


def _project_file(directory: Path) -> Path | None:
    """The nearest one, not above the repository, and nobody else's."""
    for place in (directory, *directory.parents):
        path = place / PROJECT_FILE
        if path.is_file():
            return path if path.stat().st_uid == os.getuid() else None
        if (place / ".git").exists():
            return None
    return None


def _from_file(path: Path) -> dict[str, object]:
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error
    if path.suffix != ".toml":
        return _from_yaml(path, text)
    import tomllib  # noqa: PLC0415  # many have no file

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(path, error) from error


def _from_yaml(path: Path, text: str) -> dict[str, object]:
    from ruamel.yaml import YAML  # noqa: PLC0415  # few write their settings so
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415  # the same

    reader: Any = YAML(typ="safe", pure=True)
    try:
        found = reader.load(text)
    # The others are the reader's own: of a 13th month, an unfinished number, a very deep list.
    except (YAMLError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise _unreadable(path, error) from error
    if found is None:
        return {}
    told = cast("dict[object, object]", found) if isinstance(found, dict) else {0: found}
    if not all(isinstance(name, str) for name in told):
        raise _unreadable(path, ValueError("it is no table of settings"))
    return cast("dict[str, object]", told)


def _unreadable(path: Path, error: Exception) -> ConfigError:
    return ConfigError(
        f"{path} cannot be read: {error}.", next_step="Repair the file or move it away."
    )


def _converted(values: Mapping[str, object], origins: Mapping[str, str]) -> Settings:
    try:
        return msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        unknown = (origin for name, origin in origins.items() if name not in _NAMES)
        said = str(error)
        if "`$.formats[...]" in said:
            _check_formats(values["formats"], origins["formats"])
        wrong = (o for name, o in origins.items() if f"`$.{name}`" in said or said.startswith(name))
        where = next(wrong, None) or next(unknown, "settings")
        raise ConfigError(
            f"{where}: {error}.", next_step=f"Settings are: {', '.join(_NAMES)}."
        ) from error


def _check_formats(formats: object, origin: str) -> None:
    """Raises `ConfigError` that names the format."""
    for name, told in cast("dict[str, object]", formats).items():
        try:
            msgspec.convert(told, Format)
        except msgspec.ValidationError as error:
            why = str(error).replace("`$.", "`").replace("`$`", "its table")
            raise ConfigError(
                f"{origin}: formats.{name}: {why}.", next_step=_FORMAT_HELP
            ) from error


_FORMAT_HELP = (
    "A format has known-by, records, fields, statuses, homes and files. A record means "
    f"{', '.join(get_args(Means))}. All of it: docs/settings.md, Formats of your own."
)


def _from_text(text: str, *, is_list: bool) -> object:
    """A variable's value; of a list, comma-separated or in brackets."""
    if not is_list:
        return text
    if text.startswith("["):
        import tomllib  # noqa: PLC0415  # lists are rare

        try:
            return tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            return text
    return text.split(",") if "," in text else text


_PASSWORD = re.compile(r"(://[^:/@]*:).*(?=@)|(\w*password=)[^&\s]*")


def _as_text(value: object) -> str:
    """As it may be shown: a URL without its password."""
    if isinstance(value, str):
        return _PASSWORD.sub(r"\1\2***", value)
    if isinstance(value, dict):
        return ", ".join(cast("dict[str, object]", value))
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in cast("list[object]", value))
    return str(value)
