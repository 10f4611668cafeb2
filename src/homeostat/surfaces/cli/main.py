"""The command line: finds the command that was asked for and imports no other."""

import gc
import sys
from collections.abc import Sequence

COLLECT_AFTER = 50_000
"""Objects made before the collector looks for cycles: imports make many, and no cycle that
matters; the default of 700 costs a tenth of a short command (measured 2026-11)."""
VERSION_FLAGS = ("--version", "-V")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] in VERSION_FLAGS:
        from homeostat import __version__  # instant: nothing else is imported

        sys.stdout.write(f"homeostat {__version__}\n")
        return
    gc.set_threshold(COLLECT_AFTER)
    from homeostat.surfaces.cli.commands import run

    try:
        code = run(given)
    finally:
        gc.freeze()  # what is left goes with the process: looking it through for cycles takes 20 ms
    sys.exit(code)
