"""``migrate rewrite --compat`` as a user meets it: what is written where, what goes, and what is left alone."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from tests.workspace.users import Ran, migrate_here

QUERY = """\
from airflow.contrib.operators.bigquery_operator import BigQueryOperator


class Ours(BigQueryOperator):
    pass
"""
MENDED = QUERY.replace("airflow.contrib.operators.", "airflow1_compat.")
OWN = "from airflow.operators.bash import BashOperator\n\nBashOperator\n"
MODULES = [
    *("__init__.py", "bigquery_names.py", "bigquery_operator.py", "bigquery_query_job.py", "delegation.py"),
]
MARK = "Written by `migrate rewrite --compat`"


def migrate(folder: Path, *args: str) -> Ran:
    """In that folder, in this process."""
    with contextlib.chdir(folder):
        return migrate_here(Path(), "rewrite", *args)


def written(folder: Path) -> dict[str, str]:
    """Every file of a folder that is there, by its path."""
    return {file.relative_to(folder).as_posix(): file.read_text() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture
def dags(tmp_path: Path) -> Path:
    (tmp_path / "dags" / "team").mkdir(parents=True)
    (tmp_path / "dags" / "team" / "query.py").write_text(QUERY)
    (tmp_path / "dags" / "other.py").write_text(OWN)
    return tmp_path / "dags"


def test_what_nothing_else_mends_comes_from_the_package(dags: Path) -> None:
    done = migrate(dags.parent, "dags", "--compat")
    assert done.code == 0, done
    assert (dags / "team" / "query.py").read_text() == MENDED
    assert sorted(file.name for file in (dags / "airflow1_compat").iterdir()) == MODULES
    assert "dags/team/query.py:1: CM720 " in done.out, done
    assert "BigQueryInsertJobOperator" in done.out, done
    module = (dags / "airflow1_compat" / "bigquery_operator.py").read_text()
    assert "used by team/query.py:1" in module
    assert "BigQueryInsertJobOperator" in module.splitlines()[0]


def test_without_the_option_nothing_of_it_is_written(dags: Path) -> None:
    done = migrate(dags.parent, "dags")
    assert sorted(written(dags)) == ["other.py", "team/query.py"]
    assert (dags / "team" / "query.py").read_text() == QUERY
    assert "CM720" not in done.out, done


def test_a_second_run_changes_nothing(dags: Path) -> None:
    migrate(dags.parent, "dags", "--compat")
    before = written(dags)
    done = migrate(dags.parent, "dags", "--compat")
    assert written(dags) == before
    assert " 0 changed" in done.err, done
    assert migrate(dags.parent, "dags", "--compat", "--check").code == 0


def test_the_package_is_no_code_of_the_estate(dags: Path) -> None:
    migrate(dags.parent, "dags", "--compat")
    before = written(dags)
    done = migrate(dags.parent, "dags", "--unsafe")
    assert written(dags) == before
    assert "airflow1_compat/" not in done.out, done


def test_what_is_no_longer_used_goes(dags: Path) -> None:
    migrate(dags.parent, "dags", "--compat")
    (dags / "team" / "query.py").write_text(OWN)
    done = migrate(dags.parent, "dags", "--compat")
    assert sorted(written(dags)) == ["other.py", "team/query.py"]
    assert not (dags / "airflow1_compat").exists()
    assert " 5 changed" in done.err, done


def test_what_another_file_uses_stays_when_one_is_rewritten(dags: Path) -> None:
    (dags / "more.py").write_text(QUERY)
    migrate(dags.parent, "dags", "--compat")
    (dags / "more.py").write_text(OWN)
    migrate(dags.parent, "dags/more.py", "--compat")
    module = (dags / "airflow1_compat" / "bigquery_operator.py").read_text()
    assert "used by team/query.py:1" in module
    assert "more.py" not in module


def test_a_dry_run_shows_it_and_writes_nothing(dags: Path) -> None:
    done = migrate(dags.parent, "dags", "--compat", "--dry-run")
    assert sorted(written(dags)) == ["other.py", "team/query.py"]
    assert "+class BigQueryOperator(BaseOperator):" in done.out, done
    assert "+++ b/dags/airflow1_compat/bigquery_operator.py" in done.out, done
    assert migrate(dags.parent, "dags", "--compat", "--check").code == 1


def test_a_package_of_that_name_that_is_not_ours_is_never_touched(dags: Path) -> None:
    (dags / "airflow1_compat").mkdir()
    (dags / "airflow1_compat" / "__init__.py").write_text("OURS = 1\n")
    before = written(dags)
    done = migrate(dags.parent, "dags", "--compat")
    assert done.code == 4, done
    assert "airflow1_compat is there" in done.err, done
    assert written(dags) == before
    assert migrate(dags.parent, "dags").code == 0


def test_plugins_share_the_package_of_the_dags_beside(dags: Path) -> None:
    plugins = dags.parent / "plugins"
    plugins.mkdir()
    (plugins / "ours.py").write_text(QUERY)
    (dags / "team" / "query.py").write_text(OWN)
    migrate(dags.parent, "plugins", "--compat")
    assert sorted(file.name for file in (dags / "airflow1_compat").iterdir()) == MODULES
    assert "used by ../plugins/ours.py:1" in (dags / "airflow1_compat" / "bigquery_operator.py").read_text()
    migrate(dags.parent, "dags", "--compat")
    assert sorted(file.name for file in (dags / "airflow1_compat").iterdir()) == MODULES


def test_a_folder_of_another_name_has_it_where_its_own_modules_are_found(tmp_path: Path) -> None:
    below = tmp_path / "src" / "tools" / "operators"
    below.mkdir(parents=True)
    (below / "query.py").write_text(QUERY)
    (tmp_path / "src" / "dag.py").write_text("from tools.operators.query import Ours\n\nOurs\n")
    migrate(tmp_path, "src", "--compat")
    assert sorted(file.name for file in (tmp_path / "src" / "airflow1_compat").iterdir()) == MODULES


def test_the_folder_of_a_package_is_none_that_modules_are_found_in(tmp_path: Path) -> None:
    """A module of the package bears the name of another that is imported."""
    below = tmp_path / "src" / "tools"
    below.mkdir(parents=True)
    (below / "__init__.py").touch()
    (below / "requests.py").touch()
    (below / "query.py").write_text(f"import requests\nimport tools.requests\n{QUERY}\nrequests, tools\n")
    migrate(tmp_path, "src", "--compat")
    assert sorted(file.name for file in (tmp_path / "src" / "airflow1_compat").iterdir()) == MODULES


def test_a_workspace_has_it_in_the_target_alone(tmp_path: Path) -> None:
    source, target = tmp_path / "dags" / "source", tmp_path / "dags" / "target"
    source.mkdir(parents=True)
    (source / "query.py").write_text(QUERY)
    done = migrate(tmp_path, "--compat")
    assert done.code == 0, done
    assert sorted(written(source)) == ["query.py"]
    assert sorted(written(target)) == [*(f"airflow1_compat/{name}" for name in MODULES), "query.py"]
    before = written(target)
    migrate(tmp_path, "--compat")
    assert written(target) == before
    migrate(tmp_path)
    assert sorted(written(target)) == ["query.py"]
    assert (target / "query.py").read_text() == QUERY


def test_a_foreign_package_in_the_source_of_a_workspace_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "dags" / "source"
    (source / "airflow1_compat").mkdir(parents=True)
    (source / "airflow1_compat" / "__init__.py").write_text("OURS = 1\n")
    (source / "query.py").write_text(QUERY)
    assert migrate(tmp_path, "--compat").code == 4
    assert not (tmp_path / "dags" / "target").exists()


def test_an_adapter_goes_where_a_rule_has_a_recipe(dags: Path) -> None:
    """What the package offered is rewritten all the same, when somebody allows it."""
    called = QUERY.partition("class")[0] + "BigQueryOperator(task_id='t', sql='s')\n"
    (dags / "team" / "query.py").write_text(called)
    migrate(dags.parent, "dags", "--compat")
    assert "airflow1_compat" in (dags / "team" / "query.py").read_text()
    migrate(dags.parent, "dags", "--compat", "--unsafe")
    assert "airflow1_compat" not in (dags / "team" / "query.py").read_text()
    assert "BigQueryInsertJobOperator" in (dags / "team" / "query.py").read_text()
    assert not (dags / "airflow1_compat").exists()
