"""Runs inside a real Airflow: loads the agent and executes what comes in on stdin, one JSON object a line."""

import importlib.util
import json
import os
import sys
import traceback

sys.path.pop(0)  # the folder of the tests, whose modules would hide those that Airflow imports
AGENT = sys.argv[1]
out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # whatever Airflow prints goes to stderr

import airflow  # noqa: E402, F401 - configures logging and the database
from airflow.models import DagBag  # noqa: E402

spec = importlib.util.spec_from_file_location("migrate_agent", AGENT)
agent = importlib.util.module_from_spec(spec)
spec.loader.exec_module(agent)


def parse(path):
    """Do what the scheduler's parser does with a file."""
    bag = DagBag(path, include_examples=False)
    if agent.AIRFLOW_1:
        for dag in bag.dags.values():
            if not dag.is_subdag:
                dag.sync_to_db()
    else:
        bag.sync_to_db()
    return sorted(bag.dags)


for line in sys.stdin:
    order = json.loads(line)
    scope = {"agent": agent, "parse": parse, "values": order["values"], "result": None}
    try:
        exec(order["code"], scope)
        reply = {"result": scope["result"]}
    except (Exception, SystemExit):  # noqa: BLE001 - whatever it was, the test is told
        reply = {"error": traceback.format_exc()}
    out.write(json.dumps(reply) + "\n")
    out.flush()
