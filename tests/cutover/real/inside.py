"""Runs inside a real Airflow, 1.10 or 2.10: the intervals of each schedule as its scheduler goes from run to run.

Schedules come as JSON on stdin, and for each its intervals go out, as pairs of moments. No database: these are the
questions that the scheduler asks of a DAG, with what the database would have answered.
"""

import datetime as dt
import json
import sys

import airflow
import pendulum
from airflow import DAG
from dateutil.relativedelta import relativedelta

try:
    from airflow.operators.empty import EmptyOperator
except ImportError:
    from airflow.operators.dummy_operator import DummyOperator as EmptyOperator

UTC = pendulum.timezone("UTC")


def utc(moment):
    """As it comes back from the database."""
    return pendulum.instance(moment).in_timezone("UTC")


def dag_of(given):
    """A DAG with catchup, of one task, that begins at the given moment in its own time zone."""
    values = {
        "delta": lambda: dt.timedelta(**given["length"]),
        "relativedelta": lambda: relativedelta(**given["length"]),
    }
    schedule = values.get(given["kind"], lambda: given["expression"])()
    start = pendulum.parse(given["start"]).in_timezone(given["timezone"])
    dag = DAG("one", schedule_interval=schedule, start_date=start, catchup=True)
    EmptyOperator(task_id="work", dag=dag)
    return dag


def intervals_1(dag):
    """As ``SchedulerJob.create_dag_run`` of 1.10 asks for them."""
    start = utc(dag.normalize_schedule(min(task.start_date for task in dag.tasks)))
    if dag.schedule_interval == "@once":
        yield start, start
        return
    while True:
        end = utc(dag.following_schedule(start))
        yield start, end
        start = end


def intervals_2(dag):
    """As ``DagModel.calculate_dagrun_date_fields`` of 2.10 asks for them.

    Where a clock changes by half an hour, an hourly schedule of 2.10.5 comes back to an interval that it had: it stops.
    """
    from airflow.timetables.base import DataInterval

    last = ended = None
    while True:
        info = dag.next_dagrun_info(last, restricted=True)
        if info is None:
            return
        last = DataInterval(utc(info.data_interval.start), utc(info.data_interval.end))
        assert (last.start, last.end) == (utc(info.logical_date), utc(info.run_after))
        if ended is not None and last.end <= ended:
            return
        ended = last.end
        yield last.start, last.end


def taken(given):
    """The intervals that ended when it is ``until``."""
    until, found = pendulum.parse(given["until"]), []
    for start, end in (intervals_1 if airflow.__version__.startswith("1.") else intervals_2)(dag_of(given)):
        if end > until:
            break
        found.append([moment.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00") for moment in (start, end)])
    return found


json.dump([taken(given) for given in json.load(sys.stdin)], sys.stdout)
