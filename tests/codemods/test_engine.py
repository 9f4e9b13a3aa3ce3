"""The engine on bytes: encodings, newlines, suppression, refusals."""

from __future__ import annotations

import libcst as cst
import pytest

from codemods.engine.apply import apply_fixes
from codemods.engine.bindings import Bindings
from codemods.engine.file import File
from codemods.engine.registry import all_rules, unknown_codes
from codemods.engine.report import Edit, Fix, Options
from codemods.engine.rewrite import REFUSED, UNREADABLE, rewrite
from codemods.engine.undefined import undefined_names

OLD = b"from airflow.operators.bash_operator import BashOperator\n"
NEW = b"from airflow.operators.bash import BashOperator\n"
DAG = OLD + b"from airflow import DAG\n\nwith DAG(\n\t'a',\n\tschedule_interval=None,\n) as dag:\n\tBashOperator()\n"
FIXED = NEW + b"from airflow import DAG\n\nwith DAG(\n\t'a',\n\tschedule=None,\n) as dag:\n\tBashOperator()\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(DAG, FIXED, id="tabs"),
        pytest.param(DAG.replace(b"\n", b"\r\n"), FIXED.replace(b"\n", b"\r\n"), id="crlf"),
        pytest.param(b"\xef\xbb\xbf" + DAG, b"\xef\xbb\xbf" + FIXED, id="bom"),
        pytest.param(
            b"# -*- coding: latin-1 -*-\nx = '\xe9'\n" + DAG,
            b"# -*- coding: latin-1 -*-\nx = '\xe9'\n" + FIXED,
            id="coding-line",
        ),
        pytest.param(OLD.rstrip(b"\n"), NEW.rstrip(b"\n"), id="no-newline-at-the-end"),
    ],
)
def test_what_is_not_changed_stays_byte_for_byte(before: bytes, after: bytes) -> None:
    assert rewrite(before).source == after
    assert rewrite(after).source == after


@pytest.mark.parametrize("source", [b"", b"\n", b"\r\n", b"\xef\xbb\xbf", b"# only a comment", b"x = 1\n\t\n"])
def test_a_file_without_airflow_is_left_alone(source: bytes) -> None:
    result = rewrite(source)
    assert result.source == source
    assert not result.changes
    assert not result.findings


@pytest.mark.parametrize(
    "source",
    [
        OLD + b"print 'two'\n",
        b"print 'no airflow here'\n",
        OLD + b"def f(:\n",
        OLD + b"\x00",
        b"\x0c" + OLD,
        b"x = '\xff'\n" + OLD,
    ],
    ids=["python-2", "python-2-module", "broken", "null-byte", "form-feed", "not-utf-8"],
)
def test_a_file_that_cannot_be_read_is_a_finding(source: bytes) -> None:
    result = rewrite(source)
    assert result.source == source
    assert [finding.code for finding in result.findings] == [UNREADABLE]
    assert result.findings[0].line >= 1


def test_a_suppressed_line_is_neither_changed_nor_reported() -> None:
    source = OLD.replace(b"\n", b"  # migrate: ignore[CM101, CM2]\n")
    assert rewrite(source).source == source
    other = OLD.replace(b"\n", b"  # migrate: ignore[CM201]\n")
    assert rewrite(other).source != other


def test_rules_are_chosen_by_code_or_its_beginning() -> None:
    assert rewrite(DAG, Options(select=frozenset({"CM2"}))).source == FIXED.replace(NEW, OLD)
    assert rewrite(DAG, Options(ignore=frozenset({"CM2"}))).source == DAG.replace(OLD, NEW)
    assert unknown_codes(frozenset({"CM2", "CM101"})) == {}
    assert "CM101" in unknown_codes(frozenset({"CM1O1"}))["CM1O1"]


def test_changes_name_line_and_rule() -> None:
    changes = rewrite(DAG).changes
    assert [(change.line, change.code) for change in changes] == [(1, "CM101"), (6, "CM201")]


def test_several_rules_in_one_call() -> None:
    before = (
        "from airflow.operators.python_operator import PythonOperator\n\n"
        "PythonOperator(task_id='a', provide_context=True, task_concurrency=1, trigger_rule='dummy', xcom_push=False)\n"
    )
    after = (
        "from airflow.operators.python import PythonOperator\n\n"
        "PythonOperator(task_id='a', max_active_tis_per_dag=1, trigger_rule='always', do_xcom_push=False)\n"
    )
    assert rewrite(before.encode()).source.decode() == after


def test_a_result_that_would_break_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codemods.engine.rewrite.undefined_names", lambda text: {text[:40]})
    result = rewrite(OLD)
    assert result.source == OLD
    assert [finding.code for finding in result.findings] == [REFUSED]
    assert not result.changes


def test_rules_come_in_one_order() -> None:
    codes = [rule.code for rule in all_rules()]
    assert codes == sorted(codes)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("x = y\n", {"y"}),
        ("def f(a):\n    return a + b\n", {"b"}),
        ("def f():\n    global g\n    g = 1\n\n\nprint(g)\n", set()),
        ("class A:\n    x = 1\n    y = [x for x in z]\n", {"z"}),
        ("import os\nprint(os.name, __file__)\n", set()),
        ("x = lambda a: [a, q]\n", {"q"}),
    ],
)
def test_undefined_names(source: str, names: set[str]) -> None:
    assert undefined_names(source) == names


def test_a_name_comes_from_the_nearest_scope() -> None:
    import libcst as cst

    module = cst.parse_module(
        "from a import X\n\n\ndef f(X=X):\n    return X\n\n\ndef g():\n    from b import X\n    return X\n\n\nX\n"
    )
    targets = {i.target: len(i.uses) for i in Bindings(module).imports}
    assert targets == {"a.X": 2, "b.X": 1}


def test_a_class_body_is_not_seen_from_the_functions_in_it() -> None:
    """A method reads the module's name, not that of its class, whichever of them is the import."""
    import libcst as cst

    module = cst.parse_module(
        "from a import X, Y\n\n\nclass C:\n    from b import X\n    Y = 1\n    seen = X, Y\n\n"
        "    def f(self):\n        return X, Y\n\n    g = lambda self: [X for _ in Y]\n"
    )
    targets = {i.target: len(i.uses) for i in Bindings(module).imports}
    assert targets == {"a.X": 2, "b.X": 1, "a.Y": 2}


def test_a_method_is_rewritten_by_what_the_module_imports() -> None:
    source = (
        OLD + b"\n\nclass Tasks:\n    BashOperator = object\n\n    def make(self):\n        return BashOperator()\n"
    )
    old = source.replace(b"BashOperator", b"DummyOperator").replace(b"bash_operator", b"dummy_operator")
    after = rewrite(old).source
    assert b"import EmptyOperator\n" in after
    assert b"    DummyOperator = object" in after
    assert b"return EmptyOperator()" in after


def test_an_edit_of_the_last_part_of_a_dotted_name_is_made():
    file = File(cst.parse_module("import airflow\na.b.c(1).d\n"))
    names = [node for node in file.bindings.nodes[cst.Attribute] if isinstance(node, cst.Attribute)]
    edits = [Edit(node.attr, lambda updated: updated.with_changes(value=updated.value.upper())) for node in names]
    assert apply_fixes(file, [Fix(names[0], "m", tuple(edits))]).code == "import airflow\na.B.C(1).D\n"


def test_an_edit_that_is_not_reached_is_no_change_that_is_told():
    file = File(cst.parse_module("import airflow\n"))
    stray = cst.Name("x")
    with pytest.raises(AssertionError, match="1 edits were not reached"):
        apply_fixes(file, [Fix(file.module, "m", (Edit(stray, lambda updated: updated),))])


@pytest.mark.parametrize("used", ["", "\n\nclass A:\n    @apply_defaults\n    def __init__(self):\n        pass\n"])
@pytest.mark.parametrize("module", ["airflow.utils", "airflow.utils.decorators"])
def test_an_import_that_one_rule_drops_is_moved_by_no_other(module: str, used: str):
    first = rewrite(f"from {module} import apply_defaults\n{used}".encode(), Options())
    assert b"apply_defaults" not in first.source
    assert [change.code for change in first.changes] == ["CM104"]
    assert rewrite(first.source, Options()).source == first.source


@pytest.mark.parametrize(
    ("source", "stops"),
    [
        pytest.param("from airflow.models.dag import Gone\n", {1: True}, id="not on the target"),
        pytest.param("from airflow.operators import OurOperator\n", {1: True}, id="no table knows it"),
        pytest.param("import airflow\nprint 'a'\n", {2: True}, id="no Python 3"),
        pytest.param(
            "from airflow.contrib.operators.bigquery_operator import BigQueryOperator\n\n"
            "task = BigQueryOperator(task_id='a', sql='SELECT 1', use_legacy_sql=False)\n",
            {1: True, 3: False},
            id="a class that is gone, and what it is now",
        ),
        pytest.param(
            "from airflow.operators.bash import BashOperator\n\nBashOperator(\n    task_id='a',\n    command='b',\n)\n",
            {3: True, 5: True},
            id="arguments",
        ),
        pytest.param(
            "from airflow.utils.dates import days_ago\n\nstart = days_ago(2)\n",
            {1: False},
            id="it loads, and a person should look at it",
        ),
        pytest.param(
            "from airflow.models import DagModel\nDagModel.is_paused\nDagModel.metadata\nDagModel.no_such_column\n",
            {4: True},
            id="a column that is gone",
        ),
        pytest.param("from airflow.models import DAG\n\nDAG.ours = 1\n", {}, id="what is put into a class"),
        pytest.param("from airflow.models import ImportError\n", {}, id="a name that the code of a module gives"),
        pytest.param(
            "from airflow.operators.bash import BashOperator\n\nMORE = dict(bash_command='a', bash='b')\n"
            "BashOperator(task_id='a', **{'bash': 'b'})\n",
            {4: True},
            id="what a dictionary brings",
        ),
    ],
)
def test_a_finding_says_whether_the_target_can_load_the_file(source: str, stops: dict[int, bool]) -> None:
    assert {one.line: one.stops for one in rewrite(source.encode()).findings} == stops
