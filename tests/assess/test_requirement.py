"""What the estate names as a package is a requirement, or a finding; nothing of it is built, whatever it is."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from migrator.assess.examples import FACTS
from migrator.assess.requirement import NoRequirement, line_of, named
from migrator.assess.resolver import NotResolved, Resolved, Resolver, resolve
from migrator.assess.uv import compiled, find_uv, without_wheels
from migrator.inventory import store
from tests.assess.planted import inventory
from tests.evil import source_archive, source_folder, wheel
from tests.workspace.users import migrate

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = {
    ("requests", "==2.31.0"): "requests==2.31.0",
    ("requests", ""): "requests",
    ("requests", "*"): "requests",
    ("celery", "[redis,auth]>=5,<6"): "celery[auth,redis]<6,>=5",
    ("Zope.Interface", " ~= 5.0"): "Zope.Interface~=5.0",
    ("pandas", "==2.*"): "pandas==2.*",
    ("torch", "===2.1.0+cpu"): "torch===2.1.0+cpu",
    ("tomli", "; python_version < '3.11'"): 'tomli ; python_version < "3.11"',
}
HOSTILE = {
    "a second line": ("requests", "==2.31.0\n-e ./evilpkg"),
    "a second line after a return": ("requests", "==2.31.0\r-e ./evilpkg"),
    "a second line of Unicode": ("requests", "==2.31.0\u2028-e ./evilpkg"),
    "a continued line": ("requests", "==2.31.0 \\\n --index-url http://evil"),
    "a file": ("requests", " @ file:///srv/evilpkg"),
    "a folder": ("requests", "@ ./evilpkg"),
    "an address": ("requests", " @ https://evil.example/requests.tar.gz"),
    "a repository": ("requests", "@ git+https://evil.example/requests"),
    "an address and a marker": ("requests", " @ file:///srv/evilpkg ; python_version > '3'"),
    "an option": ("requests", "==2.31.0 --index-url http://evil.example"),
    "an option as the name": ("--index-url", "=http://evil.example"),
    "a short option as the name": ("-e", " ./evilpkg"),
    "another file of requirements": ("-r", " other.txt"),
    "an option for one package": ("requests", "==2.31.0 --config-settings=x=y"),
    "a hash": ("requests", "==2.31.0 --hash=sha256:00"),
    "a path as the name": ("./evilpkg", ""),
    "a path from the root": ("/srv/evilpkg", ""),
    "a path from home": ("~/evilpkg", ""),
    "a Windows path": ("C:\\evilpkg", ""),
    "an address as the name": ("file:///srv/evilpkg", ""),
    "an archive as the name": ("evilpkg.tar.gz", ""),
    "a wheel as the name": ("evilpkg-1.0-py3-none-any.whl", ""),
    "a project file as the name": ("pyproject.toml", ""),
    "extras in the name": ("requests[socks] @ file:///srv/evilpkg", ""),
    "another name": ("requests", "-evil==1.0"),
    "another name after a dot": ("requests", ".evil"),
    "any text as a version": ("requests", "===/srv/evilpkg"),
    "a variable as a version": ("requests", "===${HOME}"),
    "a variable": ("requests", "==${VERSION}"),
    "a comment": ("requests", "==2.31.0 # safe"),
    "a marker of extras": ("requests", "; extra == 'x'"),
    "a marker with a path": ("requests", "; sys_platform == '/srv/evilpkg'"),
    "a marker of an unknown kind": ("requests", "; __import__('os').system('x')"),
    "a version that is none": ("requests", "==; rm -rf /"),
    "an escape": ("requests", "==1.0\x1b[31m"),
    "no name": ("", "==1.0"),
    "a name of letters that look alike": ("requ\u0435sts", ""),
    "a name with a line break": ("requests\n-e ./evilpkg", ""),
    "a name with a break at its end": ("requests\n", ""),
    "a long name": ("a" * 5000, ""),
    "brackets without end": ("requests", "[" * 400),
}


@pytest.mark.parametrize(("given_", "line"), PLAIN.items())
def test_a_requirement_is_written_anew(given_: tuple[str, str], line: str) -> None:
    assert line_of(*given_) == line


@pytest.mark.parametrize("what", HOSTILE)
def test_anything_else_is_none(what: str) -> None:
    found = line_of(*HOSTILE[what])
    assert isinstance(found, NoRequirement)
    assert found.why


@given(st.text(max_size=20), st.text(max_size=40))
def test_a_line_is_one_name_with_versions_whatever_was_given(name: str, spec: str) -> None:
    found = line_of(name, spec)
    if isinstance(found, str):
        read = Requirement(found)
        assert found.isprintable()
        assert canonicalize_name(read.name) == canonicalize_name(name)
        assert read.url is None
        assert found[0].isalnum()


def test_what_is_none_costs_no_other() -> None:
    found = named({"requests": "==2.31.0\n-e .", "six": ""})
    assert found.requirements == {"six": "six"}
    assert [one.name for one in found.refused] == ["requests"]


@pytest.fixture
def index(tmp_path: Path) -> tuple[str, ...]:
    folder = tmp_path / "index"
    folder.mkdir()
    wheel(folder, "apache-airflow", "2.10.5", ("python-nvd3",))
    wheel(folder, "good", "1.0")
    wheel(folder, "leads-there", "1.0", ("evilpkg",))
    wheel(folder, "jinja2", "3.0")
    wheel(folder, "python-slugify", "3.0")
    source_archive(folder, "evilpkg", tmp_path / "BUILT")
    source_archive(folder, "python-nvd3", tmp_path / "BUILT", "0.15.0")
    return "--no-index", f"--find-links={folder}", f"--cache-dir={tmp_path / 'cache'}"


def _resolved(index: tuple[str, ...], packages: dict[str, str]) -> Resolved:
    uv = find_uv()
    assert uv
    found = resolve(packages, {"apache-airflow": "2.10.5"}, Resolver(uv, 60, index))
    assert not isinstance(found, NotResolved), found
    return found


@pytest.mark.parametrize("name", ["evilpkg", "leads-there"])
def test_what_has_no_wheel_is_a_finding_and_is_not_built(tmp_path: Path, index: tuple[str, ...], name: str) -> None:
    found = _resolved(index, {name: "", "good": ""})
    assert name in found.unknown
    assert "evilpkg" in found.unknown[name]
    assert found.pins["good"] == "1.0"
    assert not (tmp_path / "BUILT").exists()


def test_what_only_the_image_has_may_lack_a_wheel_and_is_not_built_either(
    tmp_path: Path, index: tuple[str, ...]
) -> None:
    found = _resolved(index, {"good": ""})
    assert found.pins["python-nvd3"] == "0.15.0"
    assert found.pins["python-slugify"] == "3.0", "what it requires is known from the table"
    assert not (tmp_path / "BUILT").exists()


def test_a_package_of_the_table_needs_a_wheel_when_the_estate_names_it(tmp_path: Path, index: tuple[str, ...]) -> None:
    assert "python-nvd3" in without_wheels()
    found = _resolved(index, {"Python_NVD3": "==0.15.0", "good": ""})
    assert set(found.unknown) | set(found.refused) >= {"Python_NVD3"}
    assert not (tmp_path / "BUILT").exists()


def test_no_file_of_a_folder_steers_it(tmp_path: Path, index: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    estate = tmp_path / "estate"
    evil = source_folder(estate, "evilpkg", tmp_path / "BUILT")
    wheel(evil, "good", "9.9")
    (estate / "uv.toml").write_text(f'find-links = ["{evil}"]\n')
    (estate / "pyproject.toml").write_text(
        f'[project]\nname = "x"\nversion = "1"\n[tool.uv]\nfind-links = ["{evil}"]\n'
    )
    (estate / "pip.conf").write_text(f"[global]\nfind-links = {evil}\n")
    python = estate / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\ntouch {tmp_path / "BUILT"}\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    (estate / ".venv" / "pyvenv.cfg").write_text("home = /usr/bin\n")
    monkeypatch.chdir(estate)
    assert _resolved(index, {"good": ""}).pins["good"] == "1.0"
    assert not (tmp_path / "BUILT").exists()


@pytest.mark.parametrize(
    ("name", "spec"),
    [
        ("requests", "==2.31.0\n-e ./evilpkg"),
        ("evilpkg", " @ file://{folder}"),
        ("./evilpkg", ""),
        ("-e", " ./evilpkg"),
    ],
)
def test_no_command_runs_the_build_that_an_estate_names(tmp_path: Path, name: str, spec: str) -> None:
    marker = tmp_path / "BUILT"
    folder = source_folder(tmp_path, "evilpkg", marker)
    packages = {name: spec.format(folder=folder)}
    facts = replace(FACTS, name="projects/p/locations/europe-west1/environments/e", packages=packages)
    store.save(replace(inventory(), environment=facts), tmp_path / "inventory.json")
    (tmp_path / "dags" / "source").mkdir(parents=True)
    (tmp_path / "migrate.toml").write_text("")
    assessed = migrate(tmp_path, "assess", "--select", "CP219").ended(0)
    assert f"package {name!r} is not taken" in assessed.out
    refused = migrate(tmp_path, "local", "init").ended(2)
    assert "no requirements: 1" in refused.err
    assert "CP219" in refused.err
    refused = migrate(tmp_path, "provision").ended(2)
    assert "no requirements: 1" in refused.err
    assert not marker.exists()
    assert not (tmp_path / "local").exists()
    assert not (tmp_path / "terraform").exists()


def test_a_file_that_builds_when_it_may_shows_what_the_others_would_see(tmp_path: Path) -> None:
    # the packages above are no harmless ones: where building is asked for, they do what they are feared for
    import subprocess

    folder = source_folder(tmp_path, "evilpkg", tmp_path / "BUILT")
    uv = find_uv()
    assert uv
    (tmp_path / "in.txt").write_text(f"-e {folder}\n")
    command = [uv, "pip", "compile", "in.txt", "--quiet", "--no-config", f"--python={sys.executable}"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert (tmp_path / "BUILT").exists()


def test_a_compilation_leaves_nothing_behind(
    tmp_path: Path, index: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    uv = find_uv()
    assert uv
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", None)
    done = compiled(uv, "good\n", ["good"], arguments=index, timeout=60)
    assert done.stdout.endswith("good==1.0\n")
    assert not list((tmp_path / "tmp").iterdir())
