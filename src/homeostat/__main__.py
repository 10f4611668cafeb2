"""`python -m homeostat`."""

from homeostat.surfaces.cli.main import main

main()
