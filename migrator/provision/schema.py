"""Check Terraform against the field table of its resources: names, kinds, what must be there, and limits.

The table (``tables/fields.csv``) stands in for the provider's schema, which needs a download. Only what is written
is checked; references and functions count as any kind, since their value is not known here.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from migrator.provision.tables import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARKS = ("__is_block__", "__comments__", "__inline_comments__")
_EXPRESSION = re.compile(r"^\$\{.*\}$", re.DOTALL)


def problems(name: str, text: str) -> list[str]:
    """What is wrong with a file; nothing when all is as the table has it."""
    import hcl2  # noqa: PLC0415 - its grammar takes a while to load
    from lark.exceptions import LarkError  # noqa: PLC0415 - comes with it

    try:
        content = hcl2.loads(text)
    except (LarkError, ValueError) as error:
        return [f"{name}: {' '.join(str(error).split())[:300]}"]
    return [f"{name}: {problem}" for problem in _resources(content)]


def _resources(content: dict[str, Any]) -> Iterator[str]:
    for block in content.get("resource", ()):
        for kind, named in _plain(block).items():
            for name, body in _plain(named).items():
                resource = kind.strip('"')
                yield from _body(resource, f"{resource}.{name.strip(chr(34))}", "", body)


@cache
def _fields(resource: str) -> dict[str, dict[str, str]]:
    return {row["path"]: row for row in rows("fields") if row["resource"] == resource}


def _body(resource: str, where: str, path: str, body: dict[str, Any]) -> Iterator[str]:
    fields = _fields(resource)
    if not fields:
        yield f"{where}: the field table has no {resource}"
        return
    given = _plain(body)
    for key, value in given.items():
        inner = f"{path}.{key}" if path else key
        field = fields.get(inner)
        if field is None:
            yield f"{where}: there is no field {inner}"
        elif field["kind"] == "block":
            for one in value if isinstance(value, list) else [value]:
                yield from _block(resource, where, inner, one)
        else:
            yield from _value(where, inner, field, value)
    depth = path.count(".") + 1 if path else 0
    below = (one for one in fields if one.count(".") == depth and (not path or one.startswith(f"{path}.")))
    for one in below:
        if fields[one]["required"] and one.rpartition(".")[2] not in given:
            yield f"{where}: {one} is missing"


def _block(resource: str, where: str, path: str, body: object) -> Iterator[str]:
    if isinstance(body, dict) and "__is_block__" in body:
        yield from _body(resource, where, path, body)
    else:
        yield f"{where}: {path} should be a block"


def _value(where: str, path: str, field: dict[str, str], value: object) -> Iterator[str]:
    kind = _kind(value)
    if kind not in {"any", field["kind"]} and field["kind"] != "any":
        yield f"{where}: {path} should be a {field['kind']}, not {value}"
    elif field["allowed"] and kind == "string" and str(value).strip('"') not in field["allowed"].split():
        yield f"{where}: {path} should be one of {field['allowed']}, not {value}"
    elif field["least"] and isinstance(value, (int, float)):
        least, most = float(field["least"]), float(field["most"])
        if not least <= value <= most:
            yield f"{where}: {path} should be from {least:g} to {most:g}, not {value}"


def _kind(value: object) -> str:
    match value:
        case bool():
            return "bool"
        case int() | float():
            return "number"
        case list():
            return "list"
        case dict():
            return "map"
        case str() if _EXPRESSION.match(value):
            return "any"
        case _:
            return "string"


def _plain(block: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in block.items() if key not in _MARKS}
