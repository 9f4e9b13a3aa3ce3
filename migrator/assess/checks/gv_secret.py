"""GV112: no secret stands in code."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from migrator.assess.check import Example, of_file
from migrator.assess.examples import added, changed
from migrator.assess.model import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.source import SourceFile

NAMES = re.compile(
    r"(?i)(^|_)(passwo?r?d|passwd|pwd|passphrase|secret|token|api_?key|access_?key|private_?key|auth_?key)$"
)
SHAPES = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{35}\b|\bgh[pousr]_[0-9A-Za-z]{36}\b"
    r"|\bxox[abpr]-[0-9A-Za-z-]{10,}|hooks\.slack\.com/services/T\w+/B\w+/\w+|://[^/@\s:{}]+:[^/@\s{}]+@"
)
NO_SECRET = re.compile(
    r"(?i)^$|\{\{|\{\w*\}|^<.*>$|^\$|^x+$|^\*+$|\s|^[/.~]|://|^projects/"
    r"|^(none|null|true|false|changeme|todo|password|secret|token|dummy|test|example)$"
)
"""Values under such a name that are none: templates, placeholders, paths, addresses, sentences."""


@of_file(
    "GV112",
    Severity.ERROR,
    fix="Put it into a connection or Secret Manager, and change it: whoever reads the bucket or its history has it.",
    link="https://cloud.google.com/composer/docs/composer-2/configure-secret-manager",
    minutes=30,
    examples=(
        Example("A password in a name", 1, added("\nDB_PASSWORD = 'hunter2-prod'\n")),
        Example(
            "A token as an argument", 1, changed('task_id="load",', 'task_id="load", env={"API_TOKEN": "9f8e7d6c5b"},')
        ),
        Example("A login in an address", 1, added("\nURL = 'postgresql://loader:s3cr3t@db.example.com/w'\n")),
        Example("A private key", 1, added("\nKEY = '''-----BEGIN RSA PRIVATE KEY-----\\nMIIE'''\n")),
        Example(
            "A template",
            files=changed('task_id="load",', 'task_id="load", env={"API_TOKEN": "{{ var.value.api_token }}"},'),
        ),
        Example("From the environment", files=added("\nimport os\nDB_PASSWORD = os.environ['DB_PASSWORD']\n")),
        Example(
            "The name of a secret is no secret", files=added("\nsecret_name = 'warehouse'\nPASSWORD_FILE = '/run/p'\n")
        ),
    ),
)
def secret_in_code(file: SourceFile) -> Iterator[Problem]:
    """Tell which literals look like secrets; the value itself is never shown.

    DAG files lie in a bucket, in git and in the web server's Code view.
    """
    lines = {line: f"the value of {name} looks like a secret" for line, name in _named(file)}
    shaped = {
        text.lineno: "a string looks like a key or holds a login" for text in file.strings if SHAPES.search(text.value)
    }
    for line, message in sorted((shaped | lines).items()):
        yield Problem(message, line)


def _named(file: SourceFile) -> Iterator[tuple[int, str]]:
    for name, value in _pairs(file):
        text = value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""
        if NAMES.search(name) and len(text) >= 6 and not NO_SECRET.search(text):
            yield value.lineno, name


def _pairs(file: SourceFile) -> Iterator[tuple[str, ast.expr]]:
    for node in file.nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name) | ast.Attribute(attr=name)], value=value):
                yield name, value
            case ast.keyword(arg=str() as name, value=value):
                yield name, value
            case ast.Dict():
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        yield key.value, value
