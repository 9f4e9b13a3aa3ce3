"""CM610: Airflow's own classes for parts of a pod."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import has_stars
from codemods.engine.nodes import is_name
from codemods.engine.report import Edit, Fix, Flag
from codemods.engine.rule import Example, Rule
from codemods.support.calls import positional
from codemods.support.dictionaries import Written, entries, followed
from codemods.support.kubernetes import RESOURCES, build, keyword, models, typed, volume_field
from codemods.support.rebuild import NotRebuilt, by_hand

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codemods.engine.file import File

_PACKAGES = ("airflow.contrib.kubernetes.", "airflow.kubernetes.")
# class -> its parameters in order, and the model that takes its place (airflow-1.10.15 airflow/kubernetes)
_CLASSES: dict[str, tuple[tuple[str, ...], str]] = {
    "Volume": (("name", "configs"), "V1Volume"),
    "VolumeMount": (("name", "mount_path", "sub_path", "read_only"), "V1VolumeMount"),
    "Port": (("name", "container_port"), "V1ContainerPort"),
    "Resources": (("request_memory", "request_cpu"), "V1ResourceRequirements"),
    "PodRuntimeInfoEnv": (("name", "field_path"), "V1EnvVar"),
}
_VOLUME = "from airflow.contrib.kubernetes.volume import Volume\n"
_MODELS = "from kubernetes.client import models as k8s\n"


class KubernetesModels(Rule):
    """Write volumes, mounts, ports, resources and environment variables of pods with the Kubernetes client's models.

    Airflow 2 has no ``Volume``, ``VolumeMount``, ``Port``, ``Resources`` and ``PodRuntimeInfoEnv`` any more. 1.10 made
    the same models of them when the task ran. The dictionary of a volume is followed where it is written out in the
    file.
    """

    code = "CM610"
    name = "kubernetes-models"
    url = "https://airflow.apache.org/docs/apache-airflow-providers-cncf-kubernetes/stable/operators.html"
    rebuilds = True
    needles = (b"kubernetes",)
    watches = (cst.Call,)
    examples = (
        Example(
            "a volume, its mount and a port",
            _VOLUME + "from airflow.contrib.kubernetes.volume_mount import VolumeMount\n"
            "from airflow.contrib.kubernetes.pod import Port\n\n"
            "v = Volume(name='data', configs={'persistentVolumeClaim': {'claimName': 'data'}})\n"
            "m = VolumeMount('data', mount_path='/data',  # here\n                sub_path=None, read_only=True)\n"
            "p = Port('http', 80)\n",
            _MODELS + "\nv = k8s.V1Volume(name='data', "
            "persistent_volume_claim=k8s.V1PersistentVolumeClaimVolumeSource(claim_name='data'))\n"
            "m = k8s.V1VolumeMount(name='data', mount_path='/data',  # here\n"
            "                sub_path=None, read_only=True)\n"
            "p = k8s.V1ContainerPort(name='http', container_port=80)\n",
        ),
        Example(
            "a dictionary with a name",
            _VOLUME + "\nconfig = {\n    'configMap': {  # ours\n        'name': 'settings',\n"
            "        'items': [{'key': 'k', 'path': 'p'}],\n    },\n}\nv = Volume('settings', config)\n",
            _MODELS + "\nconfig = {\n    'config_map': k8s.V1ConfigMapVolumeSource(  # ours\n"
            "        name='settings',\n        items=[k8s.V1KeyToPath(key='k', path='p')],\n    ),\n}\n"
            "v = k8s.V1Volume(name='settings', **config)\n",
        ),
        Example(
            "modules, resources and a runtime variable",
            "from airflow.kubernetes import pod, pod_runtime_info_env\n\n"
            "r = pod.Resources(request_memory='1G', limit_memory=LIMIT, limit_gpu=None)\n"
            "e = pod_runtime_info_env.PodRuntimeInfoEnv('IP', 'status.podIP')\n",
            _MODELS + "\nr = k8s.V1ResourceRequirements(requests={'memory': '1G'}, limits={'memory': LIMIT})\n"
            "e = k8s.V1EnvVar(name='IP', value_from=k8s.V1EnvVarSource("
            "field_ref=k8s.V1ObjectFieldSelector(field_path='status.podIP')))\n",
        ),
        Example("a volume from elsewhere", _VOLUME + "\nv = Volume('a', configs=settings['v'])\n", flagged=True),
        Example("unpacked", _VOLUME + "\nv = Volume(**more)\n", flagged=True),
        Example("k8s is something else", _VOLUME + "\nk8s = 1\nv = Volume('a', configs={})\n", flagged=True),
        Example("one of ours", "import airflow.kubernetes\nfrom ours.volume import Volume\n\nv = Volume('a', {})\n"),
        Example("already right", "import airflow\n" + _MODELS + "\nv = k8s.V1Volume(name='a')\n"),
        Example("a secret has its own successor", "from airflow.contrib.kubernetes.secret import Secret\n\nSecret()\n"),
    )  # fmt: skip

    def check(self, node: cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Rebuild a call of one of the classes."""
        names = file.written(node.func)
        kinds = {name.rpartition(".")[2] for name in names if name.startswith(_PACKAGES)}
        if len(kinds) != 1 or not all(name.startswith(_PACKAGES) for name in names):
            return
        (kind,) = kinds
        if kind in _CLASSES:
            message = f"{kind} is {_CLASSES[kind][1]} of the Kubernetes client"
            try:
                yield _fix(node, kind, message, file)
            except NotRebuilt as reason:
                yield by_hand(node, message, str(reason))


def _fix(node: cst.Call, kind: str, message: str, file: File) -> Fix:
    found = models(file)
    if found is None:
        raise NotRebuilt("k8s is something else in this file")
    if has_stars(node) or len(positional(node)) > len(_CLASSES[kind][0]):
        raise NotRebuilt("its arguments are not all visible by name")
    k8s, imports = found
    edits = [Edit(node, lambda updated: _rebuilt(updated, kind, k8s))]
    _rebuilt(node, kind, k8s)
    configs = _argument(node, "configs") if kind == "Volume" else None
    if configs is not None and not isinstance(configs.value, cst.Dict):
        edits.append(_dictionary(configs.value, k8s, file))
    return Fix(node.func, message, tuple(edits), imports, takes=(node.func,))


def _argument(node: cst.Call, name: str) -> cst.Arg | None:
    args = _named(node.args, _CLASSES["Volume"][0])
    at = next((i for i, arg in enumerate(args) if is_name(arg.keyword, name)), None)
    return node.args[at] if at is not None else None


def _named(args: Sequence[cst.Arg], names: Sequence[str]) -> list[cst.Arg]:
    """The arguments, each with its keyword."""
    tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    return [
        arg if arg.keyword is not None else arg.with_changes(keyword=cst.Name(name), equal=tight)
        for arg, name in zip(args, (*names, *[""] * len(args)), strict=False)
    ]


def _rebuilt(call: cst.Call, kind: str, k8s: str) -> cst.Call:
    """The call of the model. Raises NotRebuilt."""
    names, model = _CLASSES[kind]
    args = _named(call.args, names)
    if kind == "Volume":
        args = [new for arg in args for new in (_of_configs(arg, k8s) if is_name(arg.keyword, "configs") else [arg])]
    elif kind == "PodRuntimeInfoEnv":
        args = [_field(arg, k8s) if is_name(arg.keyword, "field_path") else arg for arg in args]
    elif kind == "Resources":
        args = _resources(args)
    return build(k8s, model, args, call.whitespace_before_args)


def _of_configs(arg: cst.Arg, k8s: str) -> list[cst.Arg]:
    """The arguments of ``V1Volume`` for its dictionary; the last one is laid out as ``configs`` was."""
    if not isinstance(arg.value, cst.Dict):
        return [arg.with_changes(keyword=None, star="**", equal=cst.MaybeSentinel.DEFAULT)]
    found = entries(arg.value)
    if found is None:
        raise NotRebuilt("the keys of its configs are not all literals")
    fields = [(volume_field(key), element.value) for key, element in found.items()]
    args = [keyword(field[0], typed(k8s, field, value)) for field, value in fields]
    if args:
        args[-1] = args[-1].with_changes(comma=arg.comma, whitespace_after_arg=arg.whitespace_after_arg)
    return args


def _dictionary(value: cst.BaseExpression, k8s: str, file: File) -> Edit:
    """Turn the dictionary that ``configs`` names into keywords of ``V1Volume``. Raises NotRebuilt."""
    found = followed(value, file)
    if found is None or entries(found.value) is None or not all(_is_configs(read, file) for read in found.read):
        raise NotRebuilt("pass what its configs hold as keywords of V1Volume")
    return Edit(found.value, lambda updated: _keywords(updated, k8s, found))


def _is_configs(read: cst.CSTNode, file: File) -> bool:
    arg = file.bindings.parents.get(read)
    call = file.bindings.parents.get(arg) if arg is not None else None
    if not isinstance(call, cst.Call) or not all(n.startswith(_PACKAGES) for n in file.written(call.func)):
        return False
    return bool(file.written(call.func)) and not has_stars(call) and _argument(call, "configs") is arg


def _keywords(updated: cst.Dict, k8s: str, found: Written) -> cst.Dict:
    elements = []
    for element, old in zip(updated.elements, found.value.elements, strict=True):
        assert isinstance(element, cst.DictElement)  # noqa: S101 - entries() saw only those
        key = old.key if isinstance(old, cst.DictElement) else element.key
        field = volume_field(key.raw_value if isinstance(key, cst.SimpleString) else "")
        quote = key.quote if isinstance(key, cst.SimpleString) else '"'
        value = typed(k8s, field, element.value)
        elements.append(element.with_changes(key=cst.SimpleString(f"{quote}{field[0]}{quote}"), value=value))
    return updated.with_changes(elements=elements)


def _field(arg: cst.Arg, k8s: str) -> cst.Arg:
    ref = build(k8s, "V1ObjectFieldSelector", [keyword("field_path", arg.value)])
    source = build(k8s, "V1EnvVarSource", [keyword("field_ref", ref)])
    return arg.with_changes(keyword=cst.Name("value_from"), value=source)


def _resources(args: list[cst.Arg]) -> list[cst.Arg]:
    """The requests and limits that the arguments name."""
    groups: dict[str, list[cst.DictElement]] = {"requests": [], "limits": []}
    for arg in args:
        if arg.keyword is None or arg.keyword.value not in RESOURCES:
            raise NotRebuilt("its arguments are not all known")
        group, name = RESOURCES[arg.keyword.value]
        if not is_name(arg.value, "None"):
            groups[group].append(cst.DictElement(cst.SimpleString(f'"{name}"'), arg.value))
    return [keyword(name, cst.Dict(elements)) for name, elements in groups.items() if elements]
