"""What large files cost: the floor and all rules, over files of more and more operators, and over long chains.

``python -m tests.bench.large_files [--rounds N] [--most N]``
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys

from codemods.engine.deep import deep
from codemods.engine.report import Options
from codemods.engine.rewrite import rewrite
from tests.bench.rewrite_speed import parse_and_print, seconds

CHAINS = (500, 1_000, 2_000)
SIZES = (250, 500, 1_000, 2_000)


def operators(count: int) -> bytes:
    """A DAG of so many operators of four kinds, each after the one before it."""
    lines = [
        "from airflow import DAG",
        "from airflow.contrib.operators.bigquery_operator import BigQueryOperator",
        "from airflow.operators.bash_operator import BashOperator",
        "from airflow.operators.python_operator import PythonOperator",
        "",
        "def work(**kwargs):",
        "    return kwargs['execution_date']",
        "",
        "dag = DAG('large', schedule_interval='@daily')",
    ]
    for number in range(count):
        lines += _operator(number)
        lines += [f"t{number - 1} >> t{number}"] if number else []
    return ("\n".join(lines) + "\n").encode()


def _operator(number: int) -> list[str]:
    task = f"task_id='t{number}'"
    match number % 4:
        case 0:
            return [f"t{number} = BashOperator({task}, bash_command='echo {number} {{{{ ds }}}}', dag=dag)"]
        case 1:
            return [f"t{number} = PythonOperator({task}, python_callable=work, provide_context=True, dag=dag)"]
        case 2:
            sql = f"sql{number} = 'select {number}, \"{{{{ execution_date }}}}\"'"
            return [sql, f"t{number} = BigQueryOperator({task}, sql=sql{number}, use_legacy_sql=False, dag=dag)"]
        case _:
            return [f"t{number} = BashOperator({task}, bash_command='echo', xcom_push=True, dag=dag)"]


def chain(length: int) -> bytes:
    """One statement that sets a task before itself so many times; what it means is of no interest here."""
    return operators(1) + b" >> ".join([b"t0"] * length) + b"\n"


def compared(source: bytes, rounds: int) -> tuple[float, float]:
    """The medians of the floor and of all rules, in seconds of processor time."""

    def floor() -> None:
        deep(lambda: parse_and_print([source]))

    pairs = [(seconds(floor), seconds(lambda: rewrite(source, Options(unsafe=True)))) for _ in range(rounds)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def memory(count: int) -> float:
    """MiB at most, of a process that rewrites a file of so many operators."""
    code = f"from tests.bench import large_files as l; print(l.alone({count}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def alone(count: int) -> float:
    """For a process of its own: rewrite, then how much memory that took."""
    rewrite(operators(count), Options(unsafe=True))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--most", type=int, default=20_000)
    chosen = parser.parse_args()
    rewrite(operators(4), Options(unsafe=True))
    print(f"{'':<24}{'floor, s':>10}{'all rules, s':>14}{'x floor':>9}")
    for count in SIZES:
        floor, ours = compared(operators(count), chosen.rounds)
        print(f"{count:>6} operators{'':<8}{floor:>10.2f}{ours:>14.2f}{ours / floor:>9.2f}")
    for length in CHAINS:
        floor, ours = compared(chain(length), 1)
        print(f"a chain of {length:>5}{'':<8}{floor:>10.2f}{ours:>14.2f}{ours / floor:>9.2f}")
    print(f"{chosen.most} operators: {memory(chosen.most):.0f} MiB at most")


if __name__ == "__main__":
    main()
