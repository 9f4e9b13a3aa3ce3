"""``python -m migrator.cli`` is ``migrate``."""

from migrator.cli.app import main

main()
