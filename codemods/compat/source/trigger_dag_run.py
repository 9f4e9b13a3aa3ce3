"""``TriggerDagRunOperator`` with the ``python_callable`` of Airflow 1.10, by the target's ``TriggerDagRunOperator``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.operators import trigger_dagrun
from airflow.utils import timezone

from airflow1_compat.dag_run_order import DagRunOrder

if TYPE_CHECKING:
    from collections.abc import Callable


class TriggerDagRunOperator(trigger_dagrun.TriggerDagRunOperator):
    """Trigger a run as the callable orders it; none where it returns nothing."""

    def __init__(
        self, *, python_callable: Callable[[Any, DagRunOrder], DagRunOrder | None] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.python_callable = python_callable

    def execute(self, context: dict[str, Any]) -> None:
        """Ask the callable, and trigger the run."""
        if self.python_callable is not None:
            date = self.logical_date if self.logical_date is not None else timezone.utcnow().isoformat()
            order = self.python_callable(context, DagRunOrder(run_id=f"trig__{date}"))
            if not order:
                self.log.info("Criteria not met, moving on")
                return
            self.trigger_run_id, self.conf = order.run_id, order.payload
        super().execute(context)
