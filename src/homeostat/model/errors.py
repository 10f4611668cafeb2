"""What can go wrong, each with what to do next and the exit code of the command line."""

from typing import ClassVar


class HomeostatError(Exception):
    """The root: `str(error)` says what happened and why, `next_step` what a person can do."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, next_step: str) -> None:
        super().__init__(message)
        self.next_step = next_step

    def __reduce__(self) -> tuple[object, ...]:
        """So that it can come from another process."""
        return _again, (type(self), str(self), self.next_step)


def _again(kind: type[HomeostatError], message: str, next_step: str) -> HomeostatError:
    return kind(message, next_step=next_step)


class UsageError(HomeostatError):
    """The request itself cannot be meant: a name that fits nothing, two options that exclude."""

    exit_code = 2


class ConfigError(HomeostatError):
    """A settings file, variable or flag that cannot be used."""

    exit_code = 2


class StoreError(HomeostatError):
    """The database is damaged, newer than this program, or cannot be written."""


class StateFolderError(HomeostatError):
    """The state folder is not ours, not private, or not on a local disk."""


class SourceError(HomeostatError):
    """A file or folder that cannot be read as any known format."""


class ProgramError(HomeostatError):
    """A process that homeostat started failed, or did not end in time."""


class NotFoundError(HomeostatError):
    """No run, signature or call has this id, or several do."""

    exit_code = 2
