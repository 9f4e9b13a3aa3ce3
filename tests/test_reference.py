"""The reference in MIGRATION.md is the program's own help."""

from tests import reference


def test_the_reference_is_up_to_date():
    assert reference.page() == reference.PAGE.read_text("utf-8"), "run: python -m tests.reference"
