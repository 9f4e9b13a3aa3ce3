"""CM611: arguments of ``KubernetesPodOperator``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument
from codemods.engine.nodes import is_name, literal, requoted
from codemods.engine.report import Edit, Fix, Flag
from codemods.engine.rule import Example, Rule
from codemods.support.calls import remove_keyword, rename_keyword
from codemods.support.constructing import constructs
from codemods.support.default_args import default_arg
from codemods.support.dictionaries import assigned, followed
from codemods.support.kubernetes import build, keyword, models, requirements, runs_pods
from codemods.support.rebuild import NotRebuilt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File
    from codemods.engine.report import NewImport

_OLD = "from airflow.contrib.operators.kubernetes_pod_operator import KubernetesPodOperator\n"
_NEW = "from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator\n"
_MODELS = "from kubernetes.client import models as k8s\n"
_GKE = "airflow.providers.google.cloud.operators.kubernetes_engine.GKEStartPodOperator"
_ARGUMENTS = ("resources", "node_selectors", "image_pull_secrets", "is_delete_operator_pod", "config_file")


class KubernetesPodArguments(Rule):
    """Pass ``KubernetesPodOperator`` what it takes in Airflow 2.

    ``resources={...}`` raises and becomes ``container_resources=``, ``node_selectors`` is ``node_selector``, and
    ``is_delete_operator_pod``, which newer providers ignore, becomes ``on_finish_action``. A dictionary of resources is
    followed where it is written out in the file. ``GKEStartPodOperator`` refuses the ``config_file`` that 1.10 replaced
    by its own.
    """

    code = "CM611"
    name = "kubernetes-pod-arguments"
    url = "https://airflow.apache.org/docs/apache-airflow-providers-cncf-kubernetes/stable/changelog.html"
    needles = tuple(name.encode() for name in _ARGUMENTS)
    watches = (cst.Call, cst.DictElement)
    examples = (
        Example(
            "resources",
            _OLD + "\nKubernetesPodOperator(\n    task_id='t',\n    resources={\n"
            "        'request_memory': '1G',  # small\n        'limit_memory': MOST,\n        'limit_cpu': 1,\n"
            "    },\n)\n",
            _OLD + _MODELS + "\nKubernetesPodOperator(\n    task_id='t',\n"
            "    container_resources=k8s.V1ResourceRequirements(requests={\n        'memory': '1G',  # small\n    }, "
            "limits={\n        'memory': MOST,\n        'cpu': 1,\n    }),\n)\n",
        ),
        Example(
            "resources with a name, for two tasks",
            _OLD + "\nSMALL = {'limit_cpu': '1', 'request_cpu': '1'}\nKubernetesPodOperator(task_id='a', "
            "resources=SMALL)\nKubernetesPodOperator(task_id='b', resources=SMALL)\n",
            _OLD + _MODELS + "\nSMALL = k8s.V1ResourceRequirements(requests={'cpu': '1'}, limits={'cpu': '1'})\n"
            "KubernetesPodOperator(task_id='a', container_resources=SMALL)\n"
            "KubernetesPodOperator(task_id='b', container_resources=SMALL)\n",
        ),
        Example(
            "what the client's models already say",
            _OLD + _MODELS + "\nKubernetesPodOperator(task_id='t', resources=k8s.V1ResourceRequirements())\n",
            _OLD + _MODELS + "\nKubernetesPodOperator(task_id='t', container_resources=k8s.V1ResourceRequirements())\n",
        ),
        Example(
            "node selectors, deletion and secrets",
            _OLD + "\nKubernetesPodOperator(task_id='t', node_selectors={'a': 'b'}, is_delete_operator_pod=True, "
            "image_pull_secrets='x,y')\nKubernetesPodOperator(task_id='u', is_delete_operator_pod=not DEBUG)\n",
            _OLD + _MODELS + "\nKubernetesPodOperator(task_id='t', node_selector={'a': 'b'}, "
            "on_finish_action='delete_pod', image_pull_secrets=[k8s.V1LocalObjectReference(name='x'), "
            "k8s.V1LocalObjectReference(name='y')])\n"
            "KubernetesPodOperator(task_id='u', on_finish_action='delete_pod' if not DEBUG else 'keep_pod')\n",
        ),
        Example(
            "in a subclass",
            _OLD + "\n\nclass Ours(KubernetesPodOperator):\n    def __init__(self, **kwargs):\n"
            "        super().__init__(is_delete_operator_pod=False, **kwargs)\n",
            _OLD + "\n\nclass Ours(KubernetesPodOperator):\n    def __init__(self, **kwargs):\n"
            '        super().__init__(on_finish_action="keep_pod", **kwargs)\n',
        ),
        Example(
            "a configuration that GKE makes itself",
            "from airflow.contrib.operators.gcp_container_operator import GKEPodOperator\n\n"
            "GKEPodOperator(task_id='t', config_file='/c')\n",
            "from airflow.contrib.operators.gcp_container_operator import GKEPodOperator\n\n"
            "GKEPodOperator(task_id='t')\n",
        ),
        Example("the configuration of another cluster", _OLD + "\nKubernetesPodOperator(config_file='/c')\n"),
        Example(
            "default_args",
            _OLD + "\ndefault_args = {'is_delete_operator_pod': True}\n",
            _OLD + "\ndefault_args = {'on_finish_action': 'delete_pod'}\n",
        ),
        Example("resources in default_args", _OLD + "\ndefault_args = {'resources': {'limit_cpu': 1}}\n", flagged=True),
        Example("resources from elsewhere", _OLD + "\nKubernetesPodOperator(resources=settings['r'])\n", flagged=True),
        Example("a key nobody knows", _OLD + "\nKubernetesPodOperator(resources={'disk': 1})\n", flagged=True),
        Example(
            "resources that are used otherwise too",
            _OLD + "\nR = {'limit_cpu': 1}\nR['limit_memory'] = MOST\nKubernetesPodOperator(resources=R)\n",
            flagged=True,
        ),
        Example("no resources", _OLD + "\nKubernetesPodOperator(task_id='t', resources=None)\n"),
        Example("already right", _NEW + "\nKubernetesPodOperator(node_selector={}, container_resources=r)\n"),
        Example("another operator", "from airflow.operators.bash import BashOperator\n\nBashOperator(resources=r)\n"),
        Example("one of ours", "import airflow\nfrom ours import KubernetesPodOperator\n\n"
                "KubernetesPodOperator(node_selectors={})\n"),
    )  # fmt: skip

    def check(self, node: cst.Call | cst.DictElement, file: File) -> Iterator[Fix | Flag]:
        """Change the arguments of a pod's operator one by one."""
        if isinstance(node, cst.DictElement):
            yield from _in_default_args(node, file)
            return
        for arg in node.args:
            name = arg.keyword.value if arg.keyword is not None else ""
            if name in _ARGUMENTS and runs_pods(constructs(node, file, name), file):
                found = _CHANGES[name](node, arg, file)
                if found is not None:
                    yield found


def _in_default_args(node: cst.DictElement, file: File) -> Iterator[Fix | Flag]:
    key = default_arg(node, file)
    if key == "resources" and isinstance(node.value, cst.Dict):
        yield Flag(node, "resources= raises: pass container_resources=k8s.V1ResourceRequirements(...) to each task")
    elif (
        key == "is_delete_operator_pod" and _takes(file, "on_finish_action") and isinstance(node.key, cst.SimpleString)
    ):
        rename = Edit(node.key, lambda updated: requoted(updated, "on_finish_action"))
        yield Fix(node, f"{key} is on_finish_action", (rename, Edit(node.value, _action)))


def _resources(node: cst.Call, arg: cst.Arg, file: File) -> Fix | Flag | None:
    assert arg.keyword is not None  # noqa: S101 - check() looked at it
    if is_name(arg.value, "None") or argument(node, "container_resources") is not None:
        return None
    message = "resources is container_resources, of the Kubernetes client's models"
    rename = rename_keyword(arg, "container_resources")
    if _is_model(arg.value, file):
        return Fix(arg, message, (rename,))
    try:
        edit, imports = _requirements(arg.value, file)
    except NotRebuilt as reason:
        why = f"pass container_resources=k8s.V1ResourceRequirements(...): resources= raises ({reason})"
        return Flag(arg, why)
    return Fix(arg, message, (edit, rename), imports)


def _requirements(value: cst.BaseExpression, file: File) -> tuple[Edit, tuple[NewImport, ...]]:
    """The edit of the dictionary that a value is or names, and what it needs. Raises NotRebuilt."""
    found, client = followed(value, file), models(file)
    if found is None or not all(_is_resources(read, file) for read in found.read):
        raise NotRebuilt("its dictionary is not written out here, or is used otherwise too")
    if client is None:
        raise NotRebuilt("k8s is something else in this file")
    k8s, imports = client
    requirements(k8s, found.value)
    return Edit(found.value, lambda old: requirements(k8s, old) if isinstance(old, cst.Dict) else old), imports


def _is_model(value: cst.BaseExpression, file: File) -> bool:
    """Whether resources are, or name, a call of the client's model or of the class that becomes it."""
    if isinstance(value, cst.Name):
        value = assigned(value.value, file) or value
    names = file.written(value.func) if isinstance(value, cst.Call) else frozenset()
    return bool(names) and all(name.rpartition(".")[2] in {"V1ResourceRequirements", "Resources"} for name in names)


def _is_resources(read: cst.CSTNode, file: File) -> bool:
    """Whether a name is read as the ``resources`` of a pod's operator."""
    arg = file.bindings.parents.get(read)
    call = file.bindings.parents.get(arg) if arg is not None else None
    named = isinstance(arg, cst.Arg) and is_name(arg.keyword, "resources")
    return named and isinstance(call, cst.Call) and runs_pods(constructs(call, file, "resources"), file)


def _node_selectors(node: cst.Call, arg: cst.Arg, file: File) -> Fix | None:
    if argument(node, "node_selector") is not None or _takes(file, "node_selectors"):
        return None
    return Fix(arg, "node_selectors is now node_selector", (rename_keyword(arg, "node_selector"),))


def _image_pull_secrets(node: cst.Call, arg: cst.Arg, file: File) -> Fix | None:  # noqa: ARG001 - one of _CHANGES
    text, found = literal(arg.value), models(file)
    if not text or found is None:
        return None
    quote = arg.value.quote if isinstance(arg.value, cst.SimpleString) and len(arg.value.quote) == 1 else '"'
    names = [keyword("name", cst.SimpleString(f"{quote}{name.strip()}{quote}")) for name in text.split(",")]
    secrets = cst.List([cst.Element(build(found[0], "V1LocalObjectReference", [name])) for name in names])
    return Fix(arg, "image_pull_secrets is a list of references", (Edit(arg.value, lambda _: secrets),), found[1])


def _deletion(node: cst.Call, arg: cst.Arg, file: File) -> Fix | None:
    if argument(node, "on_finish_action") is not None or not _takes(file, "on_finish_action"):
        return None

    def change(updated: cst.Arg) -> cst.Arg:
        return updated.with_changes(keyword=cst.Name("on_finish_action"), value=_action(updated.value))

    return Fix(arg, "is_delete_operator_pod is on_finish_action, and ignored by newer providers", (Edit(arg, change),))


def _action(value: cst.BaseExpression) -> cst.BaseExpression:
    delete, keep = cst.SimpleString('"delete_pod"'), cst.SimpleString('"keep_pod"')
    if is_name(value, "True", "False"):
        return delete if is_name(value, "True") else keep
    if isinstance(value, cst.IfExp | cst.Lambda) and not value.lpar:
        value = value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return cst.IfExp(body=delete, test=value, orelse=keep)


def _config_file(node: cst.Call, arg: cst.Arg, file: File) -> Fix | None:
    if constructs(node, file, "config_file") != _GKE or is_name(arg.value, "None"):
        return None
    return Fix(arg, "GKE pods make their own config_file, and refuse another", (remove_keyword(node, "config_file"),))


def _takes(file: File, name: str) -> bool:
    """Whether the operator of the target has an argument; the newest provider counts where the target has none."""
    signature = file.target.signature("airflow.providers.cncf.kubernetes.operators.pod.KubernetesPodOperator")
    return signature.accepts(name) if signature is not None else name != "node_selectors"


_CHANGES = {
    "resources": _resources,
    "node_selectors": _node_selectors,
    "image_pull_secrets": _image_pull_secrets,
    "is_delete_operator_pod": _deletion,
    "config_file": _config_file,
}
