"""What runs inside the two Airflows: the service is stubbed, everything above it is real."""

from __future__ import annotations

COMMON = """
import importlib, inspect, json, sys, types, warnings
from unittest.mock import MagicMock, patch
from airflow.models import Connection

warnings.simplefilter("ignore")
CALLS = sys.__dict__.setdefault("compat_calls", [])  # modules that are imported once keep it
REPLY = {
    "jobReference": {"projectId": "conn-project", "jobId": "job_1", "location": "EU"},
    "status": {"state": "DONE"}, "state": "DONE", "configuration": {"query": {"query": "x"}},
    "statistics": {}, "jobComplete": True, "totalRows": "0", "rows": [], "schema": {"fields": []},
    "datasetReference": {"projectId": "conn-project", "datasetId": "d"}, "access": [],
    "tableReference": {"projectId": "conn-project", "datasetId": "d", "tableId": "t"},
}


def connection(conn_id):
    CALLS.append(["connection", conn_id])
    extra = {"project": "conn-project", "extra__google_cloud_platform__project": "conn-project"}
    return Connection(conn_id=conn_id, conn_type="google_cloud_platform", extra=json.dumps(extra))


class TI:
    def xcom_push(self, key, value):
        CALLS.append(["xcom", key, value])


def value(one):
    # classes and bytes travel as text
    return json.loads(json.dumps(one, default=str, sort_keys=True))


def one_call(cls, arguments, base):
    if base:
        cls = type("Ours", (cls,), {})
    del CALLS[:]
    try:
        task = cls(task_id="t", **arguments)
        returned = task.execute({"ti": TI(), "task_instance": TI(), "ds": "2021-03-08"})
        return {"calls": value(CALLS), "returned": value(returned)}
    except Exception as error:
        return {"raised": True, "error": repr(error)}


def described(cls):
    found = inspect.signature(cls.__init__).parameters.values()
    plain = [p for p in found if p.name != "self" and p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    given = [[p.name, p.default is p.empty, value(None if p.default is p.empty else p.default)] for p in plain]
    return {
        "arguments": given,
        "template_fields": list(cls.template_fields), "template_ext": list(cls.template_ext), "ui_color": cls.ui_color,
    }


def named(name):
    module, _, cls = name.rpartition(".")
    return getattr(importlib.import_module(module), cls)
"""

SOURCE = (
    COMMON
    + """
class HttpError(Exception):
    pass


class Chain:
    def __init__(self, path=(), arguments=None):
        self._path, self._arguments = path, arguments

    def __getattr__(self, name):
        return lambda **kwargs: Chain((*self._path, name), {**(self._arguments or {}), **kwargs})

    def execute(self, **kwargs):
        CALLS.append([".".join(self._path), self._arguments])
        return json.loads(json.dumps(REPLY))


for name in ("httplib2", "googleapiclient", "googleapiclient.discovery", "googleapiclient.errors",
             "googleapiclient.http", "google", "google.auth", "google.auth.exceptions", "google.auth.environment_vars",
             "google.oauth2", "google.oauth2.service_account", "google_auth_httplib2", "google.api_core",
             "google.api_core.exceptions", "google.cloud", "google.cloud.exceptions", "google.api_core.gapic_v1",
             "google.api_core.gapic_v1.client_info", "pandas_gbq", "pandas_gbq.gbq", "google.cloud.storage"):
    sys.modules.setdefault(name, MagicMock(name=name))
    parent, _, last = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], last, sys.modules[name])


class Acting:
    def with_subject(self, subject):
        CALLS.append(["acting for", subject])
        return self


sys.modules["google.auth"].default = lambda **kwargs: (Acting(), "conn-project")
sys.modules["googleapiclient.errors"].HttpError = HttpError
sys.modules["googleapiclient.discovery"].build = lambda *args, **kwargs: Chain((args[0],))


class Downloaded:
    def __init__(self, google_cloud_storage_conn_id=None, delegate_to=None):
        CALLS.append(["connection", google_cloud_storage_conn_id])
        if delegate_to:
            CALLS.append(["acting for", delegate_to])

    def download(self, bucket, object, filename=None):
        CALLS.append(["download", bucket, object])
        return b'[{"name": "n", "type": "STRING"}]'


def prepare(name):
    from airflow.hooks.base_hook import BaseHook
    BaseHook.get_connection = classmethod(lambda cls, conn_id: connection(conn_id))
    module = importlib.import_module(name.rpartition(".")[0])
    if hasattr(module, "GoogleCloudStorageHook"):
        module.GoogleCloudStorageHook = Downloaded


prepare(values["name"])
cls = named(values["name"])
"""
)

TARGET = (
    COMMON
    + """
sys.path.insert(0, values["folder"])
for module in [name for name in sys.modules if name.startswith("airflow1_compat")]:
    del sys.modules[module]
importlib.invalidate_caches()
from google.auth.credentials import AnonymousCredentials
from google.cloud.bigquery import Client
from airflow.hooks.base import BaseHook
from airflow.providers.google.cloud.hooks.gcs import GCSHook
from airflow.providers.google.common.hooks.base_google import GoogleBaseHook


class Acting(AnonymousCredentials):
    def with_subject(self, subject):
        CALLS.append(["acting for", subject])
        return self


def request(self, retry=None, method=None, path=None, data=None, **kwargs):
    CALLS.append([method, path, data])
    return json.loads(json.dumps(REPLY))


def download(self, bucket_name, object_name, **kwargs):
    CALLS.append(["download", bucket_name, object_name])
    return b'[{"name": "n", "type": "STRING"}]'


BaseHook.get_connection = classmethod(lambda cls, conn_id: connection(conn_id))
GoogleBaseHook.get_credentials_and_project_id = lambda self: (
    getattr(self, "_cached_credentials", None) or Acting(), "conn-project")
Client._call_api = request
GCSHook.download = download
cls = named(values["name"])
"""
)

DESCRIBE = "\nresult = described(cls)\n"
RUN = '\nresult = [one_call(cls, arguments, values["base"]) for arguments in values["calls"]]\n'
