"""Runs with the Python of an Airflow: says which DAGs are on in both databases at once, until its input is closed."""

import contextlib
import select
import sys
import time

import psycopg2

ON = "SELECT dag_id FROM dag WHERE NOT is_paused AND is_active AND dag_id LIKE %s"


def connect(url):
    connection = psycopg2.connect(url)
    connection.autocommit = True
    return connection


def on(connection, pattern):
    with connection.cursor() as cursor:
        cursor.execute(ON, (pattern,))
        return {dag_id for (dag_id,) in cursor}


def look(urls, pattern, told):
    """The first is read before and after the second, so that a DAG that just moves is not taken for one that is on."""
    with contextlib.closing(connect(urls[0])) as v1, contextlib.closing(connect(urls[1])) as v2:
        while not select.select([sys.stdin], [], [], 0.1)[0]:
            before, there, after = on(v1, pattern), on(v2, pattern), on(v1, pattern)
            for dag_id in sorted((before & there & after) - told):
                told.add(dag_id)
                print(f"{dag_id} is on in both", flush=True)
            told.looks += 1


class Told(set):
    looks = 0


found = Told()
while not select.select([sys.stdin], [], [], 0)[0]:
    try:
        look(sys.argv[1:3], sys.argv[3], found)
    except psycopg2.OperationalError:  # the server is restarted
        time.sleep(0.5)
print(f"looked {found.looks} times", flush=True)
