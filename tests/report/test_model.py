"""The model behind every format."""

from __future__ import annotations

from migrator.report.rewrite.rules import catalogue, rule_text
from tests.report.estate import DAYS_AGO, IMPORTS, MIXED, PLUGIN, report

FILES = {
    "a.py": MIXED,
    "b.py": PLUGIN + PLUGIN,
    "c.py": IMPORTS,
    "d.py": "import os\n",
    "e.py": DAYS_AGO + "start = days_ago(3)\n",
    "f.py": 'print "airflow\n',
}


def test_numbers_and_states() -> None:
    found = report(FILES)
    assert [(file.result.path, file.owner, file.state) for file in found.files] == [
        ("a.py", "data", "person"),
        ("b.py", "unknown", "person"),
        ("c.py", "unknown", "done"),
        ("d.py", "unknown", "idle"),
        ("e.py", "unknown", "review"),
        ("f.py", "unknown", "person"),
    ]
    summary = found.summary
    assert (summary.files, summary.changed, summary.person, summary.review, summary.unsafe) == (6, 2, 4, 2, 0)
    assert summary.states == {"person": 3, "review": 1, "done": 1, "idle": 1}
    assert [file.result.path for file in found.shown] == ["a.py", "b.py", "c.py", "e.py", "f.py"]


def test_unsafe_changes_are_counted_apart() -> None:
    found = report(FILES, unsafe=True)
    assert found.summary.unsafe == 2
    assert found.files[4].state == "review", "a change that may be wrong is not done"


def test_groups_put_the_rule_with_most_files_first() -> None:
    found = report(FILES)
    assert [(g.rule.code, g.count, g.files) for g in found.person] == [("CM102", 3, 2), ("CM001", 1, 1)]
    assert [(g.rule.code, g.count, g.files) for g in found.review] == [("CM307", 2, 2)]
    message, places = found.person[0].messages[0]
    assert "OtherOperator" in message
    assert [(place.file.result.path, place.line) for place in places] == [("b.py", 1), ("b.py", 2)]


def test_tallies_add_up() -> None:
    found = report(FILES)
    assert sum(tally.changes for tally in found.tallies) == found.summary.safe
    assert sum(tally.person for tally in found.tallies) == found.summary.person
    assert sum(tally.review for tally in found.tallies) == found.summary.review


def test_every_code_has_a_text() -> None:
    assert {"CM001", "CM002", "CM101"} <= catalogue().keys()
    assert all(rule.summary and rule.url.startswith("https://") for rule in catalogue().values())
    assert rule_text("XX999").title == "xx999"
