"""The command line: finds the command that was asked for and imports no other."""

import sys
from collections.abc import Sequence

VERSION_FLAGS = ("--version", "-V")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] in VERSION_FLAGS:
        from homeostat import __version__  # instant: nothing else is imported

        sys.stdout.write(f"homeostat {__version__}\n")
        return
    from homeostat.surfaces.cli.commands import run

    sys.exit(run(given))
