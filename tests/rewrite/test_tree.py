"""Whole folders: order, cache, what is copied, what is removed, what is never half written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from migrator.errors import WorkspaceError
from migrator.rewrite.tree import rewrite_in_place, rewrite_tree

if TYPE_CHECKING:
    from pathlib import Path

OLD = "from airflow.operators.bash_operator import BashOperator\n"
NEW = "from airflow.operators.bash import BashOperator\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    (folder / "sub").mkdir(parents=True)
    (folder / "b.py").write_text(OLD)
    (folder / "sub" / "a.py").write_text("x = 1\n")
    (folder / "two.py").write_text("print 'two'\n")
    (folder / "sub" / "q.sql").write_bytes(b"select '\xe9'\r\n")
    return folder


def test_a_tree(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    (source / "b.py").chmod(0o750)
    result = rewrite_tree(source, target, jobs=1)
    assert [file.path for file in result.files] == ["b.py", "sub/a.py", "two.py"]
    assert [file.path for file in result.changed] == ["b.py"]
    assert (target / "b.py").read_text() == NEW
    assert (target / "b.py").stat().st_mode & 0o777 == 0o750
    assert (source / "b.py").read_text() == OLD
    assert (target / "sub" / "q.sql").read_bytes() == b"select '\xe9'\r\n"
    assert [finding.code for finding in result.files[2].findings] == ["CM001"]
    assert (target / "two.py").read_text() == "print 'two'\n"


def test_a_source_that_is_gone_goes_from_the_target_too(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    rewrite_tree(source, target, jobs=1)
    (target / "ours.py").write_text("# put here by a person\n")
    (source / "sub" / "q.sql").unlink()
    (source / "sub" / "a.py").unlink()
    rewrite_tree(source, target, jobs=1)
    assert sorted(path.name for path in target.iterdir()) == ["b.py", "ours.py", "two.py"]


def test_a_manifest_never_leads_outside(source: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim.py"
    victim.write_text("x = 1\n")
    manifest = tmp_path / ".target.manifest.json"
    manifest.write_text(json.dumps({"schema_version": 1, "files": ["../victim.py", str(victim)]}))
    rewrite_tree(source, tmp_path / "target", jobs=1)
    assert victim.exists()


@pytest.mark.parametrize("text", ["{", "[]", '{"schema_version": 99, "files": []}'])
def test_a_manifest_that_cannot_be_used_is_refused(source: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / ".target.manifest.json").write_text(text)
    with pytest.raises(WorkspaceError, match="manifest"):
        rewrite_tree(source, tmp_path / "target", jobs=1)


def test_a_dry_run_writes_nothing(source: Path, tmp_path: Path) -> None:
    result = rewrite_tree(source, tmp_path / "target", jobs=1, dry_run=True)
    assert result.changed
    assert not (tmp_path / "target").exists()


def test_processes_and_cache_change_nothing_but_time(source: Path, tmp_path: Path) -> None:
    for number in range(40):
        (source / f"d{number:02}.py").write_text(OLD + f"x = {number}\n")
    cache = tmp_path / "cache"
    alone = rewrite_tree(source, tmp_path / "one", jobs=1, cache=cache)
    many = rewrite_tree(source, tmp_path / "two", jobs=2)
    cached = rewrite_tree(source, tmp_path / "three", jobs=1, cache=cache)
    assert alone == many == cached
    assert len(list(cache.rglob("*.json"))) == len(alone.files)


def test_a_cache_entry_that_is_damaged_is_made_again(source: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = rewrite_tree(source, tmp_path / "one", jobs=1, cache=cache)
    for entry in cache.rglob("*.json"):
        entry.write_text("{")
    assert rewrite_tree(source, tmp_path / "two", jobs=1, cache=cache) == first


def test_in_place(source: Path) -> None:
    result = rewrite_in_place([source, source / "b.py"], jobs=1)
    assert [file.path for file in result.changed] == [(source / "b.py").as_posix()]
    assert (source / "b.py").read_text() == NEW
    assert not rewrite_in_place([source], jobs=1).changed


def test_a_write_that_fails_leaves_the_old_file(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(KeyboardInterrupt):
        rewrite_in_place([source / "b.py"], jobs=1)
    assert (source / "b.py").read_text() == OLD
    assert sorted(path.name for path in source.iterdir()) == ["b.py", "sub", "two.py"]


def test_a_fault_in_a_rule_costs_one_file_only(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from codemods.rules.moved_names import MovedNames

    def fail(*args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(MovedNames, "check", fail)
    result = rewrite_tree(source, tmp_path / "target", jobs=1)
    assert (tmp_path / "target" / "b.py").read_text() == OLD
    assert "ZeroDivisionError" in result.files[0].findings[0].message


def test_template_files_are_rewritten_too(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    (source / "q.sql").write_bytes(b"select '{{ execution_date.year }}',\r\n '{{ next_ds }}'\r\n")
    (source / "plain.sql").write_text("select execution_date from t")
    (source / "notes.md").write_text("{{ execution_date }}")
    (source / "odd.sql").write_bytes(b"-- \xff\n{{ execution_date }}")
    (source / "dag.py").write_text("import airflow\nOurOperator(task_id='a', sql='q.sql')\n")
    result = rewrite_tree(source, target, jobs=1)
    assert [(file.path, file.changed, len(file.findings)) for file in result.files] == [
        ("dag.py", False, 0),
        ("odd.sql", False, 0),
        ("q.sql", True, 1),
    ]
    assert (target / "q.sql").read_bytes() == b"select '{{ logical_date.year }}',\r\n '{{ next_ds }}'\r\n"
    for name in ("plain.sql", "notes.md", "odd.sql"):
        assert (target / name).read_bytes() == (source / name).read_bytes()


def test_a_template_that_code_renders_itself_is_left_with_a_finding(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "sql").mkdir(parents=True)
    text = "select '{{ execution_date }}'\n, '{{ end_date }}' from {{ ref('x') }}\n"
    (source / "sql/own.sql").write_text(text)
    (source / "sql/plain.sql").write_text("select 1 from {{ ref('x') }}\n")
    own = "Template(open(os.path.join(HERE, 'sql', 'own.sql')).read()).render(end_date='x')"
    (source / "dag.py").write_text(f"import airflow, os\nfrom jinja2 import Template\nHERE = '.'\n{own}\n")
    result = rewrite_tree(source, target, jobs=1)
    assert (target / "sql/own.sql").read_text() == text
    assert [(f.path, [x.line for x in f.findings]) for f in result.files if f.path.endswith(".sql")] == [
        ("sql/own.sql", [1, 2]),
        ("sql/plain.sql", []),
    ]
    (source / "dag.py").write_text("import airflow\nOurOperator(task_id='a', sql='sql/own.sql')\n")
    rewrite_tree(source, target, jobs=1)
    assert "{{ ds }}" in (target / "sql/own.sql").read_text(), "an operator names it now"


def test_a_callable_that_another_file_imports_keeps_its_keys(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    head = "from airflow.operators.python import PythonOperator\n\n\ndef f(**kwargs):\n"
    (source / "a.py").write_text(
        f"{head}    return kwargs['execution_date']\n\n\nPythonOperator(task_id='a', python_callable=f)\n"
    )
    rewrite_tree(source, target, jobs=1)
    assert "logical_date" in (target / "a.py").read_text()
    (source / "b.py").write_text("import airflow\nfrom dags.a import (\n    f,  # ours\n)\n\nf(execution_date=1)\n")
    rewrite_tree(source, target, jobs=1)
    assert "logical_date" not in (target / "a.py").read_text()
