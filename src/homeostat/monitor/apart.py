"""This program in a process of its own, which sees what it is given and nothing else."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from homeostat.model.errors import ProgramError

_TOLD = 200
"""Characters of what a failed program said."""


def answer(
    arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str], patience_s: float
) -> bytes:
    """What `homeostat ARGUMENTS` prints when it is started in `folder`.

    Raises `ProgramError` where it cannot be started, fails, or does not end in time.
    """
    # -P: a folder named homeostat where it is started is not this program.
    command = [sys.executable, "-P", "-m", "homeostat", *arguments]
    named = f"homeostat {arguments[0]}" if arguments else "homeostat"
    try:
        done = subprocess.run(  # noqa: S603  # our own program; the arguments are a list
            command, cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL,
            capture_output=True, check=False, timeout=patience_s,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        raise ProgramError(
            f"{named} in a process of its own did not answer: {error}.",
            next_step="Is another process allowed here? Try: homeostat verify-file --help",
        ) from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()[-_TOLD:]
        raise ProgramError(
            f"{named} in a process of its own ended with {done.returncode}: {said}",
            next_step="Please report this.",
        )
    return done.stdout
