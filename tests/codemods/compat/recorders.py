"""What runs inside the two Airflows: the service is stubbed, everything above it is real."""

from __future__ import annotations

COMMON = """
import importlib, inspect, json, sys, time, types, warnings
from unittest.mock import MagicMock, patch
from airflow.models import Connection

warnings.simplefilter("ignore")
CALLS = sys.__dict__.setdefault("compat_calls", [])  # modules that are imported once keep it
REPLY = sys.__dict__.setdefault("compat_reply", {})
REPLY.clear()
time.sleep = lambda seconds: None
REPLY.update({
    "jobReference": {"projectId": "conn-project", "jobId": "job_1", "location": "EU"},
    "status": {"state": "DONE"}, "state": "DONE", "configuration": {"query": {"query": "x"}},
    "statistics": {}, "jobComplete": True, "totalRows": "0", "rows": [], "schema": {"fields": []},
    "datasetReference": {"projectId": "conn-project", "datasetId": "d"}, "access": [],
    "tableReference": {"projectId": "conn-project", "datasetId": "d", "tableId": "t"},
    "reference": {"jobId": "job_1"}, "done": True, "name": "operation", "config": {"configBucket": "cluster-bucket"},
})
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


def value(one):
    # classes and bytes travel as text
    return json.loads(json.dumps(one, default=str, sort_keys=True))


def one_call(cls, arguments, base):
    if base or cls.__name__ in OF_AN_ESTATE:
        cls = type("Ours", (cls,), OF_AN_ESTATE.get(cls.__name__, {}))
    del CALLS[:]
    try:
        task = cls(task_id="t", **arguments)
        returned = task.execute(context={"ti": TI(), "task_instance": TI(), "ds": "2021-03-08"})
        if hasattr(task, "dataproc_job_id"):
            task.on_kill()
        return {"calls": value(CALLS), "returned": value(returned)}
    except Exception as error:
        return {"raised": True, "error": repr(error)}


def described(cls):
    own = cls.__mro__[:[one.__name__ for one in cls.__mro__].index("BaseOperator")]
    every = [inspect.signature(one.__init__).parameters for one in reversed(own) if "__init__" in one.__dict__]
    found = {name: parameter for parameters in every for name, parameter in parameters.items()}.values()
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


for name in ("httplib2", "googleapiclient", "googleapiclient.discovery", "googleapiclient.errors",
             "googleapiclient.http", "google", "google.auth", "google.auth.exceptions", "google.auth.environment_vars",
             "google.oauth2", "google.oauth2.service_account", "google_auth_httplib2", "google.api_core",
             "google.api_core.exceptions", "google.cloud", "google.cloud.exceptions", "google.api_core.gapic_v1",
             "google.api_core.gapic_v1.client_info", "pandas_gbq", "pandas_gbq.gbq", "google.cloud.storage",
             "MySQLdb", "MySQLdb.cursors", "slackclient"):
    sys.modules.setdefault(name, MagicMock(name=name))
    parent, _, last = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], last, sys.modules[name])


class Acting:
    def with_subject(self, subject):
        CALLS.append(["acting for", subject])
        return self


sys.modules["google.auth.environment_vars"].CREDENTIALS = "GOOGLE_APPLICATION_CREDENTIALS"
sys.modules["google.auth"].default = lambda **kwargs: (Acting(), "conn-project")
sys.modules["googleapiclient.errors"].HttpError = HttpError
sys.modules["googleapiclient.discovery"].build = lambda *args, **kwargs: Chain((args[0],))


class Downloaded:
    def __init__(self, google_cloud_storage_conn_id=None, delegate_to=None):
        CALLS.append(["connection", google_cloud_storage_conn_id])
        if delegate_to:
            CALLS.append(["acting for", delegate_to])

    def upload(self, bucket_name, object_name, filename, mime_type):
        CALLS.append(["upload", bucket_name, filename, mime_type])

    def download(self, bucket, object, filename=None):
        CALLS.append(["download", bucket, object])
        if filename:
            open(filename, "w").write("x")
        return b'[{"name": "n", "type": "STRING"}]'


sys.modules["slackclient"].SlackClient = Slack


class Pipeline:
    def __init__(self, command):
        CALLS.append(["pipeline", command])

    def wait_for_done(self):
        return "job_9"


class Job:
    def __init__(self, client, project, name, location, poll_sleep, job_id, retries):
        CALLS.append(["wait", project, location, poll_sleep, job_id, name])

    def wait_for_done(self):
        pass


def prepare_dataflow():
    from airflow.contrib.hooks import gcp_dataflow_hook
    gcp_dataflow_hook._Dataflow, gcp_dataflow_hook._DataflowJob = Pipeline, Job


def prepare_database(hook):
    def get_conn(self):
        self.conn = Database(getattr(self, self.conn_name_attr), getattr(self, "schema", None))
        return self.conn

    hook.get_conn = get_conn
    hook.set_autocommit = lambda self, conn, autocommit: setattr(conn, "autocommit", autocommit)
    hook.get_autocommit = lambda self, conn: conn.autocommit


def prepare(name):
    from airflow.hooks.base_hook import BaseHook
    BaseHook.get_connection = classmethod(lambda cls, conn_id: connection(conn_id))
    module = importlib.import_module(name.rpartition(".")[0])
    for hook in ("PostgresHook", "MySqlHook", "SqliteHook"):
        if hasattr(module, hook):
            prepare_database(getattr(module, hook))
    if hasattr(module, "DataFlowHook"):
        prepare_dataflow()
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


def download(self, bucket_name, object_name, filename=None):
    CALLS.append(["connection", self.gcp_conn_id])
    CALLS.append(["download", bucket_name, object_name])
    if filename:
        open(filename, "w").write("x")
    return b'[{"name": "n", "type": "STRING"}]'


def upload(self, bucket_name, object_name, filename, mime_type):
    CALLS.append(["connection", self.gcp_conn_id])
    CALLS.append(["upload", bucket_name, filename, mime_type])


def get_conn(self):
    conn_id = getattr(self, self.conn_name_attr)
    self.conn = Database(conn_id, getattr(self, "database", None) or getattr(self, "schema", None))
    return self.conn


def without_provider():
    # Airflow's own hook with what the provider's adds to its constructor: this environment has no such provider
    from airflow.providers.common.sql.hooks.sql import DbApiHook

    class MySqlHook(DbApiHook):
        conn_name_attr, default_conn_name, supports_autocommit = "mysql_conn_id", "mysql_default", True

        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.schema = kwargs.pop("schema", None)

    for name in ("airflow.providers.mysql", "airflow.providers.mysql.hooks", "airflow.providers.mysql.hooks.mysql"):
        sys.modules.setdefault(name, types.ModuleType(name))
    sys.modules["airflow.providers.mysql.hooks.mysql"].MySqlHook = MySqlHook
    return MySqlHook


def without_slack():
    # neither the provider nor Slack's own client is in this environment
    class SlackHook:
        def __init__(self, *, slack_conn_id):
            self.client = Slack(connection(slack_conn_id).password)

        def call(self, method, **arguments):
            return self.client.api_call(method, **arguments)

    for name in ("slack_sdk", "airflow.providers.slack", "airflow.providers.slack.hooks",
                 "airflow.providers.slack.hooks.slack"):
        sys.modules.setdefault(name, types.ModuleType(name))
    sys.modules["slack_sdk"].WebClient = Slack
    sys.modules["airflow.providers.slack.hooks.slack"].SlackHook = SlackHook


def without_beam():
    # the Beam provider, and Google's client of Dataflow, are not in this environment
    def run_beam_command(cmd, log, process_line_callback):
        CALLS.append(["pipeline", cmd])
        process_line_callback("job_9")

    class DataflowHook(GoogleBaseHook):
        def __init__(self, gcp_conn_id, poll_sleep):
            super().__init__(gcp_conn_id=gcp_conn_id)
            self.poll_sleep = poll_sleep

        def wait_for_done(self, job_name, location, project_id, job_id, multiple_jobs):
            CALLS.append(["connection", self.gcp_conn_id])
            CALLS.append(["wait", project_id, location, self.poll_sleep, job_id, job_name])

    names = ("airflow.providers.apache", "airflow.providers.apache.beam", "airflow.providers.apache.beam.hooks",
             "airflow.providers.apache.beam.hooks.beam", "airflow.providers.google.cloud.hooks.dataflow")
    for name in names:
        sys.modules.setdefault(name, types.ModuleType(name))
    sys.modules["airflow.providers.apache.beam.hooks.beam"].run_beam_command = run_beam_command
    dataflow = sys.modules["airflow.providers.google.cloud.hooks.dataflow"]
    dataflow.DataflowHook = DataflowHook
    dataflow.process_line_and_extract_dataflow_job_id_callback = lambda found: found


without_slack()
without_beam()
import googleapiclient.discovery
from airflow.providers.postgres.hooks.postgres import PostgresHook
from airflow.providers.sqlite.hooks.sqlite import SqliteHook

for hook in (PostgresHook, SqliteHook, without_provider()):
    hook.get_conn = get_conn
googleapiclient.discovery.build = lambda *args, **kwargs: Chain((args[0],))
GoogleBaseHook._authorize = lambda self: self.get_connection(self.gcp_conn_id) and None
GCSHook.upload = upload
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
