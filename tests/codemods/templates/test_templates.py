"""Templates: only names inside expressions change, to what renders the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment

from codemods.engine.report import Options
from codemods.templates import rewrite_template

UNSAFE = Options(unsafe=True)
START = datetime(2026, 3, 29, 1, tzinfo=UTC)


def day(date: datetime) -> str:
    return date.strftime("%Y-%m-%d")


class Macros:
    """The two macros that are written, as airflow-2.10.5 macros/__init__.py has them."""

    @staticmethod
    def ds_add(ds: str, days: int) -> str:
        return day(datetime.strptime(ds, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=days))


class Date(datetime):
    """A date with the one method of Pendulum that is written."""

    def add(self, days: int) -> Date:
        return self + timedelta(days=days)

    def subtract(self, days: int) -> Date:
        return self - timedelta(days=days)


def environment() -> Environment:
    made = Environment(autoescape=False)
    made.filters |= {"ds": day, "ts": lambda d: d.isoformat(), "ds_nodash": lambda d: day(d).replace("-", "")}
    return made


BEGIN = Date(2026, 3, 29, 1, tzinfo=UTC)
OLD = {
    "execution_date": BEGIN, "ds": "2026-03-29", "end_date": "2026-03-29", "latest_date": "2026-03-29",
    "yesterday_ds": "2026-03-28", "tomorrow_ds": "2026-03-30", "tomorrow_ds_nodash": "20260330",
    "yesterday_ds_nodash": "20260328", "next_ds": "2026-03-30", "next_execution_date": BEGIN.add(1),
    "params": {"next_ds": 1}, "ts": BEGIN.isoformat(),
}  # fmt: skip
NEW = {
    "logical_date": BEGIN, "ds": "2026-03-29", "data_interval_end": BEGIN.add(1), "macros": Macros,
    "params": {"next_ds": 1}, "ts": BEGIN.isoformat(),
}  # fmt: skip
SAME = [
    "{{ execution_date.year }}-{{ ds }}",
    "{{ tomorrow_ds }}{{yesterday_ds}}{{- tomorrow_ds_nodash -}} x",
    "{{ tomorrow_ds.replace('-', '') }}",
    "{{ tomorrow_ds | replace('-', '/') }} {{ 'a' ~ yesterday_ds ~ 'b' }}",
    "{{ (yesterday_ds_nodash | int) + 1 }} {{ yesterday_ds_nodash[:4] }}",
    "{% if end_date == ds %}{{ latest_date }}{% endif %}",
    "{% for d in [tomorrow_ds, yesterday_ds] %}{{ d }},{% endfor %}",
    "{{ next_ds }} {{ next_execution_date.hour }} {{ params.next_ds }}",
    "{% set next_ds = 'mine' %}{{ next_ds }}",
    "{% raw %}{{ execution_date }}{% endraw %}{# {{ next_ds }} #}",
    "execution_date {{ 'execution_date' }}\r\n{{ ds }}",
]


@pytest.mark.parametrize("text", SAME)
def test_it_renders_the_same(text: str) -> None:
    after = rewrite_template(text, UNSAFE)
    assert environment().from_string(after.text).render(NEW) == environment().from_string(text).render(OLD)
    assert rewrite_template(after.text, UNSAFE).text == after.text


def test_a_line_of_the_file_is_told() -> None:
    found = rewrite_template("select 1\r\n, '{{ execution_date.year }}'\r\n, '{{ next_ds }}'\r\n")
    assert found.text == "select 1\r\n, '{{ logical_date.year }}'\r\n, '{{ next_ds }}'\r\n"
    assert [change.line for change in found.changes] == [2]
    assert [(finding.line, finding.unsafe) for finding in found.findings] == [(3, True)]


def test_what_jinja_cannot_read_stays_with_a_finding() -> None:
    found = rewrite_template("{{ execution_date }} {% if %}")
    assert found.text == "{{ execution_date }} {% if %}"
    assert "Jinja can't read" in found.findings[0].message


def test_a_line_may_be_left_alone() -> None:
    text = "{{ execution_date.year }} -- # migrate: ignore[CM401]\n"
    assert rewrite_template(text).text == text


PARTS = st.sampled_from(
    [*SAME, "{{", "}}", "{%", "%}", "{#", "#}", "\n", " ", "execution_date", "next_ds | upper", "ds", "'", "-"]
)


@given(st.lists(PARTS | st.text(max_size=6), max_size=8).map("".join))
def test_any_text_is_read_and_a_second_pass_changes_nothing(text: str) -> None:
    after = rewrite_template(text, UNSAFE)
    assert rewrite_template(after.text, UNSAFE).text == after.text
    if not after.changes:
        assert after.text == text


@given(st.text(alphabet=st.characters(exclude_characters="{}%#"), max_size=40), st.sampled_from(["end_date", "ds"]))
def test_the_text_around_is_the_same(around: str, name: str) -> None:
    after = rewrite_template(f"{around}{{{{ {name} }}}}{around}")
    assert after.text == f"{around}{{{{ ds }}}}{around}"
