"""Runs in the target, after common.py: the service is recorded, as are providers that are not installed there."""

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

    for name in (
        "slack_sdk",
        "airflow.providers.slack",
        "airflow.providers.slack.hooks",
        "airflow.providers.slack.hooks.slack",
    ):
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

    names = (
        "airflow.providers.apache",
        "airflow.providers.apache.beam",
        "airflow.providers.apache.beam.hooks",
        "airflow.providers.apache.beam.hooks.beam",
        "airflow.providers.google.cloud.hooks.dataflow",
    )
    for name in names:
        sys.modules.setdefault(name, types.ModuleType(name))
    sys.modules["airflow.providers.apache.beam.hooks.beam"].run_beam_command = run_beam_command
    dataflow = sys.modules["airflow.providers.google.cloud.hooks.dataflow"]
    dataflow.DataflowHook = DataflowHook
    dataflow.process_line_and_extract_dataflow_job_id_callback = lambda found: found


def without_amazon():
    # the provider is not in this environment; what its hook asks S3 for is as in 1.10
    parts = ["airflow.providers.amazon", "aws", "hooks", "s3"]
    for depth in range(1, 5):
        name = ".".join(parts[:depth])
        sys.modules.setdefault(name, types.ModuleType(name))
    sys.modules[name].S3Hook = S3


without_amazon()
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
    getattr(self, "_cached_credentials", None) or Acting(),
    "conn-project",
)
Client._call_api = request
GCSHook.download = download
cls = named(values["name"])
