"""Programs by combination: how a callable reads the context x who supplies the key x who else calls it x what goes on.

Each is a DAG file of 1.10 with a few tasks; what they return is what is compared.
"""

from __future__ import annotations

import itertools
import random
import re
from dataclasses import dataclass

KEYS = (
    "execution_date",
    "end_date",
    "latest_date",
    "tables",
    "yesterday_ds",
    "tomorrow_ds_nodash",
    "next_ds",
    "END_DATE",
)

# how the value is read: {c} is the context, {k} the key
READS = {
    "item": "{c}['{k}']",
    "get": "{c}.get('{k}')",
    "get with a default": "{c}.get('{k}', 'other')",
    "tested": "{c}['{k}'] if '{k}' in {c} else 'absent'",
    "in an f-string": "f\"{{show({c}['{k}'])}}\"",
    "formatted": "'{{{k}}}'.format(**{{n: show(v) for n, v in {c}.items() if n == '{k}'}})",
    "by a constant": "{c}[KEY]",
    "in a loop": "[show({c}.get(name)) for name in ('ds', '{k}')]",
    "in a lambda": "(lambda: {c}['{k}'])()",
    "through a copy": "dict({c})['{k}']",
    "by an alias": "[alias for alias in [{c}]][0]['{k}']",
    "by a function": "operator.itemgetter('{k}')({c})",
    "by a parameter": "(lambda {k}=None, **rest: {k})(**{c})",
    "handed on whole": "helper({c})",
    "handed on by key": "by_key(**{c})",
    "handed on with another": "by_key(**dict({c}, {k}='2001-01-01'))",
    "popped": "by_key({k}={c}.pop('{k}'), **{c})",
}

# what comes before the read in the callable
BEFORE = {
    "nothing": "",
    "written": "{c}['{k}'] = '2002-02-02'",
    "written with the new name": "{c}['logical_date'] = {c}['ds'] = '2002-02-02'",
    "updated": "{c}.update({{'{k}': '2003-03-03'}})",
    "updated by keyword": "{c}.update({k}='2003-03-03')",
    "updated from elsewhere": "{c}.update(EXTRA)",
    "set by default": "{c}.setdefault('{k}', '2004-04-04')",
    "written perhaps": "if len(EXTRA) > 1:\n        {c}['{k}'] = '2002-02-02'",
    "shifted": "{c}['{k}'] = show({c}['{k}'])",
    "changed by another": "prepare({c})",
    "bound again": "{c} = dict({c}, other=1)",
    "deleted and written": "{c}['x'] = {c}['{k}']; del {c}['{k}']; {c}['{k}'] = {c}['x']",
    "looked at": "print({c})",
}

# what the task gives besides the context
GIVES = {
    "nothing": "",
    "the key": ", op_kwargs={{'{k}': '2010-10-10'}}",
    "the key by dict": ", op_kwargs=dict({k}='2010-10-10')",
    "the key by a constant": ", op_kwargs=EXTRA",
    "the key by a function": ", op_kwargs=extra()",
    "another key": ", op_kwargs={{'other': 1}}",
    "the new names": ", op_kwargs={{'logical_date': '2010-10-10', 'ds': '2010-10-10'}}",
    "a template": ", op_kwargs={{'{k}': '{{{{ ds }}}} {{{{ yesterday_ds }}}}'}}",
    "unpacked": ", **{{'op_kwargs': EXTRA}}",
    "by default_args": ", default_args={{'op_kwargs': EXTRA}}",
    "templates_dict": ", templates_dict={{'{k}': '{{{{ ds }}}}'}}",
}

# who else calls it
CALLED = {
    "nobody": "",
    "directly": "DIRECT = f({k}='2011-11-11', ds='2011-11-11')",
    "directly with a dictionary": "DIRECT = f({stars}{{'{k}': '2011-11-11'}})",
    "by another callable": "def other(**kwargs):\n    return f({k}='2012-12-12', ds=kwargs['ds'])",
    "by partial": "f = functools.partial(f, {k}='2013-01-01')",
    "decorated": "f = quiet(f)",
    "in a table": "TABLE = {{'f': f}}\nf = TABLE['f']",
    "as a method": "class Loader(object):\n    def run(self, **kwargs):\n        return f(**kwargs)",
    "a second task": "",
}

KINDS = ("function", "operator", "lambda", "callback")

_HEAD = """\
import functools
import operator
from datetime import datetime
from airflow import DAG
from airflow.models import BaseOperator
from airflow.operators.python_operator import PythonOperator


"""

# what a program needs besides, by the word that asks for it: no file holds more than it uses
_PARTS = {
    "KEY": "KEY = '{k}'\n\n\n",
    "extra": "def extra():\n    return dict(EXTRA)\n\n\n",
    "EXTRA": "EXTRA = {{'{k}': '2009-09-09'}}\n\n\n",
    "helper": "def helper(found):\n    return found['{k}']\n\n\n",
    "by_key": "def by_key({k}='default', **rest):\n    return {k}\n\n\n",
    "prepare": "def prepare(found):\n    found['{k}'] = show(found['{k}']) or 'prepared'\n\n\n",
    "quiet": "def quiet(function):\n    @functools.wraps(function)\n    def inner(*args, **kwargs):\n"
    "        kwargs.setdefault('{k}', '2014-04-04')\n        return function(*args, **kwargs)\n    return inner\n\n\n",
    "show": "def show(value):\n    return value.strftime('%Y-%m-%d') if hasattr(value, 'strftime') else value\n\n\n",
}


@dataclass(frozen=True)
class Program:
    """One DAG file; ``about`` names what was combined."""

    about: tuple[str, ...]
    source: str


def program(kind: str, key: str, read: str, before: str, gives: str, called: str) -> Program:
    """The file of one combination."""
    about = (kind, key, read, before, gives, called)
    name = "context" if kind in {"operator", "callback"} else "kwargs"
    names = {"k": key, "c": name}
    value = READS[read].format(**names)
    steps = [line for line in [BEFORE[before].format(**names)] if line]
    body = "\n    ".join([*steps, f"return show({value})"])
    call = CALLED[called].format(**names, stars="" if kind == "callback" else "**")
    given = GIVES[gives].format(**names)
    if kind == "operator":
        indented = body.replace("\n", "\n    ")
        made = f"class Ours(BaseOperator):\n    def execute(self, context):\n        {indented}\n"
        made += "\n\nclass Below(Ours):\n    def execute(self, context):\n        context.update(EXTRA)\n"
        made += "        return super(Below, self).execute(context)\n" if called != "nobody" else "        return 1\n"
        tasks = ["Ours(task_id='a')", "Below(task_id='b')"]
    else:
        taken = "context" if kind == "callback" else "**kwargs"
        written = f"f = lambda **kwargs: show({value})" if kind == "lambda" else f"def f({taken}):\n    {body}"
        made = f"{written}\n\n\n{call}\n"
        task = "PythonOperator"
        callables = {"as a method": "Loader().run", "by another callable": "f"}
        target = value_of_lambda(kind, value) if called == "nobody" else callables.get(called, "f")
        tasks = [f"{task}(task_id='a', provide_context=True, python_callable={target}{given})"]
        if kind == "callback":
            tasks = ["PythonOperator(task_id='a', python_callable=show, on_failure_callback=f)"]
        if called == "a second task" and kind != "callback":
            tasks.append(f"{task}(task_id='b', provide_context=True, python_callable=f)")
        if called == "by another callable" and kind != "callback":
            tasks.append(f"{task}(task_id='b', provide_context=True, python_callable=other)")
    lines = "".join(f"    {task}\n" for task in tasks)
    dag = "\n\nwith DAG('p', start_date=datetime(2021, 1, 1), schedule_interval='@daily') as dag:\n"
    text = made + dag + lines
    for word, part in _PARTS.items():
        text = part.format(**names) + text if re.search(rf"\b{word}\b", text) else text
    return Program(about, _HEAD.format(**names) + text)


def value_of_lambda(kind: str, value: str) -> str:
    """What a task is given: the lambda itself, or the name."""
    return f"lambda **kwargs: show({value})" if kind == "lambda" else "f"


def programs(plain: int, mixed: int, seed: int = 15) -> list[Program]:
    """Each combination at most once: ``plain`` ones, where the context alone supplies the key, and ``mixed`` ones."""
    every = list(itertools.product(KINDS, KEYS, READS, BEFORE, GIVES, CALLED))
    kept = [one for one in every if _differs(*one)]
    alone = [one for one in kept if one[3:] in _ALONE]
    others = [one for one in kept if one[3:] not in _ALONE]
    chance = random.Random(seed)
    chosen = [*chance.sample(alone, plain), *chance.sample(others, mixed)]
    return [program(*one) for one in chosen]


_ALONE = {
    (before, gives, called)
    for before in ("nothing", "looked at")
    for gives in ("nothing", "another key")
    for called in ("nobody", "a second task")
}


def _differs(kind: str, key: str, read: str, before: str, gives: str, called: str) -> bool:
    """Leave out what would be the same program twice."""
    if kind == "operator":
        return gives == "nothing" and called in {"nobody", "directly"}
    if kind == "callback":
        return gives == "nothing" and called in {"nobody", "directly with a dictionary", "in a table"}
    return kind != "lambda" or before == "nothing"
