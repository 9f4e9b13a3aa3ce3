"""Runs in both Airflows; ``values`` is what the test passes."""

import importlib, inspect, json, sys, time, types, warnings
from unittest.mock import MagicMock, patch
from airflow.models import Connection

warnings.simplefilter("ignore")
CALLS = sys.__dict__.setdefault("compat_calls", [])  # modules that are imported once keep it
REPLY = sys.__dict__.setdefault("compat_reply", {})
REPLY.clear()
time.sleep = lambda seconds: None
REPLY.update(
    {
        "jobReference": {"projectId": "conn-project", "jobId": "job_1", "location": "EU"},
        "status": {"state": "DONE"},
        "state": "DONE",
        "configuration": {"query": {"query": "x"}},
        "statistics": {},
        "jobComplete": True,
        "totalRows": "0",
        "rows": [],
        "schema": {"fields": []},
        "datasetReference": {"projectId": "conn-project", "datasetId": "d"},
        "access": [],
        "tableReference": {"projectId": "conn-project", "datasetId": "d", "tableId": "t"},
        "reference": {"jobId": "job_1"},
        "done": True,
        "name": "operation",
        "config": {"configBucket": "cluster-bucket"},
    }
)
REPLY.update(values.get("reply", {}))


class Chain:
    def __init__(self, path=(), arguments=None):
        self._path, self._arguments = path, arguments

    def __getattr__(self, name):
        return lambda **kwargs: Chain((*self._path, name), {**(self._arguments or {}), **kwargs})

    def execute(self, **kwargs):
        CALLS.append([".".join(self._path), self._arguments])
        reply = dict(REPLY, status={"state": "DONE"}) if self._path[-1] == "get" and "jobs" in REPLY else REPLY
        return json.loads(json.dumps(reply))


class Database:
    def __init__(self, conn_id, schema):
        CALLS.append(["database", conn_id, schema])
        self.rowcount, self.notices, self.autocommit, self.description = -1, [], False, None

    def cursor(self):
        return self

    def execute(self, sql, parameters=None):
        CALLS.append(["execute", sql, parameters or None, self.get_autocommit()])

    def get_autocommit(self):
        return self.autocommit

    def commit(self):
        CALLS.append(["commit"])

    def close(self):
        pass


class Slack:
    def __init__(self, token):
        self.token = token

    def api_call(self, method, data=None, **parameters):
        CALLS.append(["slack", self.token, method, data or parameters])
        return {"ok": True}


def execute(self, context):  # and below DataProcJobBaseOperator
    self.create_job_template()
    self.job_template.set_main("gs://b/m.jar", None)
    super(type(self), self).execute(context)


OF_AN_ESTATE = {
    "DataprocOperationBaseOperator": {"start": lambda self: start(self)},
    "DataProcJobBaseOperator": {"execute": execute, "job_type": "sparkJob"},
}


class S3:
    def __init__(self, aws_conn_id, verify):
        CALLS.append(["connection", aws_conn_id])
        self.verify = verify

    def check_for_prefix(self, prefix, delimiter, bucket_name):
        CALLS.append(["prefix", prefix, delimiter, bucket_name, self.verify])
        return True


def start(self):  # what a class of an estate does below DataprocOperationBaseOperator
    clusters = self.hook.get_conn().projects().regions().clusters()
    return clusters.start(projectId=self.project_id, region=self.region, clusterName="c").execute()


def connection(conn_id):
    CALLS.append(["connection", conn_id])
    extra = {"project": "conn-project", "extra__google_cloud_platform__project": "conn-project"}
    return Connection(conn_id=conn_id, conn_type="google_cloud_platform", password="secret", extra=json.dumps(extra))


class TI:
    def xcom_push(self, key, value):
        CALLS.append(["xcom", key, value])


class Model:
    # any model of Kubernetes' client, which neither environment has

    is_model = True  # modules that are imported once keep the class of their time
    persistent_volume_claim = host_path = None

    def __init__(self, **fields):
        self.__dict__.update(fields)


def kubernetes():
    models = types.ModuleType("kubernetes.client.models")
    for name in (
        "V1ResourceRequirements",
        "V1ContainerPort",
        "V1Volume",
        "V1VolumeMount",
        "V1EnvVar",
        "V1EnvVarSource",
        "V1ObjectFieldSelector",
    ):
        setattr(models, name, type(name, (Model,), {}))
    client, top = types.ModuleType("kubernetes.client"), types.ModuleType("kubernetes")
    client.models, top.client = models, client
    for module in (models, client, top):
        sys.modules[module.__name__] = module


def pods():
    for there in ([], [Model(name="there")]):
        container = Model(ports=[*there], env=[*there] or None, volume_mounts=[*there] or None, resources=None)
        yield Model(spec=Model(volumes=[*there] or None, containers=[container, Model(ports=None)]))


def model(cls, arguments):
    made = cls(**arguments)
    CALLS.append(["becomes", made.to_k8s_client_obj(), made.as_dict()])
    for pod in pods():
        CALLS.append(["a pod with it", made.attach_to_pod(pod)])


def value(one):
    # models travel with their kind; classes and bytes as text
    def plain(other):
        return [type(other).__name__, vars(other)] if hasattr(other, "is_model") else str(other)

    return json.loads(json.dumps(one, default=plain, sort_keys=True))


def one_call(cls, arguments, base):
    if base or cls.__name__ in OF_AN_ESTATE:
        cls = type("Ours", (cls,), OF_AN_ESTATE.get(cls.__name__, {}))
    del CALLS[:]
    try:
        if hasattr(cls, "to_k8s_client_obj"):
            model(cls, arguments)
            return {"calls": value(CALLS), "returned": None}
        task = cls(task_id="t", **arguments)
        returned = task.execute(context={"ti": TI(), "task_instance": TI(), "ds": "2021-03-08"})
        if hasattr(task, "dataproc_job_id"):
            task.on_kill()
        return {"calls": value(CALLS), "returned": value(returned)}
    except Exception as error:
        return {"raised": True, "error": repr(error)}


def described(cls):
    names = [one.__name__ for one in cls.__mro__]
    bases = ("BaseSensorOperator", "BaseOperator", "K8SModel")
    own = cls.__mro__[: names.index(next(name for name in bases if name in names))]
    every = [inspect.signature(one.__init__).parameters for one in reversed(own) if "__init__" in one.__dict__]
    found = {name: parameter for parameters in every for name, parameter in parameters.items()}.values()
    plain = [p for p in found if p.name != "self" and p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    given = [[p.name, p.default is p.empty, value(None if p.default is p.empty else p.default)] for p in plain]
    return {
        "arguments": given,
        "template_fields": list(getattr(cls, "template_fields", ())),
        "template_ext": list(getattr(cls, "template_ext", ())),
        "ui_color": getattr(cls, "ui_color", None),
    }


def named(name):
    module, _, cls = name.rpartition(".")
    return getattr(importlib.import_module(module), cls)


kubernetes()
