"""Whatever a file's code does, it is one finding: nothing of it gets large, and the other files are read."""

from __future__ import annotations

import textwrap
import tracemalloc

import pytest

from migrator.inventory.static.describe import Defaults
from migrator.inventory.static.gate import MOST_ITEMS, MOST_TEXT
from migrator.inventory.static.read import read_dags

HEAD = """\
from datetime import date, datetime, timedelta
from airflow import DAG
from airflow.operators.dummy_operator import DummyOperator
"""
GOOD = HEAD + 'good = DAG("good", schedule_interval="@daily", start_date=datetime(2024, 1, 1))\n'
MOST_PEAK = 120 << 20


def read(bad, **others):
    content = bad if isinstance(bad, bytes) else (HEAD + textwrap.dedent(bad)).encode()
    files = {"dags/bad.py": content, "dags/good.py": GOOD.encode()}
    files |= {f"dags/{name}.py": text.encode() for name, text in others.items()}
    found = read_dags(files, files.__getitem__, Defaults())
    assert next(dag for dag in found.dags if dag.dag_id == "good").unknown == ("paused",)
    return found


def measured(bad):
    """The same, in little memory."""
    tracemalloc.start()
    try:
        found = read(bad)
        assert tracemalloc.get_traced_memory()[1] < MOST_PEAK
    finally:
        tracemalloc.stop()
    return found


def doubling(step, times=60, start="'xxxxxxxx'"):
    return f"x = {start}\n" + f"{step}\n" * times


FAILS = {
    "an empty separator": "x = 'abc'.split('')",
    "a day that the month has not": "x = datetime(2020, 1, 31).replace(month=2)",
    "a month that there is not": "x = datetime(2020, 13, 1)",
    "a number too long to print": f"x = f'{{0x{'f' * 5000}}}'",
    "a text that is no number": "x = int('many')",
    "too many digits": f"x = int('9' + '{'9' * 5000}')",
    "a division by nothing": "x = 1 / 0",
    "whole division of a delta by nothing": "x = timedelta(1) // 0",
    "a product too large for a float": f"x = 0x{'f' * 250} * 1.5",
    "a quotient too large for a float": f"x = 0x{'f' * 300} / 0x1",
    "a product that grows": "x = 3\nfor i in range(40):\n    x = x * x",
    "a delta out of range": "x = timedelta(days=10 ** 9) + timedelta(days=999999999) + timedelta(days=999999999)",
    "a huge delta": "x = timedelta(weeks=1e300)",
    "a delta of no number": "x = timedelta(1) * (1e308 * 10 - 1e308 * 10)",
    "a date before the first": "x = datetime(1, 1, 1) - timedelta(days=1)",
    "aware and naive": "import pytz\nx = datetime(2020, 1, 1, tzinfo=pytz.utc) - datetime(2020, 1, 1)",
    "a format without its key": "x = '{name}'.format(other=1)",
    "a format without its place": "x = '{5}'.format(1)",
    "a place of many digits": f"x = '{{{'9' * 50}}}'.format(1)",
    "attributes in a format": "x = '{0.__class__}'.format('a')",
    "elements in a format": "x = '{0[0]}'.format('a')",
    "a width in a format": "x = '{:>999999999}'.format('a')",
    "a width that is given": "x = '{:{}}'.format('a', 999999999)",
    "a width in an f-string": "x = f'{1:999999999d}'",
    "a nested width in an f-string": "w = 999999999\nx = f'{1:{w}}'",
    "a width of per cent": "x = '%999999999d' % 1",
    "a width that per cent is given": "x = '%*d' % (999999999, 1)",
    "a precision of per cent": "x = '%.999999999f' % 1.0",
    "per cent without enough values": "x = '%s %s' % ('a',)",
    "per cent of a text as a number": "x = '%d' % 'a'",
    "per cent of a list by names": "x = '%(a)s' % ['a']",
    "the whole dictionary as text": "x = '%s' % {'a': 1}",
    "a repeated text": "x = 'x' * 10 ** 10",
    "a repeated list": "x = [0] * 10 ** 10",
    "a text repeated by a literal": "x = 'x' * 10000000000",
    "a power": "x = 10 ** 10 ** 10",
    "a shift": "x = 1 << 10 ** 10",
    "a shift of a literal": "x = 1 << 10000000000",
    "a long range": "x = list(range(10000000000))",
    "a range beyond any size": f"x = range(0x{'f' * 100})",
    "operands that do not fit": "x = 'a' + 1\ny = [] - {}\nz = {} // None",
    "a key that is a list": "x = {}\nx[[]] = 1\ny = {[]: 1}\nz = dict([([], 1)])",
    "pairs that are none": "x = dict(['abc'])\ny = dict([1])",
    "sorted things of two kinds": "x = sorted(['a', 1, None])",
    "a sum of texts and lists": "x = 'a' + ['b']",
    "a zone that is a folder": "import pendulum\nx = pendulum.timezone('America')",
    "a zone outside": "import pendulum\nx = pendulum.timezone('../../../etc/passwd')",
    "a zone that no file can have": f"import pendulum\nx = pendulum.timezone('{'x' * 5000}')",
    "a zone with a null": "import pendulum\nx = pendulum.timezone('U\\0TC')",
    "a zone without Unicode": "import pendulum\nx = pendulum.timezone('\\ud800')",
    "a date form twice": "x = datetime.strptime('1', '%d%d')",
    "a date form that backtracks": f"x = datetime.strptime('{'1' * 500}', '{'%f %j ' * 50}')",
    "a date form that ends early": "x = datetime.strptime('1', '%')",
    "a generator that is awaited": "x = (await y for y in z)",
    "an iterable of a number": "x = list(5)\ny = tuple(None)\nz = zip(1, 2)\nfor i in 5:\n    pass",
    "an argument too many": "x = len()\ny = len(1, 2)\nz = dict(1, 2)",
    "an argument twice": "x = timedelta(1, days=1)",
    "a complex number": "x = 1j + 2\ny = ... + 1",
    "a function that calls itself": "def f(x):\n    return f(x + 1)\nx = f(1)",
    "a lambda that calls itself": "f = lambda: f() or f()\nx = f()",
    "itself unpacked": "a, *b = a, a",
}


@pytest.mark.parametrize("source", FAILS.values(), ids=FAILS)
def test_what_cannot_be_done_is_unknown(source):
    found = read(f"{source}\ndag = DAG('bad', description=x, tags=[x], schedule_interval='@daily')\n")
    (bad,) = [dag for dag in found.dags if dag.dag_id == "bad"]
    assert {"description", "tags"} <= set(bad.unknown)
    assert (bad.description, bad.tags, str(bad.schedule)) == (None, (), "0 0 * * *")
    assert not found.broken


GROWS = {
    "per cent": doubling("x = '%s%s' % (x, x)"),
    "per cent by names": doubling("x = '%(a)s%(a)s' % {'a': x}"),
    "a format": doubling("x = '{}{}'.format(x, x)"),
    "a format by places": doubling("x = '{0}{0}'.format(x)"),
    "a format by names": doubling("x = '{a}{a}'.format(a=x)"),
    "an f-string": doubling("x = f'{x}{x}'"),
    "a sum": doubling("x = x + x"),
    "a sum in place": doubling("x += x"),
    "a join": doubling("x = ''.join([x, x])"),
    "a join by itself": doubling("x = x.join([x, x])"),
    "a replacement": doubling("x = x.replace('x', 'xx')"),
    "a replacement of nothing": doubling("x = x.replace('', x)"),
    "a list in a list": doubling("x = [*x, *x]", start="[1]"),
    "a list and a list": doubling("x = x + x", start="[1]"),
    "a list in place": doubling("x += x", start="[1]"),
    "a list by itself": doubling("x.extend(x)", start="[1]"),
    "a tuple": doubling("x = x + x", start="(1,)"),
    "pairs": doubling("x = list(zip(x, x)) + list(x)", start="[1]"),
    "an integer": doubling("x = x * x", start="12345678"),
    "arguments": "def f(*x):\n    return x\n" + doubling("x = f(*x, *x)", start="(1,)"),
    "items of a text": doubling("x = list(x + x)", times=1, start="'x' * 1\nx = '" + "x" * 15_000 + "'"),
    "words": "x = ('" + "a " * 9_000 + "').split()",
}


@pytest.mark.parametrize("source", GROWS.values(), ids=GROWS)
def test_what_grows_is_unknown_from_the_line_where_it_is_too_large(source):
    found = measured(f"{source}\ndag = DAG('bad', description=x, tags=x, schedule_interval='@daily')\n")
    (bad,) = [dag for dag in found.dags if dag.dag_id == "bad"]
    assert {"description", "tags"} <= set(bad.unknown)
    (warning,) = [one for one in found.warnings if one.startswith("bad.py line ")]
    assert warning.endswith("; what comes of it is unknown")
    assert HEAD.count("\n") < int(warning.split()[2].rstrip(":")) <= HEAD.count("\n") + source.count("\n") + 1


SHARED = "x = ['a']\n" + "x = [x, x]\n" * 60
PAIRS = "x = dict(zip(range(2000), range(2000)))\n"
NESTED = {
    "a list in itself": "x = ['a']\nx.append(x)\nx.append(x)",
    "a list twice in a list": SHARED,
    "a tuple twice in a tuple": "x = ('a',)\n" + "x = (x, x)\n" * 60,
    "a dictionary twice in one": "x = {}\n" + "x = {'a': x, 'b': x}\n" * 60,
    "a list deep in lists": "x = ['a']\nfor i in range(2000):\n    x = [x]",
    "a tuple deep in tuples": "x = ('a',)\nfor i in range(2000):\n    x = (x,)",
    "methods of methods": "x = [1]\nfor i in range(2000):\n    x = x.y",
    "functions that keep functions": "x = 1\nf = lambda y: lambda: y\nfor i in range(2000):\n    x = f(x)",
}
USES = """
from copy import deepcopy
from airflow.models.baseoperator import chain
from company import something
copy = deepcopy(x)
y = {x: 1}
y[x] = 2
z = y[x]
same = x == copy
inside = x in [copy]
ordered = sorted([x, copy])
printed = f"{x}" + "%s" % x + str(x)
if x:
    pass
if not x:
    pass
with DAG("bad", tags=x, default_args=x, params=x, schedule_interval="@daily") as dag:
    one = DummyOperator(task_id="one", retries=x)
    x >> one
    one >> x
    chain(one, x, one)
    DummyOperator(task_id="sub", subdag=x)
something(x)
"""


@pytest.mark.parametrize("source", NESTED.values(), ids=NESTED)
def test_values_in_values_cost_no_more_than_they_are(source):
    found = read(source + USES)
    assert not found.broken
    (bad,) = [dag for dag in found.dags if dag.dag_id == "bad"]
    assert {"tags", "edges", "tasks.retries"} <= set(bad.unknown)


MUCH = {
    "functions that call each other": "def f():\n    return g()\ndef g():\n    return f() + g() + f()\nx = f()",
    "a list of lists": "x = list(range(2000))\n" + "y = [[*x] for _ in x]\n" * 20,
    "a list of dictionaries": PAIRS + "y = [dict(x) for _ in range(2000)]",
    "pairs of a dictionary": PAIRS + "y = [x.items() for _ in range(2000)]",
    "texts": f"x = '{'x' * 19_000}'\ny = [[x + str(i) + str(j) for i in range(2000)] for j in range(9)]",
    "names of modules": "import a\ny = []\nfor j in range(100):\n    for i in range(490):\n        a = a.b\n"
    "        y.append(a)\n    import a\n",
    "edges": "with DAG('bad') as dag:\n    x = [DummyOperator(task_id=f't{i}') for i in range(1500)]\n    x >> [*x]",
    "tags": f"x = ['{'x' * 9_000}' + str(i) for i in range(2000)]\n"
    "for i in range(200):\n    globals()[f'd{i}'] = DAG(f'd{i}', tags=x)",
    "descriptions of many": f"x = '{'x' * 19_000}'\n"
    "for i in range(2000):\n    globals()[f'd{i}'] = DAG(f'd{i}', description=x)",
    "arguments of tasks": "x = dict(zip(['a' + str(i) for i in range(1999)], range(1999)))\n"
    "with DAG('bad') as dag:\n    for j in range(2000):\n        DummyOperator(task_id=f't{j}', **x)",
    "loops in loops": "for i in range(2000):\n    for j in range(2000):\n        x = i",
    "copies of a list of lists": "from copy import deepcopy\n"
    "x = [list(range(200)) for i in range(100)]\ny = [deepcopy(x) for _ in range(2000)]",
    "a long strip": f"x = '{'ab' * 9_000}'\ny = [x.strip(x) for _ in range(2000)]",
    "functions with much in them": f"def f():\n    return 1\n    x = [{'1, ' * 30_000}]\n"
    "z = [[f() for _ in range(2000)] for _ in range(2000)]",
}


@pytest.mark.parametrize("source", MUCH.values(), ids=MUCH)
def test_a_file_that_does_too_much_is_named_with_its_line(source):
    found = measured(source)
    (bad,) = [one for one in found.unlisted if one.file == "bad.py"]
    assert bad.why == "its code does more than is followed"
    assert HEAD.count("\n") < bad.line <= HEAD.count("\n") + source.count("\n") + 1
    assert [dag.dag_id for dag in found.dags] == ["good"]


def chained(join, times=5_000, part="'a'"):
    return "x = " + join.join([part] * times)


DEEP = {
    "parentheses": "x = " + "(" * 10_000 + ")" * 10_000,
    "brackets": "x = " + "[" * 10_000 + "]" * 10_000,
    "a sum": chained(" + "),
    "a shorter sum": chained(" + ", 900),
    "powers": chained("**", part="1"),
    "comparisons": chained(" < "),
    "minus signs": "x = " + "-" * 10_000 + "1",
    "fewer minus signs": "x = " + "-" * 900 + "1",
    "negations": "x = " + "not " * 10_000 + "1",
    "attributes": "x = a" + ".b" * 10_000,
    "fewer attributes": "x = a" + ".b" * 900,
    "calls": "x = a" + "()" * 10_000,
    "fewer calls": "x = datetime" + "()" * 700,
    "subscripts": "x = a" + "[0]" * 700,
    "lambdas": "x = " + "lambda: " * 700 + "1",
    "choices": "x = " + "1 if 1 else " * 700 + "1",
    "branches": "x = 1\nif x == 2:\n    pass\n" + "elif x == 3:\n    pass\n" * 900,
    "loops": "".join(" " * i + f"for x{i} in [1]:\n" for i in range(60)) + " " * 60 + "y = 1",
    "blocks": "".join(" " * i + f"if {i} == {i}:\n" for i in range(95)) + " " * 95 + "y = 1",
    "functions in functions": "".join(" " * i + f"def f{i}():\n" for i in range(90)) + " " * 90 + "pass\nf0()",
    "functions that name the next": "".join(f"def f{i}():\n    f{i + 1}()\n" for i in range(900))
    + "if f0():\n    f0()",
    "classes on classes": "class C0: pass\n" + "".join(f"class C{i + 1}(C{i}, C{i}): pass\n" for i in range(200)),
    "classes on two": "class A0: pass\nclass B0: pass\n"
    + "".join(f"class A{i + 1}(A{i}, B{i}): pass\nclass B{i + 1}(A{i}, B{i}): pass\n" for i in range(60)),
    "quotes in quotes": "x = " + "f'{" * 120 + "1" + "}'" * 120,
}


@pytest.mark.parametrize("source", DEEP.values(), ids=DEEP)
def test_code_that_is_deep_or_long_is_at_most_one_finding(source):
    found = read(source + "\ndag = DAG('bad', schedule_interval='@daily')\n")
    named = [one for one in (*found.broken, *found.unlisted) if one.file == "bad.py"]
    assert len(named) == 1 or (not named and [dag.dag_id for dag in found.dags] == ["bad", "good"])


def test_a_long_chain_of_tasks_is_followed():
    names = [f"t{index}" for index in range(600)]
    lines = [f"{name} = DummyOperator(task_id='{name}')" for name in names]
    source = "with DAG('bad', schedule_interval='@daily') as dag:\n"
    found = read(source + textwrap.indent("\n".join([*lines, " >> ".join(names)]), "    "))
    (bad,) = [dag for dag in found.dags if dag.dag_id == "bad"]
    assert bad.unknown == ("paused",)
    assert sum(len(task.downstream) for task in bad.tasks) == 599


BYTES = {
    "a null": b"import airflow\ndag = '\0'",
    "no UTF-8": b"import airflow\ndag = '\xff\xfe'",
    "half a BOM": b"\xef\xbbimport airflow # dag",
    "a BOM and another encoding": b"\xef\xbb\xbf# coding: latin-1\nimport airflow # dag",
    "an encoding that there is not": b"# coding: nonsense\nimport airflow # dag",
    "an encoding of bytes": b"# coding: zlib\nimport airflow # dag",
    "an encoding that refuses": b"# coding: undefined\nimport airflow # dag",
    "an encoding of host names": b"# coding: idna\nimport airflow # dag \xff" + b"a" * 5_000,
    "an encoding of escapes": b"# coding: unicode_escape\nimport airflow # dag \\ud800 \\x",
    "nothing but a mark": b"\xff\xfeairflow dag",
    "an integer of many digits": b"import airflow # dag\nx = " + b"9" * 5_000,
    "a bad escape": b"import airflow # dag\nx = '\\N{nothing}'",
    "a million names": b"import airflow # dag\n" + b"a;" * 450_000,
    "many megabytes": b"import airflow # dag\nx = '" + b"a" * 3_000_000 + b"'",
}


@pytest.mark.parametrize("content", BYTES.values(), ids=BYTES)
def test_bytes_that_are_no_code_are_one_finding(content):
    found = read(content)
    (bad,) = [one for one in (*found.broken, *found.unlisted) if one.file == "bad.py"]
    assert [dag.dag_id for dag in found.dags] == ["good"]
    assert len(str(bad)) < 400


@pytest.mark.parametrize(
    "error", [PermissionError(13, "Permission denied"), IsADirectoryError(21, "Is a directory"), MemoryError()]
)
def test_a_file_that_cannot_be_read_is_one_finding(error):
    def read_one(path):
        if path == "dags/bad.py":
            raise error
        return GOOD.encode()

    found = read_dags(["dags/bad.py", "dags/good.py"], read_one, Defaults())
    assert [(one.file, one.line) for one in found.unlisted] == [("bad.py", 0)]
    assert [dag.dag_id for dag in found.dags] == ["good"]


def test_a_bad_helper_leaves_what_imports_it_unknown_and_no_more():
    helper = "x = 'x'\n" + "x = x + x\n" * 40
    found = read("from helper import x\ndag = DAG('bad', description=x)\n", helper=helper, other="(" * 10_000)
    assert [dag.dag_id for dag in found.dags] == ["bad", "good"]
    (warning,) = found.warnings
    assert warning.startswith("helper.py line ")


def test_helpers_that_import_each_other_for_long():
    helpers = {f"h{i}": f"import airflow # dag\nfrom h{i + 1} import x\n" for i in range(150)}
    found = read("from h0 import x\ndag = DAG('bad', description=x)\n", **helpers)
    assert "description" in next(dag for dag in found.dags if dag.dag_id == "bad").unknown


VALUES = {
    "catchup='no way'": "catchup",
    "description=5": "description",
    "description='\\ud800'": "description",
    "max_active_runs='many'": "max_active_runs",
    "max_active_runs=True": "max_active_runs",
    "max_active_runs=10000000000000": "max_active_runs",
    "is_paused_upon_creation='yes'": "paused",
    "tags='abc'": "tags",
    "tags=[1]": "tags",
    "tags={'a': 1}": "tags",
    "start_date='yesterday'": "start_date",
    "start_date=5": "start_date",
    "start_date=datetime(9999, 12, 31, 23, tzinfo=pytz.timezone('America/New_York'))": "start_date",
    "end_date=datetime(1, 1, 1, tzinfo=pytz.timezone('Asia/Tokyo'))": "end_date",
    "start_date='0001-01-01T00:00:00+14:00'": "start_date",
    "schedule_interval=['a']": "schedule",
    "schedule_interval=5": "schedule",
    "schedule_interval='@sometimes'": "schedule",
}


@pytest.mark.parametrize(("argument", "fact"), VALUES.items(), ids=VALUES)
def test_an_argument_of_another_kind_is_unknown(argument, fact):
    found = read(f"import pytz\ndag = DAG('bad', {argument})\n")
    (bad,) = [dag for dag in found.dags if dag.dag_id == "bad"]
    assert fact in bad.unknown


TASKS = {
    "retries='3'": "tasks.retries",
    "retries=True": "tasks.retries",
    "retries=99999999999": "tasks.retries",
    "pool=5": "tasks.pool",
    "queue=None": "tasks.queue",
    "trigger_rule=[]": "tasks.trigger_rule",
    "owner=5": "owners",
    "depends_on_past='yes'": "tasks.depends_on_past",
}


@pytest.mark.parametrize(("argument", "fact"), TASKS.items(), ids=TASKS)
def test_an_argument_of_a_task_that_is_of_another_kind_is_unknown(argument, fact):
    found = read(f"dag = DAG('bad')\nDummyOperator(task_id='t', dag=dag, {argument})\n")
    assert fact in next(dag for dag in found.dags if dag.dag_id == "bad").unknown


@pytest.mark.parametrize(
    "overrides",
    [
        {"core-default_timezone": "nowhere"},
        {"core-default_timezone": "America"},
        {"core-default_timezone": "../x"},
        {"core-max_active_runs_per_dag": "\u00b2"},
        {"core-default_task_retries": "9" * 5_000},
    ],
)
def test_odd_overrides_stand_as_airflows_own(overrides):
    version = "1.10.15\u00b2.x"
    assert Defaults.of(overrides, version) == Defaults(airflow=version)


def test_nothing_that_passed_is_larger_than_the_limits():
    found = read(f"x = '{'x' * MOST_TEXT}'\ny = 'y' + x\ndag = DAG('bad', description=x, tags=[y])")
    (bad,) = [dag for dag in found.dags if dag.dag_id == "bad"]
    assert (len(bad.description), bad.tags) == (MOST_TEXT, ())
    whole = read(f"x = list(range({MOST_ITEMS}))\ndag = DAG('bad', max_active_runs=len(x))")
    assert next(dag for dag in whole.dags if dag.dag_id == "bad").max_active_runs == MOST_ITEMS
