"""Plugins of 1.10: what they added is imported from where it is defined."""

from __future__ import annotations

import pytest

from codemods.engine.plugins import find_plugins
from codemods.engine.report import Options
from codemods.engine.rewrite import rewrite

PLUGIN = b"""
from airflow.plugins_manager import AirflowPlugin
from our_operators.load import LoadOperator as Load, CheckOperator
from .hooks import OurHook
import our_sensors

class Here: ...

class OurPlugin(AirflowPlugin):
    name = "our_plugin"
    operators = [Load, CheckOperator, Here, our_sensors.Wait]
    hooks = (OurHook,)
    macros = more
"""
KNOWN = {
    "airflow.operators.our_plugin.Load": "our_operators.load.LoadOperator",
    "airflow.operators.our_plugin.CheckOperator": "our_operators.load.CheckOperator",
    "airflow.operators.our_plugin.Here": "ours.plugin.Here",
    "airflow.operators.our_plugin.Wait": "our_sensors.Wait",
    "airflow.hooks.our_plugin.OurHook": "ours.hooks.OurHook",
    "airflow.operators.Load": "our_operators.load.LoadOperator",
    "airflow.operators.CheckOperator": "our_operators.load.CheckOperator",
    "airflow.operators.Here": "ours.plugin.Here",
    "airflow.operators.Wait": "our_sensors.Wait",
    "airflow.hooks.OurHook": "ours.hooks.OurHook",
}


def test_what_a_plugin_adds() -> None:
    assert find_plugins({"ours/plugin.py": PLUGIN, "other.py": b"x = 1", "old.py": b"print 'AirflowPlugin'"}) == KNOWN


@pytest.mark.parametrize(
    "source",
    [
        b"class A(AirflowPlugin):\n    operators = [B]\n",
        b"class A(AirflowPlugin):\n    name = x\n    operators = [A]\n",
    ],
)
def test_a_plugin_that_does_not_say_its_name_adds_nothing(source: bytes) -> None:
    assert find_plugins({"a.py": source}) == {}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "from airflow.operators.our_plugin import CheckOperator  # ours\n",
            "from our_operators.load import CheckOperator  # ours\n",
        ),
        (
            "from airflow.operators import our_plugin\n\nour_plugin.CheckOperator()\n",
            "from our_operators import load\n\nload.CheckOperator()\n",
        ),
        (
            "from airflow.hooks.our_plugin import OurHook\nfrom airflow.hooks.base_hook import BaseHook\n",
            "from ours.hooks import OurHook\nfrom airflow.hooks.base import BaseHook\n",
        ),
        (
            "from airflow.operators import BashOperator, Here\n",
            "from airflow.operators.bash import BashOperator\nfrom ours.plugin import Here\n",
        ),
        ("from airflow.operators.other_plugin import X\n", None),
    ],
)
def test_imports_of_it_move(before: str, after: str | None) -> None:
    result = rewrite(before.encode(), Options(plugins=frozenset(KNOWN.items())))
    assert result.source.decode() == (after or before)
    assert [finding.code for finding in result.findings] == ([] if after else ["CM102"])
    again = rewrite(result.source, Options(plugins=frozenset(KNOWN.items())))
    assert again.source == result.source
