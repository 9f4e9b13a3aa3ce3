"""The real resolver, uv, over a small index of wheels made here."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from codemods.profiles import load
from migrator.assess.gather import packages_of
from migrator.assess.remembered import DAY, remembered
from migrator.assess.resolver import NotResolved, Resolution, Resolved, Resolver, resolve
from migrator.assess.uv import find_uv
from tests.assess.planted import inventory
from tests.evil import wheel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

IMAGE = {"apache-airflow": "2.10.5", "provider": "3.0"}
WHEELS = (
    ("apache-airflow", "2.10.5", ("frame>=2",)),
    ("provider", "3.0", ()),
    ("provider", "2.0", ()),
    ("frame", "1.0", ()),
    ("frame", "2.1", ()),
    ("left", "1.0", ("shared<2",)),
    ("right", "1.0", ("shared>=2",)),
    ("shared", "1.0", ()),
    ("shared", "2.0", ()),
    ("extra", "1.0", ()),
)


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Resolution]:
    folder = tmp_path_factory.mktemp("index")
    for one in WHEELS:
        wheel(folder, *one)
    uv = find_uv()
    assert uv, "uv is a development dependency"
    arguments = ("--no-index", "--find-links", str(folder), "--cache-dir", str(tmp_path_factory.mktemp("cache")))
    return lambda deadline=60, **packages: resolve(packages, IMAGE, Resolver(uv, deadline, arguments))


def test_packages_that_fit_are_pinned(ask: Callable[..., Resolution]) -> None:
    found = ask(extra="==1.0", frame="*")
    assert isinstance(found, Resolved)
    assert found.pins["extra"] == "1.0"
    assert found.pins["frame"] == "2.1"
    assert not (found.refused)
    assert not (found.unknown)
    assert not (found.together)


def test_a_package_that_the_image_excludes_is_named_with_the_reason(ask: Callable[..., Resolution]) -> None:
    found = ask(frame="==1.0", extra="")
    assert isinstance(found, Resolved)
    assert set(found.refused) == {"frame"}
    assert "frame>=2 and you require apache-airflow==2.10.5" in found.refused["frame"]
    assert found.pins["extra"] == "1.0", "the others are pinned all the same"


def test_two_that_fit_alone_do_not_fit_together(ask: Callable[..., Resolution]) -> None:
    found = ask(left="", right="")
    assert isinstance(found, Resolved)
    assert not found.refused
    assert "shared" in found.together


def test_a_provider_of_the_image_may_be_another_version(ask: Callable[..., Resolution]) -> None:
    found = ask(provider="==2.0")
    assert isinstance(found, Resolved)
    assert found.pins["provider"] == "2.0"


def test_a_package_that_no_index_has_is_not_called_a_conflict(ask: Callable[..., Resolution]) -> None:
    found = ask(acme="==1.0", extra="")
    assert isinstance(found, Resolved)
    assert set(found.unknown) == {"acme"}
    assert not found.refused


def test_a_deadline_ends_it(ask: Callable[..., Resolution]) -> None:
    found = ask(deadline=0.001, extra="")
    assert isinstance(found, NotResolved)
    assert "did not end" in found.why


def test_an_index_that_does_not_answer_is_said_clearly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    uv = find_uv()
    assert uv
    arguments = ("--index-url", "http://127.0.0.1:9/simple", "--no-cache")
    found = resolve({"extra": ""}, IMAGE, Resolver(uv, 60, arguments))
    assert isinstance(found, NotResolved)
    assert "Failed to fetch: http://127.0.0.1:9/" in found.why


def test_a_token_in_the_url_of_an_index_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    uv = find_uv()
    assert uv
    arguments = ("--index-url", "http://127.0.0.1:9/k/sig=hunter2", "--no-cache")
    found = resolve({"extra": ""}, IMAGE, Resolver(uv, 60, arguments))
    assert isinstance(found, NotResolved)
    assert "Failed to fetch" in found.why
    assert "hunter2" not in found.why


def test_a_failure_of_uv_itself_is_no_conflict() -> None:
    uv = find_uv()
    assert uv
    found = resolve({"extra": ""}, IMAGE, Resolver(uv, 60, ("--no-such-option",)))
    assert isinstance(found, NotResolved)
    assert "--no-such-option" in found.why


def test_no_seconds_ask_nothing(tmp_path: Path) -> None:
    found = packages_of(inventory().environment.packages, load(), deadline=0, arguments=(), cache=tmp_path, now=0)
    assert found == NotResolved("--resolve-seconds is 0", "give it some seconds")


def test_an_answer_is_remembered_for_a_day_and_a_failure_is_not(tmp_path: Path) -> None:
    answers: list[Resolution] = [NotResolved("later", "now"), Resolved(refused={"a": "b"}), Resolved()]
    said = [remembered(tmp_path, "k", time.time(), lambda: answers.pop(0)) for _ in range(3)]
    assert said == [NotResolved("later", "now"), Resolved(refused={"a": "b"}), Resolved(refused={"a": "b"})]
    assert remembered(tmp_path, "k", time.time() + DAY + 60, lambda: answers.pop(0)) == Resolved()
    (tmp_path / "k.json").write_text("not JSON")
    assert remembered(tmp_path, "k", time.time(), lambda: Resolved(together="x")) == Resolved(together="x")
