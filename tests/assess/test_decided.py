"""Which packages the target will have: the source's, and what somebody decided in their place."""

from __future__ import annotations

from migrator.assess.decided import decided, installable, names_of

SOURCE = {"Acme_Core": ">=1", "enum34": "", "plain": "*"}


def test_without_a_decision_the_source_s_come_along() -> None:
    assert decided(SOURCE, {}) == SOURCE
    assert installable(SOURCE, {}) == {"Acme_Core": ">=1", "plain": ""}


def test_a_decision_counts_for_every_spelling_of_a_name() -> None:
    assert installable(SOURCE, {"acme-core": "==2"}) == {"acme-core": "==2", "plain": ""}
    assert decided(SOURCE, {"acme.core": "-", "Plain": " - "}) == {"enum34": ""}


def test_what_somebody_chose_is_installed_though_it_is_gone() -> None:
    assert installable(SOURCE, {"enum34": "==1.1.10"})["enum34"] == "==1.1.10"


def test_names_are_those_of_an_index() -> None:
    assert names_of({"Apache_Airflow.Providers-Docker": "[x]>=3", "left": "-"}) == {"apache-airflow-providers-docker"}
