"""Runs in 1.10.15, after common.py: clients that are not installed there are stubbed, the service is recorded."""


class HttpError(Exception):
    pass


for name in (
    "httplib2",
    "googleapiclient",
    "googleapiclient.discovery",
    "googleapiclient.errors",
    "googleapiclient.http",
    "google",
    "google.auth",
    "google.auth.exceptions",
    "google.auth.environment_vars",
    "google.oauth2",
    "google.oauth2.service_account",
    "google_auth_httplib2",
    "google.api_core",
    "google.api_core.exceptions",
    "google.cloud",
    "google.cloud.exceptions",
    "google.api_core.gapic_v1",
    "google.api_core.gapic_v1.client_info",
    "pandas_gbq",
    "pandas_gbq.gbq",
    "google.cloud.storage",
    "MySQLdb",
    "MySQLdb.cursors",
    "slackclient",
):
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


sys.modules["airflow.hooks.S3_hook"] = types.ModuleType("airflow.hooks.S3_hook")
sys.modules["airflow.hooks.S3_hook"].S3Hook = S3


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
