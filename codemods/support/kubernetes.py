"""Write Kubernetes objects with the models of its client, from dictionaries and classes of 1.10."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import dotted, is_name, literal
from codemods.engine.report import NewImport
from codemods.support.rebuild import NotRebuilt
from codemods.tables import rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemods.engine.file import File

_MODULE = "kubernetes.client.models"
# airflow-1.10.15 airflow/kubernetes/pod.py, Resources.to_k8s_client_obj
RESOURCES = {
    "request_memory": ("requests", "memory"),
    "request_cpu": ("requests", "cpu"),
    "request_ephemeral_storage": ("requests", "ephemeral-storage"),
    "limit_memory": ("limits", "memory"),
    "limit_cpu": ("limits", "cpu"),
    "limit_gpu": ("limits", "nvidia.com/gpu"),
    "limit_ephemeral_storage": ("limits", "ephemeral-storage"),
}


def models(file: File) -> tuple[str, tuple[NewImport, ...]] | None:
    """How to write ``kubernetes.client.models`` in this file, and the import it needs; None when ``k8s`` is taken."""
    for imported in file.bindings.top.imports.values():
        one = imported[0]
        if len(imported) > 1 or one.local in file.bindings.top.others:
            continue
        if one.target == _MODULE or (one.dotted == _MODULE and one.target == "kubernetes"):
            return one.local if one.dotted is None else _MODULE, ()
    if "k8s" in file.bindings.bound:
        return None
    return "k8s", (NewImport("kubernetes.client", "models", "k8s"),)


def build(
    k8s: str, model: str, args: Sequence[cst.Arg], space: cst.BaseParenthesizableWhitespace | None = None
) -> cst.Call:
    """``k8s.Model(args)``."""
    return cst.Call(dotted(f"{k8s}.{model}"), args, whitespace_before_args=space or cst.SimpleWhitespace(""))


def keyword(name: str, value: cst.BaseExpression) -> cst.Arg:
    """``name=value``."""
    tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    return cst.Arg(value, cst.Name(name), equal=tight)


def model(k8s: str, kind: str, value: cst.BaseExpression) -> cst.BaseExpression:
    """What the API would read from a dictionary, as a model; what is no literal dictionary stays as it is."""
    args = arguments(k8s, kind, value) if isinstance(value, cst.Dict) else None
    if args is None or not isinstance(value, cst.Dict):
        return value
    return build(k8s, kind, args, value.lbrace.whitespace_after)


def arguments(k8s: str, kind: str, value: cst.Dict) -> list[cst.Arg] | None:
    """The arguments of a model for the entries of a dictionary; None where the table has no such entry."""
    args: list[cst.Arg] = []
    for element in value.elements:
        field = _fields(kind).get(literal(element.key) or "") if isinstance(element, cst.DictElement) else None
        if field is None:
            return None
        arg = keyword(field[0], typed(k8s, field, element.value))
        args.append(arg.with_changes(comma=element.comma))
    if args:
        args[-1] = _as_last(args[-1], value.rbrace.whitespace_before)
    return args


def _as_last(arg: cst.Arg, space: cst.BaseParenthesizableWhitespace) -> cst.Arg:
    """The last argument, with the whitespace that stood before a closing brace."""
    if isinstance(arg.comma, cst.Comma):
        return arg.with_changes(comma=arg.comma.with_changes(whitespace_after=space))
    return arg.with_changes(whitespace_after_arg=space)


def typed(k8s: str, field: tuple[str, str, bool], value: cst.BaseExpression) -> cst.BaseExpression:
    """The value of one field, its dictionaries turned into models."""
    _, kind, many = field
    if not kind:
        return value
    if not many:
        return model(k8s, kind, value)
    if not isinstance(value, cst.List):
        return value
    return value.with_changes(elements=[e.with_changes(value=model(k8s, kind, e.value)) for e in value.elements])


def volume_field(key: str) -> tuple[str, str, bool]:
    """The argument of ``V1Volume`` for a key, its type and whether it is a list; other keys keep their dictionary.

    1.10 took any key, in camel or snake case (airflow/kubernetes/volume.py).
    """
    snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in key).lstrip("_")
    by_argument = {field[0]: field for field in _fields("V1Volume").values()}
    return _fields("V1Volume").get(key) or by_argument.get(snake) or (snake, "", False)


@cache
def _fields(kind: str) -> dict[str, tuple[str, str, bool]]:
    found = [row for row in rows("kubernetes_volumes") if row["class"] == kind]
    return {row["key"]: (row["argument"], row["type"], bool(row["many"])) for row in found}


def requirements(k8s: str, given: cst.Dict) -> cst.Call:
    """``V1ResourceRequirements`` for the ``resources`` dictionary of 1.10. Raises NotRebuilt."""
    groups: dict[str, list[cst.DictElement]] = {"requests": [], "limits": []}
    for element in given.elements:
        key = literal(element.key) if isinstance(element, cst.DictElement) else None
        if key in groups and len(given.elements) <= len(groups):
            return _requirements_of_both(k8s, given)
        if not isinstance(element, cst.DictElement) or key not in RESOURCES:
            raise NotRebuilt(f"the key {key or 'that is no literal'} is not known")
        group, name = RESOURCES[key]
        if not is_name(element.value, "None"):
            groups[group].append(element.with_changes(key=_same_quotes(element.key, name)))
    args = [keyword(name, _part(given, elements)) for name, elements in groups.items() if elements]
    return build(k8s, "V1ResourceRequirements", args)


def _requirements_of_both(k8s: str, given: cst.Dict) -> cst.Call:
    """The dictionary is already that of the API."""
    pairs = {literal(e.key): e.value for e in given.elements if isinstance(e, cst.DictElement)}
    if not set(pairs) <= {"requests", "limits"} or len(pairs) != len(given.elements):
        raise NotRebuilt("its keys are of two kinds")
    return build(k8s, "V1ResourceRequirements", [keyword(str(key), value) for key, value in pairs.items()])


def _same_quotes(node: cst.BaseExpression, value: str) -> cst.SimpleString:
    quote = node.quote if isinstance(node, cst.SimpleString) else '"'
    return cst.SimpleString(f"{quote}{value}{quote}")


def _part(given: cst.Dict, elements: list[cst.DictElement]) -> cst.Dict:
    """The dictionary with some of its elements, its layout and their comments kept."""
    *others, last = elements
    if last.value is given.elements[-1].value:
        return given.with_changes(elements=elements)
    after = last.comma.whitespace_after if isinstance(last.comma, cst.Comma) else None
    close = given.rbrace.whitespace_before
    if isinstance(after, cst.ParenthesizedWhitespace) and isinstance(close, cst.ParenthesizedWhitespace):
        close = after.with_changes(last_line=close.last_line, indent=close.indent)
        last = last.with_changes(comma=cst.Comma())
    else:
        last = last.with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return given.with_changes(elements=[*others, last], rbrace=cst.RightCurlyBrace(close))


def runs_pods(name: str, file: File) -> bool:
    """Whether a class, by its canonical name, is a ``KubernetesPodOperator``."""
    return name in _POD_OPERATORS or file.target.is_a(name, _POD_OPERATORS[0])


_POD_OPERATORS = (
    "airflow.providers.cncf.kubernetes.operators.pod.KubernetesPodOperator",
    "airflow.providers.google.cloud.operators.kubernetes_engine.GKEStartPodOperator",
)
