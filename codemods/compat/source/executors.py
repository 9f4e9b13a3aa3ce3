"""The executor that the environment is configured for, as Airflow 1.10 offered it."""

from __future__ import annotations

from typing import Any

from airflow.executors.executor_loader import ExecutorLoader


def get_default_executor() -> Any:
    """The executor of the configuration."""
    return ExecutorLoader.get_default_executor()
