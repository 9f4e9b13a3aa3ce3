"""``python -m migrator.cli`` is ``migrate``."""

from migrator.cli.start import main

main()
