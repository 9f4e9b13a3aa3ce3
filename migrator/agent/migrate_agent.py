"""The part of composer-migrator that runs inside an environment: one DAG file, Airflow 1.10.10 to 2.11, Python 3.6+.

It is uploaded to the bucket as ``dags/composer_migrator_agent.py`` and called with ``airflow test DAG TASK DATE -tp
PARAMS -sd DAGS_FOLDER/composer_migrator_agent.py`` (1.10) or ``airflow tasks test DAG TASK DATE -t PARAMS -S
DAGS_FOLDER/composer_migrator_agent.py`` (2.x; only this file is then parsed) on DAG ``composer_migrator_agent``, task
``answer``, with the task parameter ``{"id": ID}``. With ``{"id": ID, "serve": SECONDS}`` it answers the requests
``ID-1``, ``ID-2`` and so on, one after the other, until one asks it to ``end``, none came for that long, or 40 minutes
passed: many calls then cost one start of Airflow. It waits up to 60 s for the request
``data/migrate/requests/ID.json`` beside the DAGs folder, acts, and writes ``data/migrate/answers/ID.json`` (temp file,
then rename). An id that is answered already is not acted on again, so that a call may be repeated. When no request
came, or the id is no plain name, the command fails and nothing is written: the same id may be asked again. It prints
nothing but one line with the id. 2.x makes a DAG run of the agent's for the length of a call: calls that overlap need
different dates. The agent's own DAG and ``airflow_monitoring`` are left out of every answer about all DAGs.

Request ``{"id", "action", "params"}``. Answer ``{"id", "ok": true, "agent_version", "airflow_version",
"python_version", "now", "result"}`` or ``{..., "ok": false, "error": {"kind", "message", "traceback"}}``.
All dates are ISO 8601 with offset and microseconds. Results per DAG are keyed by dag id, and one DAG's failure never
hides another's result: an item that failed is ``{"error": "..."}``. DAGs are acted on in the order of the request.
Failures of the database that pass (deadlocks, serialization failures, connections that dropped, locks that were waited
for in vain) are tried again once or twice first, the whole transaction each time.
Error kinds: ``request`` (malformed), ``refused``, ``sealed`` (a key or file that does not fit), ``failed``.

Actions, with their ``params`` and ``result``:

``describe`` {"since": date, "max_runs": n, "recipient": "age1..."}: the environment as Airflow itself sees it:
    {"dags": [Dag], "broken_files": [{"file", "message"}], "runs": [Run without tasks], "variables": [Variable],
    "connections": [Connection], "pools": [Pool], "usage": Usage, "triggers": [Trigger], "sealed": base64 of an age
    file, "warnings": [..]};
    the shapes are those of ``migrator.model``. The sealed JSON is {"fingerprint_key": hex, "variables": [{"key",
    "value", "description"}], "connections": [{"conn_id", "conn_type", "host", "schema", "login", "password", "port",
    "extra", "description"}], "pools": [..]} with exact stored strings; without a recipient it is empty. The fingerprint
    key is derived from the environment's Fernet key, so that the same environment gives the same fingerprints. What
    can't be decrypted is a warning. ``max_runs`` counts per DAG.
``observe`` {"dag_ids": [..] or null, "history": n}: per DAG {"exists", "paused", "max_active_runs",
    "active": [Run with tasks] (every run with state running or queued, automated or not), "finished": [the newest n
    finished automated Runs with tasks and interval_end, newest first], "next_dagrun", "next_dagrun_create_after",
    "last_parsed" (these three null on 1.10), "import_error": str or null, "task_ids": [..], "by_datasets": bool,
    "schedule": Schedule, or null where it is not known}. The logical date of a run that a dataset made is the start of
    its interval, here and in every other answer.
``runs`` {"dag_ids": [..] or null, "since": date}: {"runs": [every Run with tasks whose logical date or start is at
    or after ``since``]}.
``names`` {}: {"variables": [key], "connections": [conn_id], "pools": [name]}: what is there, without its contents.
``edits`` {"since": date}: {"edits": [{"kind": "variable" | "connection" | "pool", "name": str or null, "who", "at",
    "how"}]}: the edits that Airflow's log knows, oldest first; ``name`` is null for an import, of which the log holds
    no names; ``how``: the event. Forms of the UI leave nothing in the log. No value leaves.
``pause_if_idle`` {"dags": {ID: {"not_before": date or null, "not_after": date or null, "last_tasks": bool}}}: per
    DAG, in one transaction under a lock of its dag row: {"paused": bool, "at": date, "reason": str, "active": [Run with
    tasks]}. Pauses only when no run is active and the clock is inside the window. A run that ended with a task instance
    still at work is active. Already paused counts as paused. Subdags follow their DAG, here and wherever the flag is
    set. ``last_tasks``: also when all that is left of the active runs is running, since that goes on in a paused DAG;
    not with subdags, whose tasks would be frozen, and not on 2.0 to 2.3, where the run would stay open.
``finish_ended`` {"dags": [ID, ...]}: 1.10 leaves a run open whose tasks ended while its DAG was paused. Ends those of
    paused DAGs as the scheduler would, callbacks included: per DAG {"ended": {run_id: state}}. Nothing on 2.x.
``set_paused`` {"dags": {ID: bool}}: per DAG {"paused": bool} as read back after the commit.
``carry_over`` {"dags": {ID: [Run, ...]}}: per DAG, in one transaction under the row lock, only while the DAG is
    paused: inserts each run as a finished automated one (``scheduled__...`` of that Airflow's own form, the given
    state, task instances in the given states for the tasks that exist here, conf {"composer_migrator":
    {"carried_over": true}}, no callbacks, no dataset events) and makes next_dagrun right before it commits:
    {"inserted": [run_id], "already": [run_id], "next_dagrun": date or null, "exact": bool, "at": date}. It is exact
    where the parser takes the same row lock, so that it sees all of this or nothing (2.x, not on SQLite). A run that is
    there with other contents and without the mark is an error for that DAG; one with the mark counts as already there,
    and takes the given states when the given run ended later than the one it mirrors. A task that only exists here gets
    success in a successful run, else skipped; one that had not ended there gets skipped, in a failed run
    upstream_failed. A Run with "decided": {"by", "policy"} is none that ran: somebody decided that its interval is left
    out, and each of its tasks is skipped; the mark says who. With "past" (what ``past`` sealed, or an empty text) the
    runs also get the dates at which they began and ended over there, a conf of their own beside the mark, and the
    XComs of tasks that exist here; "left_out": [what of it could not be given, and why].
``past`` {"dags": {ID: [logical date, ...]}, "recipient": "age1..."}: what these runs leave to later ones: each one's
    own conf, and the XComs of the newest of them: {"sealed": base64 of an age file, or empty where there is nothing,
    "left_out": {ID: [what, and why]}}. Only values that JSON holds, up to MOST_LEFT bytes each. The sealed JSON is {ID:
    {"confs": {logical date: conf}, "date": logical date, "xcoms": [{"task_id", "key", "value"}]}}.
``remove_carried`` {"dags": [ID, ...]}: deletes the marked runs, with their XComs: per DAG {"removed": [run_id]}; only
    while paused.
``remove_waiting`` {"dags": [ID, ...]}: deletes the automated runs of which no task began: per DAG {"removed": [run_id],
    "left": [Run with tasks] (those that are open and began)}; only while paused.
``switch_on`` {"dags": {ID: {"fill_after": date or null, "fill": [{"logical_date", "interval_end", "tasks"}] or null,
    "not_before": date or null, "not_after": date or null}}}: per DAG, those that run by datasets first, in one
    transaction under the row lock: makes a real automated run, to be executed by the scheduler, for each interval of
    ``fill`` (behind those of its ``tasks`` that ended well, where it names their states), and where catchup is off for
    each after the last automated run that ended after ``fill_after`` and is due
    by now; makes next_dagrun right; unpauses: {"paused": bool, "filled": [{"logical_date", "interval_end"}],
    "next_dagrun", "at", "reason"}. Already on: {"paused": false, "filled": [], ...}. Where another run
    sits on an interval's date, ``reason`` names it and the interval is left out. ``automated`` of a filled run is true
    in every answer, by its id, although the type of all but the newest of a timedelta DAG's is ``manual``.
``fill_held`` {"dags": {ID: date}}: per DAG that is on without catchup and has as many open runs as it may: makes runs
    of what came due after that date and after its last automated run, since Airflow makes none until one ends, and then
    only the newest: {"held": bool, "filled": [{"logical_date", "interval_end"}], "reason"}.
``public_key`` {}: makes a key pair, keeps the private half encrypted in this environment (an Airflow variable,
    ``composer_migrator_key``), {"recipient": "age1..."}.
``import_resources`` {"sealed": base64 age file to that key or to the ``sealing_key``, "policy": "skip" | "replace" |
    "merge", or one for each kind, "only": [kinds] or null, "dry_run": bool}: {"variables": {key: "created" | "equal" |
    "replaced" | "merged" | "kept" | {"error": ...}}, "connections": {...}, "pools": {...}, "users": {...},
    "without_provider": {conn_id: type}, "without_role": {identity: [role]}}, by exact strings, each item in a savepoint
    of its own; a private key that was stored is deleted afterwards unless dry_run. ``merge`` keeps what is there and
    adds what it lacks: empty fields of a connection, keys of a JSON object that a variable or an extra holds; of a pool
    the larger number of slots; roles of a user. A user is {"identity", "name", "email", "first_name", "last_name",
    "active", "roles": [name]}: roles that are here by name are given, with a password that nobody knows; a Google
    account's identity is its email.
``old_logs`` {"dags": {ID: {date: {task_id: try}}}}: has the web server look for the logs of these carried runs where
    Airflow before 2.3 wrote them, ``DAG/TASK/DATE/TRY.log``, and gives their task instances the number of the last try:
    per DAG [date of each carried run that is there]. Runs that are no carried ones are left as they are. 2.3 and later.
``sealing_key`` {}: {"recipient": "age1..."}, the public half of a pair that is derived from the environment's Fernet
    key: it is the same each time and nothing is stored.
``parity`` {"fingerprint_key": base64 age file to the ``sealing_key`` with 32 bytes in it, "dag_ids": [..] or null,
    "dates": {ID: {"logical_date", "interval_end"} or null} or null, "names": {"variables": [..], "connections":
    [..]}}: what two environments are compared by: {"dags": {ID: Dag with "settings", "rendered_for" and tasks with
    "settings" and "fields", or {"error"}}, "broken_files", "variables": {key: {"value": mark, "description"}},
    "connections": {id: {field: mark, or the type and port}}, "pools": {name: {"slots", "description"}}, "users":
    {identity: {"roles", "active"}}}. A mark is an HMAC
    under the key that was sent: equal in two environments where the texts are, and no more shows. ``fields`` holds a
    mark of each template field as rendered for the date (without ``dates``: that of the last automated run), or
    {"left_out": why}, or {"error": type}; {"mark", "variables": [..], "dates": [..]} where the template names variables
    or dates of 1.10. ``names`` are looked up in the environment's secrets backends, where it has some. Nothing is
    written.
"""

# ruff: noqa: SLF001 - Airflow keeps some of what is read here private

import ast
import base64
import contextlib
import datetime as dt
import hashlib
import heapq
import hmac
import importlib
import io
import json
import os
import pickle
import pickletools
import platform
import re
import time

try:
    from airflow import __version__ as airflow_version
except ImportError:  # read outside an environment, by tests
    airflow_version = ""

AGENT_VERSION = "9"
DAG_ID = "composer_migrator_agent"
TASK_ID = "answer"
GOOGLE_ACCOUNT = "accounts.google.com:"  # and a number: the user name that Composer gives
KEY_VARIABLE = "composer_migrator_key"
MARK = "composer_migrator"
NOT_MIGRATED = (DAG_ID, "airflow_monitoring")  # the second is Composer's own liveness DAG
REQUEST_SECONDS = 60
SERVE_SECONDS = 2400
LOCK_SECONDS = 30
RETRY_SECONDS = 0.5
PARSED_SECONDS = 30  # the scheduler's own view of a file is as old, by default
MOST_FILLED = 1000
ROW_LOCKS = ("postgresql", "mysql")
MOST_INTERVALS = 200000
LARGE_XCOM = 10 * 1024
MOST_LEFT = 256 * 1024  # bytes of one value, as it is stored
MOST_LEFT_OF_ALL = 4 * 1024 * 1024  # and of all values of a DAG
MOST_PARTS = 50000  # of one value
MOST_DEEP = 50

VERSION = tuple(int(part) for part in re.findall(r"\d+", airflow_version)[:2])
AIRFLOW_1 = VERSION < (2, 0)
HAS_INTERVALS = VERSION >= (2, 2)  # data intervals, timetables, task instances tied to runs by run_id

BY_DATASET = "dataset_triggered"
AUTOMATED = ("scheduled", "backfill", BY_DATASET)
SIMPLE_TIMETABLES = {"NullTimetable": "none", "OnceTimetable": "once", "DatasetTriggeredTimetable": "dataset"}
RUN_OPEN = ("running", "queued")
RUN_ENDED = ("success", "failed")
TASK_ENDED = ("success", "failed", "skipped", "upstream_failed", "removed", "shutdown")
TASK_ACTIVE = (
    "running",
    "queued",
    "scheduled",
    "up_for_retry",
    "up_for_reschedule",
    "deferred",
    "sensing",
    "restarting",
)
NOT_BEGUN = (None, "scheduled")
MAPPED_ORDER = TASK_ACTIVE + (None, "failed", "shutdown", "upstream_failed", "success", "skipped", "removed")
PRESETS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@quarterly": "0 0 1 */3 *",
    "@yearly": "0 0 1 1 *",
}


# --- A request and its answer -----------------------------------------------------------------------------------------


class AgentError(Exception):
    """A failure whose message is meant for the operator; it never holds a value of a variable or connection."""

    def __init__(self, message, kind="refused"):
        super(AgentError, self).__init__(message)
        self.kind = kind


def answer(**context):
    """Act on the request named by the task parameter ``id`` and write its answer; an answered one is left alone."""
    request_id = str(context["params"].get("id", ""))
    if not re.match(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}\Z", request_id):
        raise AgentError("the task parameter id must be made of letters, digits, dot, dash and underscore", "request")
    idle = context["params"].get("serve")
    count = serve(request_id, float(idle)) if idle else answer_one(request_id, REQUEST_SECONDS)
    if not count and not idle:
        raise AgentError(f"no request {request_id} came within {REQUEST_SECONDS} s", "request")
    print(f"{DAG_ID} answered {request_id}")


def serve(session_id, idle):
    """Answer ``SESSION-1``, ``SESSION-2`` and so on, until one says ``end`` or none came for ``idle`` seconds."""
    count, until = 0, time.time() + SERVE_SECONDS
    while time.time() < until and answer_one(f"{session_id}-{count + 1}", idle) == "on":
        count += 1
    return count


def answer_one(request_id, patience):
    """Answer one request, unless it is answered already: "on", or "end" when it asks for that, or "" if none came."""
    folder = os.path.join(os.path.dirname(dags_folder()), "data", "migrate")
    target = os.path.join(folder, "answers", request_id + ".json")
    if os.path.exists(target):
        return "on"
    request = read_request(os.path.join(folder, "requests", request_id + ".json"), request_id, patience)
    if request is None or request.get("action") == "end":
        return "" if request is None else "end"
    write_atomically(target, json.dumps(respond(request), sort_keys=True))
    return "on"


def dags_folder():
    """The environment's DAGs folder, without a slash at its end."""
    from airflow.configuration import conf

    return os.path.abspath(os.path.expanduser(conf.get("core", "dags_folder")))


def read_request(path, request_id, patience):
    """The request, waiting for the sync of the bucket to deliver all of it; None when it did not.

    Cloud Storage FUSE keeps for seconds that a name, or an empty folder that nobody made, is not there; what a folder
    lists is always new. So the folder is made, and only what it lists is opened.
    """
    folder, name = os.path.split(path)
    os.makedirs(folder, exist_ok=True)
    deadline = time.time() + patience
    while True:
        with contextlib.suppress(IOError, ValueError):
            request = load_json(path) if name in os.listdir(folder) else None
            if isinstance(request, dict) and request.get("id") == request_id:
                return request
        if time.time() > deadline:
            return None
        time.sleep(0.1)


def load_json(path):
    """What the file holds."""
    with open(path, encoding="utf-8") as handle:
        return json.load(handle)


def write_atomically(path, text):
    """Write the file so that a reader, or the sync of the bucket, sees all of it or nothing."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    temporary = os.path.join(os.path.dirname(path), "." + os.path.basename(path) + ".tmp")
    with open(temporary, "w", encoding="utf-8") as handle:
        handle.write(text)
    os.replace(temporary, path)


def respond(request):
    """The answer to a request, as the module's docstring gives it."""
    reply = {
        "id": request["id"],
        "agent_version": AGENT_VERSION,
        "airflow_version": airflow_version,
        "python_version": platform.python_version(),
    }
    try:
        act = find_action(request.get("action"))
        reply.update(ok=True, result=again(lambda: act(request.get("params") or {})))
    except Exception as error:
        kind = error.kind if isinstance(error, AgentError) else "failed"
        reply.update(ok=False, error={"kind": kind, "message": explain(error), "traceback": own_frames(error)})
    reply["now"] = iso(utcnow())
    return reply


def find_action(name):
    """The function of an action; AgentError when there is none."""
    if name not in ACTIONS:
        raise AgentError(f"this agent knows no action {name!r}", "request")
    return ACTIONS[name]


def explain(error):
    """One line on the error; of a database error only its first line, because the others repeat the values."""
    if isinstance(error, AgentError):
        return str(error)
    if isinstance(error, KeyError):
        return f"KeyError: {error}"
    cause = getattr(error, "orig", None) or error
    lines = str(cause).strip().splitlines() or [""]
    said = f"{type(cause).__name__}: {lines[0][:300]}"
    return f"another connection held a lock for {LOCK_SECONDS} s and longer: {said}" if is_locked(error) else said


def own_frames(error):
    """The agent's own frames of the traceback as ``function:line``, without source or values."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    mine = os.path.basename(__file__)
    return "\n".join(f"{f[2]}:{f[1]}" for f in frames if os.path.basename(f[0]) == mine)


def for_each(items, act):
    """Call ``act(key, value)`` for each item, in the request's order; a failure becomes an item and hides no other.

    What ``act`` writes is one transaction, so that a failure of the database that passes is tried again whole.
    """
    results = {}
    for key, value in items.items():
        try:
            results[key] = again(lambda: act(key, value))  # noqa: B023 - called at once
        except Exception as error:
            results[key] = {"error": explain(error)}
    return results


# --- Dates ------------------------------------------------------------------------------------------------------------

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:(Z)|([+-])(\d\d):?(\d\d))\Z")


def utcnow():
    """The environment's clock, aware."""
    return dt.datetime.now(dt.timezone.utc)


def iso(moment):
    """ISO 8601 in UTC with microseconds, or None."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.timezone.utc)
    return moment.astimezone(dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")


def parse_date(text):
    """The aware moment, in UTC, that an ISO 8601 text with an offset names; None stays None."""
    if text is None:
        return None
    match = _DATE.match(text)
    if not match:
        raise AgentError(f"{text!r} is not an ISO 8601 date with an offset", "request")
    year, month, day, hour, minute, second, fraction, _, sign, hours, minutes = match.groups()
    micro = int((fraction or "0").ljust(6, "0"))
    numbers = [int(number) for number in (year, month, day, hour, minute, second)]
    moment = dt.datetime(*numbers, microsecond=micro, tzinfo=dt.timezone.utc)
    offset = dt.timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return moment + offset if sign == "-" else moment - offset


def outside(window, now):
    """Why ``now`` is outside the window of ``not_before`` and ``not_after``, or an empty text."""
    not_before, not_after = parse_date(window.get("not_before")), parse_date(window.get("not_after"))
    if not_before and now < not_before:
        return f"it is {iso(now)}, before {iso(not_before)}"
    if not_after and now > not_after:
        return f"it is {iso(now)}, after {iso(not_after)}"
    return ""


# --- The age format, version 1: X25519 recipients only ----------------------------------------------------------------

_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_CHUNK = 64 * 1024


def _polymod(values):
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if (top >> bit) & 1 else 0
    return check


def _regroup(values, source, target, pad):
    bits = size = 0
    out = []
    for value in values:
        bits, size = bits << source | value, size + source
        while size >= target:
            size -= target
            out.append(bits >> size & ((1 << target) - 1))
    if pad and size:
        out.append(bits << (target - size) & ((1 << target) - 1))
    return out


def bech32_encode(prefix, data):
    """Bech32 of the bytes (BIP 173), in lower case."""
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    words = _regroup(bytearray(data), 8, 5, True)
    check = _polymod(expanded + words + [0] * 6) ^ 1
    words += [check >> 5 * (5 - i) & 31 for i in range(6)]
    return prefix + "1" + "".join(_BECH32[word] for word in words)


def bech32_decode(prefix, text):
    """The bytes of a Bech32 text with this prefix; AgentError when it is none."""
    lowered = text.strip().lower()
    head, _, tail = lowered.rpartition("1")
    words = [_BECH32.find(c) for c in tail]
    expanded = [ord(c) >> 5 for c in head] + [0] + [ord(c) & 31 for c in head]
    if head != prefix or min(words or [-1]) < 0 or _polymod(expanded + words) != 1:
        raise AgentError(f"this is no valid {prefix} key", "request")
    return bytes(bytearray(_regroup(words[:-6], 5, 8, False)))


def _hkdf(key, salt, info):
    """HKDF-SHA256 to 32 bytes, which is one round."""
    extracted = hmac.new(salt or bytes(32), key, hashlib.sha256).digest()
    return hmac.new(extracted, info + b"\x01", hashlib.sha256).digest()


def _public_bytes(public):
    """The 32 bytes of an X25519 public key; cryptography before 2.5 takes no arguments."""
    from cryptography.hazmat.primitives import serialization

    try:
        return public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    except (AttributeError, TypeError):
        return public.public_bytes()


def _chacha(key):
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    return ChaCha20Poly1305(key)


def _base64(data):
    return base64.b64encode(data).rstrip(b"=")


def _unbase64(text):
    return base64.b64decode(text + b"=" * (-len(text) % 4))


def make_keys():
    """A new X25519 pair: the 32 private bytes and the recipient ``age1...``."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    private = X25519PrivateKey.generate()
    raw = serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    return private.private_bytes(*raw), bech32_encode("age", _public_bytes(private.public_key()))


def age_encrypt(data, recipient):
    """The bytes as an age file for one recipient ``age1...``."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

    theirs = bech32_decode("age", recipient)
    ephemeral = X25519PrivateKey.generate()
    share = _public_bytes(ephemeral.public_key())
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(theirs))
    file_key, nonce = os.urandom(16), os.urandom(16)
    wrapped = _chacha(_hkdf(shared, share + theirs, b"age-encryption.org/v1/X25519")).encrypt(bytes(12), file_key, None)
    header = b"age-encryption.org/v1\n-> X25519 " + _base64(share) + b"\n" + _base64(wrapped) + b"\n---"
    mac = hmac.new(_hkdf(file_key, b"", b"header"), header, hashlib.sha256).digest()
    stream = _stream(_hkdf(file_key, nonce, b"payload"), data, _CHUNK, "encrypt")
    return header + b" " + _base64(mac) + b"\n" + nonce + stream


def age_decrypt(data, private):
    """The bytes that an age file holds for these 32 private bytes; AgentError when it is not for them or damaged."""
    from cryptography.exceptions import InvalidTag

    try:
        end = data.index(b"\n---") + 4
        newline = data.index(b"\n", end)
        file_key = _unwrap(data[:end], private)
        mac = hmac.new(_hkdf(file_key, b"", b"header"), data[:end], hashlib.sha256).digest()
        nonce, body = data[newline + 1 : newline + 17], data[newline + 17 :]
        if hmac.compare_digest(_unbase64(data[end + 1 : newline]), mac) and len(body) >= 16:
            return _stream(_hkdf(file_key, nonce, b"payload"), body, _CHUNK + 16, "decrypt")
    except (ValueError, IndexError, InvalidTag):
        pass
    raise AgentError("the sealed file is damaged or was made for another key", "sealed")


def _unwrap(header, private):
    """The file key, from the first X25519 stanza that opens."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

    mine = X25519PrivateKey.from_private_bytes(private)
    public = _public_bytes(mine.public_key())
    for stanza in header.split(b"\n-> ")[1:]:
        lines = stanza.split(b"\n")
        words = lines[0].split(b" ")
        if words[0] != b"X25519":
            continue
        share = _unbase64(words[1])
        key = _hkdf(
            mine.exchange(X25519PublicKey.from_public_bytes(share)), share + public, b"age-encryption.org/v1/X25519"
        )
        with contextlib.suppress(InvalidTag):
            return _chacha(key).decrypt(bytes(12), _unbase64(lines[1]), None)
    raise ValueError("no stanza opens")


def _stream(key, data, size, method):
    """STREAM: each chunk under a counter and a flag that marks the last one."""
    cipher = getattr(_chacha(key), method)
    count = max(1, (len(data) + size - 1) // size)
    out = []
    for index in range(count):
        nonce = index.to_bytes(11, "big") + (b"\x01" if index == count - 1 else b"\x00")
        out.append(cipher(nonce, data[index * size : (index + 1) * size], None))
    return b"".join(out)


# --- Sessions and locks -----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def transaction():
    """A session of our own, committed at the end; Airflow's scoped one belongs to the task that we run in."""
    from airflow import settings
    from sqlalchemy.orm import sessionmaker

    session = sessionmaker(bind=settings.engine, autoflush=False, expire_on_commit=False)()
    try:
        limit_waits(session)
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()


@contextlib.contextmanager
def locked(dag_id):
    """A transaction that holds the DAG's row, which the scheduler and the parser of 2.x lock before they decide."""
    from airflow.models import DagModel

    with transaction() as session:
        model = session.query(DagModel).filter(DagModel.dag_id == dag_id).with_for_update().first()
        if model is None:
            raise AgentError(f"there is no DAG {dag_id} here")
        yield session, model


def limit_waits(session):
    """Have the database wait for a lock for LOCK_SECONDS at most, whatever it is configured to."""
    statement = LOCK_WAITS.get(session.bind.dialect.name)
    if statement:
        session.execute(_sql(statement.format(seconds=LOCK_SECONDS, milliseconds=LOCK_SECONDS * 1000)))


LOCK_WAITS = {
    "postgresql": "SET LOCAL lock_timeout = '{seconds}s'",
    "mysql": "SET SESSION innodb_lock_wait_timeout = {seconds}, SESSION lock_wait_timeout = {seconds}",
    "sqlite": "PRAGMA busy_timeout = {milliseconds}",
}


def again(act):
    """What ``act()`` returns; one that fails because of something that passes is called anew, twice at most."""
    failures = 0
    while True:
        try:
            return act()
        except Exception as error:
            failures += 1
            if failures > chances(error):
                error.given_up = True  # by whoever calls us with again, too
                raise
        time.sleep(RETRY_SECONDS * failures)


def chances(error):
    """How many times to try again what failed with this: once where the database waited for a lock in vain."""
    cause = getattr(error, "orig", None)
    if cause is None or getattr(error, "given_up", False):
        return 0
    if is_locked(error):
        return 1
    codes = _codes(cause)
    lost = getattr(error, "connection_invalidated", False) or any(str(code).startswith("08") for code in codes)
    return 2 if lost or codes & PASSING_CODES else 0


def is_locked(error):
    """Whether the database waited for a lock in vain."""
    cause = getattr(error, "orig", None)
    if cause is None:
        return False
    return bool(_codes(cause) & LOCKED_CODES) or "is locked" in str(cause) and "sqlite" in type(cause).__module__


def _codes(cause):
    """The codes that a driver's error carries: of MySQL's first in ``args``, of Postgres' an attribute or a field."""
    first = cause.args[0] if cause.args else None
    found = [first.get("C") if isinstance(first, dict) else first]  # pg8000 gives all fields of the message
    found += [getattr(cause, name, None) for name in ("pgcode", "sqlstate", "errno")]
    return {code for code in found if isinstance(code, (int, str))}


LOCKED_CODES = {1205, "55P03"}
"""A lock that was waited for in vain: MySQL, Postgres."""
PASSING_CODES = {1213, 2006, 2013, 2055, 1053, 1927, 3572, "40001", "40P01", "57P01", "57P02", "57P03"}
"""Deadlocks, serialization failures, connections that dropped, a server that is shut down or begins."""


def is_of_database(error):
    """Whether the database said it, so that it is not about one row."""
    return getattr(error, "orig", None) is not None


def _sql(text):
    from sqlalchemy import text as clause

    return clause(text)


def pause(session, dag_id, paused):
    """Set the flag on the DAG and on its subdags, by their keys: else MySQL locks the rows of other DAGs too."""
    from airflow.models import DagModel

    subdags = [row[0] for row in session.query(DagModel.dag_id).filter(DagModel.root_dag_id == dag_id)]
    rows = session.query(DagModel).filter(DagModel.dag_id.in_([dag_id] + subdags))
    rows.update({"is_paused": paused}, synchronize_session="fetch")


def require_paused(model):
    """AgentError unless the DAG is paused."""
    if not model.is_paused:
        raise AgentError(f"{model.dag_id} is not paused")


# --- DAG objects ------------------------------------------------------------------------------------------------------


class Dags(object):
    """DAG objects, loaded when first asked for: from their file on 1.10, as the scheduler sees them on 2.x."""

    def __init__(self, known=None):
        self._dags = dict(known or {})
        self._source = None

    def find(self, dag_id):
        """The DAG, or None when it can't be loaded."""
        if dag_id not in self._dags:
            self._dags.update(self._load_file(dag_id) if AIRFLOW_1 else self._load_serialized(dag_id))
            self._dags.setdefault(dag_id, None)
        return self._dags[dag_id]

    def get(self, dag_id):
        """The DAG; AgentError when it can't be loaded."""
        dag = self.find(dag_id)
        if dag is None:
            raise AgentError(f"{dag_id} could not be loaded: it is unknown, not parsed yet or broken")
        return dag

    def hash(self, dag_id):
        """The hash that the scheduler gives to a run it makes (2.x)."""
        return _STORED.get(dag_id, (None, None))[0]

    def _load_file(self, dag_id):
        from airflow.models import DagModel

        if self._source is None:
            with transaction() as session:
                self._source = dict(session.query(DagModel.dag_id, DagModel.fileloc))
        fileloc = self._source.get(dag_id)
        found = parsed(_dag_file(fileloc)).dags if fileloc else {}
        return {key: dag for key, dag in found.items() if key not in self._dags}

    def _load_serialized(self, dag_id):
        if self._source is None:
            self._source = dag_bag(os.devnull, read_dags_from_db=True)
        with transaction() as session:
            try:
                return {dag_id: stored(session, self._source, dag_id)}
            except Exception:  # SerializedDagNotFound, from 2.1 on
                return {dag_id: None}


def stored(session, bag, dag_id):
    """The DAG that the scheduler has, by way of the bag; one whose hash is the same is not deserialized again."""
    from airflow.models.serialized_dag import SerializedDagModel

    current = session.query(SerializedDagModel.dag_hash).filter(SerializedDagModel.dag_id == dag_id).scalar()
    known = _STORED.get(dag_id)
    if known is None or known[0] != current:
        dag = bag.get_dag(dag_id, session=session)
        known = _STORED[dag_id] = bag.dags_hash.get(dag_id), dag
    return known[1]


_STORED = {}


def dag_bag(folder, **options):
    """A DagBag without the examples."""
    from airflow.models import DagBag

    return DagBag(folder, include_examples=False, **options)


def parsed(path):
    """The DagBag of a file; one command that answers many requests parses a file that is the same once in a while."""
    stamp = _stamp(path)
    known = _PARSED.get(path)
    if known is None or known[0] != stamp or time.time() - known[1] > PARSED_SECONDS:
        known = _PARSED[path] = stamp, time.time(), dag_bag(path)
    return known[2]


_PARSED = {}


def _stamp(path):
    """What changes when the file is written; None when there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime


def _dag_file(fileloc):
    """The file on disk: for a DAG in an archive, the archive."""
    head, dot_zip, _ = fileloc.partition(".zip" + os.sep)
    return head + ".zip" if dot_zip else fileloc


def relative(path):
    """The path relative to the DAGs folder, where it lies in it."""
    found = os.path.relpath(os.path.realpath(path), os.path.realpath(dags_folder()))
    return path if found.startswith("..") else found


# --- Reading runs -----------------------------------------------------------------------------------------------------


def run_query(session):
    """A query of the columns that a Run is made of."""
    from airflow.models import DagRun

    columns = [DagRun.dag_id, DagRun.run_id, DagRun.execution_date, DagRun.state, DagRun.external_trigger]
    columns += [DagRun.start_date, DagRun.end_date, DagRun.conf]
    columns += [] if AIRFLOW_1 else [DagRun.run_type]
    columns += [DagRun.data_interval_end, DagRun.data_interval_start] if HAS_INTERVALS else []
    return session.query(*columns)


def _is_automated(row):
    """Whether the run moves the schedule; a filled run may be of another type, its id is then still the scheduler's."""
    if row.run_id.startswith("scheduled__"):
        return True
    return not row.external_trigger if AIRFLOW_1 else _text(row.run_type) in AUTOMATED


def _date_of(row):
    """The date that a run stands for: where a dataset made it, its own is when that happened, and means nothing."""
    by_dataset = not AIRFLOW_1 and _text(row.run_type) == BY_DATASET and row.data_interval_start
    return row.data_interval_start if by_dataset else row.execution_date


def is_carried(conf):
    """Whether this is the conf of a run that only mirrors one of the other environment."""
    mark = conf.get(MARK) if isinstance(conf, dict) else None
    return bool(isinstance(mark, dict) and mark.get("carried_over"))


def to_runs(rows, dags, tasks=None):
    """Rows of :func:`run_query` as Runs of ``migrator.model``."""
    return [
        {
            "dag_id": row.dag_id,
            "run_id": row.run_id,
            "logical_date": iso(_date_of(row)),
            "state": _text(row.state),
            "automated": _is_automated(row),
            "interval_end": iso(_interval_end(row, dags)),
            "carried": is_carried(row.conf),
            "started": iso(row.start_date),
            "ended": iso(row.end_date),
            "tasks": {} if tasks is None else tasks.get((row.dag_id, row[1 if HAS_INTERVALS else 2]), {}),
        }
        for row in rows
    ]


def _interval_end(row, dags):
    """The end of the run's interval: stored from 2.2 on, before that what the schedule says of an automated run."""
    if HAS_INTERVALS and row.data_interval_end:
        return row.data_interval_end
    dag = dags.find(row.dag_id) if not HAS_INTERVALS and _is_automated(row) else None
    return interval_end(dag, row.execution_date) if dag is not None else None


def interval_end(dag, logical_date):
    """The end of the interval that starts at ``logical_date`` (1.10 to 2.1); of ``@once``, the date itself."""
    if dag.schedule_interval == "@once":
        return logical_date
    return dag.following_schedule(logical_date)


def task_states(session, rows):
    """Task states of the runs, as {(dag id, run id or before 2.2 date): {task id: state}}, a few queries in all."""
    from airflow.models import TaskInstance

    tie, index = (TaskInstance.run_id, 1) if HAS_INTERVALS else (TaskInstance.execution_date, 2)
    wanted = {(row.dag_id, row[index]) for row in rows}
    states = {key: {} for key in wanted}
    pairs = sorted(wanted, key=lambda pair: (pair[0], str(pair[1])))
    for start in range(0, len(pairs), 300):
        some = pairs[start : start + 300]
        query = session.query(TaskInstance.dag_id, tie, TaskInstance.task_id, TaskInstance.state)
        query = query.filter(TaskInstance.dag_id.in_({dag_id for dag_id, _ in some}))
        for dag_id, key, task_id, state in query.filter(tie.in_({key for _, key in some})):
            tasks = states.get((dag_id, key))
            if tasks is not None:
                tasks[task_id] = _of_mapped(tasks[task_id], _text(state)) if task_id in tasks else _text(state)
    return states


def _of_mapped(one, other):
    """The state that stands for two instances of a mapped task: the one with most left to do, then the worst."""
    rank = {state: index for index, state in enumerate(MAPPED_ORDER)}
    return min(one, other, key=lambda state: rank.get(state, 0))


def runs_with_tasks(session, dags, query):
    """The Runs of a query, with their tasks."""
    rows = query.all()
    return to_runs(rows, dags, task_states(session, rows))


def active_runs(session, dag_id, dags):
    """The Runs that are open, and those that ended with task instances left at work."""
    from airflow.models import DagRun, TaskInstance
    from sqlalchemy import or_

    tie, other = (
        (DagRun.run_id, TaskInstance.run_id) if HAS_INTERVALS else (DagRun.execution_date, TaskInstance.execution_date)
    )
    at_work = session.query(other).filter(TaskInstance.dag_id == dag_id, TaskInstance.state.in_(TASK_ACTIVE))
    left = [key for (key,) in at_work.distinct()]
    query = run_query(session).filter(DagRun.dag_id == dag_id)
    query = query.filter(or_(DagRun.state.in_(RUN_OPEN), tie.in_(left)) if left else DagRun.state.in_(RUN_OPEN))
    return runs_with_tasks(session, dags, query.order_by(DagRun.execution_date))


def on_last_tasks(session, dag_id, active):
    """Whether all that is left of the active runs is running, so that a pause freezes nothing of it."""
    from airflow.models import DagModel

    if not (AIRFLOW_1 or VERSION >= (2, 4)):
        return False
    if session.query(DagModel.dag_id).filter(DagModel.root_dag_id == dag_id).first() is not None:
        return False
    states = [state for run in active for state in (run["tasks"].values() or [None])]
    return all(state == "running" or state in TASK_ENDED for state in states)


def _text(state):
    """A state or rule as plain text: some versions give an enum."""
    return None if state is None else str(getattr(state, "value", state))


# --- Describing DAGs --------------------------------------------------------------------------------------------------


def to_dag(dag, model):
    """A DAG object, and its row or None, as a Dag of ``migrator.model``."""
    starts = [task.start_date for task in dag.tasks if task.start_date]
    outlets = {out.uri for task in dag.tasks for out in getattr(task, "outlets", None) or () if hasattr(out, "uri")}
    paused = model.is_paused if model is not None else dag.is_paused_upon_creation
    return {
        "dag_id": dag.dag_id,
        "file": relative(dag.fileloc),
        "schedule": to_schedule(dag),
        "start_date": iso(dag.start_date or (min(starts) if starts else None)),
        "end_date": iso(dag.end_date),
        "catchup": bool(dag.catchup),
        "owners": sorted({owner.strip() for owner in (dag.owner or "").split(",") if owner.strip()}),
        "tags": sorted(getattr(dag, "tags", None) or ()),
        "paused": bool(_paused_at_creation() if paused is None else paused),
        "max_active_runs": int(dag.max_active_runs),
        "description": dag.description,
        "datasets_out": sorted(outlets) if not AIRFLOW_1 else [],
        "datasets_in": _datasets_in(dag),
        "tasks": [to_task(task) for task in sorted(dag.tasks, key=lambda task: task.task_id)],
    }


def _paused_at_creation():
    from airflow.configuration import conf

    return conf.getboolean("core", "dags_are_paused_at_creation")


def to_schedule(dag):
    """The DAG's schedule as a Schedule of ``migrator.model``; presets become their five fields."""
    kind, expression, seconds = _timetable_schedule(dag) if HAS_INTERVALS else _interval_schedule(dag.schedule_interval)
    zone = getattr(dag.timezone, "name", None) or str(dag.timezone)
    return {"kind": kind, "expression": expression, "seconds": seconds, "timezone": zone}


def _interval_schedule(interval):
    """Kind, expression and seconds of a ``schedule_interval``."""
    if interval is None:
        return "none", None, None
    if interval == "@once":
        return "once", None, None
    if isinstance(interval, str):
        return "cron", PRESETS.get(interval, interval), None
    return _delta_schedule(interval)


def _delta_schedule(delta):
    """The same of a timedelta, or of a relativedelta where its length is fixed."""
    if isinstance(delta, dt.timedelta):
        return "delta", None, delta.total_seconds()
    units = (("days", 86400), ("hours", 3600), ("minutes", 60), ("seconds", 1), ("microseconds", 1e-6))
    fixed = dt.timedelta(seconds=sum(getattr(delta, name, 0) * size for name, size in units))
    if type(delta).__name__ == "relativedelta" and delta == type(delta)(seconds=fixed.total_seconds()):
        return "delta", None, fixed.total_seconds()
    return "other", str(delta), None


def _timetable_schedule(dag):
    """The same of a timetable (2.2 and later)."""
    timetable = dag.timetable
    name = type(timetable).__name__
    if name == "CronDataIntervalTimetable":
        return "cron", timetable._expression, None
    if name == "DeltaDataIntervalTimetable":
        return _delta_schedule(timetable._delta)
    if name in SIMPLE_TIMETABLES:
        return SIMPLE_TIMETABLES[name], None, None
    summary = str(getattr(timetable, "summary", "") or "")
    return "other", name if summary in ("", name) else f"{name}: {summary}", None


def _datasets_in(dag):
    """The URIs whose updates start the DAG: a list on 2.4 to 2.8, a condition later."""
    listed = getattr(dag, "dataset_triggers", None)
    if isinstance(listed, (list, tuple)) and listed:
        return sorted({one.uri for one in listed})
    condition = getattr(getattr(dag, "timetable", None), "dataset_condition", None)
    return sorted({uri for uri, _ in condition.iter_datasets()}) if condition is not None else []


def to_task(task):
    """A task as a Task of ``migrator.model``."""
    operator = _operator_class(task)
    return {
        "task_id": task.task_id,
        "operator": "{}.{}".format(
            re.sub(r"^unusual_prefix_[0-9a-f]{40}_", "", operator.__module__), operator.__name__
        ),
        "pool": task.pool,
        "queue": task.queue,
        "trigger_rule": _text(task.trigger_rule),
        "retries": int(task.retries or 0),
        "depends_on_past": bool(task.depends_on_past),
        "wait_for_downstream": bool(task.wait_for_downstream),
        "downstream": sorted(task.downstream_task_ids),
        "reference": to_reference(task),
    }


def _operator_class(task):
    """The task's class; of a mapped task (2.3 and later) the class that it maps."""
    mapped = getattr(task, "operator_class", None)
    return mapped if isinstance(mapped, type) else type(task)


def to_reference(task):
    """The other DAG that the task names, as a Reference, or None."""
    names = {base.__name__ for base in _operator_class(task).__mro__}
    if "ExternalTaskSensor" in names:
        return _waits_for(task)
    if "TriggerDagRunOperator" in names:
        return _reference("triggers", _attribute(task, "trigger_dag_id"))
    if "SubDagOperator" in names:
        return _reference("subdag", task.subdag.dag_id)
    return None


def _waits_for(task):
    several = _attribute(task, "external_task_ids") or ()
    task_id = _attribute(task, "external_task_id") or (list(several)[0] if len(several) == 1 else None)
    reference = _reference("waits_for", _attribute(task, "external_dag_id"), task_id)
    delta = _attribute(task, "execution_delta")
    reference["delta_seconds"] = delta.total_seconds() if delta is not None else None
    reference["dynamic"] = reference["dynamic"] or _attribute(task, "execution_date_fn") is not None
    return reference


def _reference(kind, dag_id, task_id=None):
    known, task_known = _is_known(dag_id), _is_known(task_id)
    return {
        "kind": kind,
        "dag_id": dag_id if known else None,
        "task_id": task_id if task_known else None,
        "delta_seconds": None,
        "dynamic": not known or not (task_known or task_id is None),
    }


def _is_known(name):
    """Whether a name is plain text, not a template or the output of another task."""
    return isinstance(name, str) and "{{" not in name and "{%" not in name


def _attribute(task, name):
    """An argument of the task; a mapped task keeps it among its partial ones."""
    return getattr(task, name, None) or (getattr(task, "partial_kwargs", None) or {}).get(name)


def to_broken_file(path, message):
    """A BrokenFile with the last line of the error, and where in the file it arose."""
    lines = [line.strip() for line in str(message).splitlines() if line.strip()] or ["it could not be imported"]
    places = re.findall(r'File "{}", line (\d+)'.format(re.escape(path)), str(message))
    where = f" (line {places[-1]})" if places else ""
    return {"file": relative(path), "message": lines[-1] + where}


# --- Variables, connections and pools ---------------------------------------------------------------------------------

STORED_AT_ONCE = 200
WRITTEN = ("created", "replaced", "merged")
CONNECTION_FIELDS = ("conn_type", "host", "schema", "login", "password", "port", "extra", "description")


def fingerprint_key():
    """The key of the fingerprints: derived from the Fernet key, so that it is the same next time; else random."""
    from airflow.configuration import conf

    return fingerprint_key_of(conf.get("core", "fernet_key") or "")


def fingerprint_key_of(fernet):
    """The key of the fingerprints under a Fernet key, or several with commas; the first counts."""
    secret = fernet.split(",")[0].strip().encode("utf-8")
    return hmac.new(secret, b"composer-migrator fingerprint", hashlib.sha256).digest() if secret else os.urandom(32)


def fingerprint(key, fields):
    """Equal fields have equal fingerprints under one key, and no more shows."""
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode("ascii")
    return hmac.new(key, canonical, hashlib.sha256).hexdigest()[:32]


def read_variables(session, warnings):
    """Every variable with its exact stored string; one that can't be decrypted is a warning."""
    from airflow.models import Variable

    columns = [Variable.key, Variable._val, Variable.is_encrypted]
    columns += [Variable.description] if hasattr(Variable, "description") else []
    found = []
    for row in session.query(*columns).filter(Variable.key != KEY_VARIABLE).order_by(Variable.key):
        try:
            value = _decrypt(row[1], row[2])
        except Exception:
            warnings.append(f"variable {row[0]}: can't be decrypted")
            continue
        found.append({"key": row[0], "value": value or "", "description": row[3] if len(row) > 3 else None})
    return found


def read_connections(session, warnings):
    """Every connection with its exact stored strings; 1.10 allows several of one id: the first stands for them."""
    from airflow.models import Connection

    plain = [name for name in CONNECTION_FIELDS if name not in ("password", "extra") and hasattr(Connection, name)]
    columns = [Connection.conn_id, Connection._password, Connection.is_encrypted]
    columns += [Connection._extra, Connection.is_extra_encrypted] + [getattr(Connection, name) for name in plain]
    found = {}
    for row in session.query(*columns).order_by(Connection.conn_id, Connection.id):
        if row[0] in found:
            warnings.append(f"connection {row[0]}: there are several of this id, the first is taken")
            continue
        try:
            fields = {"password": _decrypt(row[1], row[2]), "extra": _decrypt(row[3], row[4])}
        except Exception:
            warnings.append(f"connection {row[0]}: can't be decrypted")
            continue
        fields.update({name: row[5 + index] for index, name in enumerate(plain)}, conn_id=row[0])
        found[row[0]] = dict(dict.fromkeys(CONNECTION_FIELDS), **fields)
    return [found[conn_id] for conn_id in sorted(found)]


def _decrypt(stored, is_encrypted):
    """The exact string that a column holds."""
    from airflow.models.crypto import get_fernet

    if not stored or not is_encrypted:
        return stored
    return get_fernet().decrypt(stored.encode("utf-8")).decode("utf-8")


def read_pools(session):
    """Every pool."""
    from airflow.models import Pool

    rows = session.query(Pool).order_by(Pool.pool)
    return [{"name": row.pool, "slots": row.slots, "description": row.description} for row in rows]


def open_variable(key, variable):
    """A variable as everybody may see it."""
    size = len(variable["value"].encode("utf-8", "surrogatepass"))
    mark = fingerprint(key, {"key": variable["key"], "value": variable["value"]})
    return {"key": variable["key"], "fingerprint": mark, "size": size, "description": variable["description"]}


def open_connection(key, connection):
    """A connection as everybody may see it: its type and port, of what else it has a fingerprint each."""
    public = {name: connection[name] for name in ("conn_id", "conn_type", "port")}
    for name in ("host", "schema", "login"):
        mark = {"fingerprint": fingerprint(key, [connection["conn_id"], name, connection[name]])}
        public[name] = mark if connection[name] else None
    secret = {name: value for name, value in connection.items() if name != "description"}
    return dict(public, fingerprint=fingerprint(key, secret))


def seal(recipient, content):
    """The content as base64 of an age file; without a recipient an empty text."""
    if not recipient:
        return ""
    return base64.b64encode(age_encrypt(json.dumps(content, sort_keys=True).encode("ascii"), recipient)).decode("ascii")


def rows_of(session, column, names):
    """The rows that are there under these names, by name; of several under one the first."""
    found = {}
    for start in range(0, len(names), 500):
        query = session.query(column.class_).filter(column.in_(names[start : start + 500]))
        for row in query.order_by(column.class_.id):
            found.setdefault(getattr(row, column.key), row)
    return found


def store_variable(session, item, policy, dry_run, row):
    """Create or replace one variable with the exact string; says what was done."""
    from airflow.models import Variable

    if row is not None and policy == "merge":
        item = dict(item, value=_united(row.val, item["value"]))
    described = item.get("description") is not None and hasattr(Variable, "description")
    same = row is not None and row.val == item["value"]
    same = same and (not described or row.description == item["description"])
    done = _decide(row is not None, same, policy)
    if done in WRITTEN and not dry_run:
        row = row if row is not None else Variable(key=item["key"])
        row.set_val(item["value"])
        if described:
            row.description = item["description"]
        session.add(row)
    return done


def store_connection(session, item, policy, dry_run, row):
    """Create or replace one connection with the exact strings; says what was done."""
    from airflow.models import Connection

    fields = {name: item.get(name) for name in CONNECTION_FIELDS if hasattr(Connection, name)}
    fields["conn_type"] = fields["conn_type"] or ("" if not AIRFLOW_1 else None)
    if fields.get("description") is None:
        fields.pop("description", None)
    if row is not None and policy == "merge":
        fields = {name: _filled(name, getattr(row, name), value) for name, value in fields.items()}
    same = row is not None and all(_same(name, getattr(row, name), value) for name, value in fields.items())
    done = _decide(row is not None, same, policy)
    if done in WRITTEN and not dry_run:
        row = row if row is not None else Connection()
        row.conn_id = item["conn_id"]
        for name, value in fields.items():
            setattr(row, name, value)
        if not fields["password"]:  # the setter ignores an empty one
            row._password, row.is_encrypted = fields["password"], False
        session.add(row)
    return done


def _same(name, here, there):
    return here == there or (name == "conn_type" and not here and not there)


def store_pool(session, item, policy, dry_run, row):
    """Create or replace one pool; says what was done. The default pool is there always, so it is replaced."""
    from airflow.models import Pool

    if row is not None and policy == "merge":  # a negative number is no limit
        item = dict(item, slots=max((row.slots, item["slots"]), key=lambda slots: (slots < 0, slots)))
    same = row is not None and row.slots == item["slots"]
    done = _decide(row is not None, same, policy)
    if done in WRITTEN and not dry_run:
        row = row if row is not None else Pool(pool=item["name"])
        row.slots, row.description = item["slots"], item.get("description") or row.description or ""
        if hasattr(Pool, "include_deferred") and row.include_deferred is None:
            row.include_deferred = False
        session.add(row)
    return done


def store_user(session, item, policy, dry_run, _row):
    """Create or change one user's roles and whether it is active; says what was done."""
    from sqlalchemy import func

    user_model, role_model = _user_models()
    known = session.query(user_model).filter(func.lower(user_model.email) == item["email"].lower()).first()
    row = session.query(user_model).filter(user_model.username == item["identity"]).first()
    if known is not None and identity(known.username, known.email) == item["identity"]:
        row = known
    elif known is not None and row is None:
        return {"error": "user %s has the email %s already" % (known.username, known.email)}
    roles = session.query(role_model).filter(role_model.name.in_(item["roles"])).all()
    if not roles:
        return {"error": "none of its roles is here: " + ", ".join(item["roles"])}
    there = set(row.roles) if row is not None else set()
    wanted = set(roles) | there if policy == "merge" else set(roles)
    active = row.active if row is not None and policy == "merge" else item["active"]
    done = _decide(row is not None, wanted == there and row is not None and bool(row.active) == active, policy)
    if done in WRITTEN and not dry_run:
        row = row if row is not None else _new_user(user_model, item)
        row.roles, row.active = sorted(wanted, key=lambda role: role.name), active
        session.add(row)
    return done


def _new_user(user_model, item):
    """A user without roles; Composer knows a Google account that signs in first by its email as the user name."""
    from werkzeug.security import generate_password_hash

    hidden = generate_password_hash(base64.b64encode(os.urandom(24)).decode("ascii"))
    names = {"first_name": item["first_name"] or item["identity"], "last_name": item["last_name"] or item["identity"]}
    return user_model(username=item["identity"], email=item["email"], password=hidden, **names)


def _user_models():
    """The classes of users and roles, where this Airflow has them."""
    places = ("airflow.providers.fab.auth_manager", "airflow.auth.managers.fab", "airflow.www.fab_security.sqla")
    for place in (*places, "flask_appbuilder.security.sqla"):
        with contextlib.suppress(ImportError):
            models = importlib.import_module(place + ".models")
            return models.User, models.Role
    raise AgentError("this Airflow has no users with roles")


def _without_role(users):
    """The roles by user that this environment does not have."""
    if not users:
        return {}
    with transaction() as session:
        here = {role.name for role in session.query(_user_models()[1])}
    lacking = {user["identity"]: sorted(set(user["roles"]) - here) for user in users}
    return {name: roles for name, roles in lacking.items() if roles}


def _decide(there, same, policy):
    if not there:
        return "created"
    if same:
        return "equal"
    return {"replace": "replaced", "merge": "merged"}.get(policy, "kept")


def _filled(name, here, there):
    """A field of a connection that is there, or what it lacks."""
    if name == "extra" and here and there:
        return _united(here, there)
    return here if here not in (None, "") else there


def _united(here, there):
    """What is there; of two JSON objects, with the keys that it lacks."""
    try:
        mine, theirs = json.loads(here or ""), json.loads(there or "")
    except (ValueError, RecursionError):  # what is no JSON, or JSON of a hundred thousand levels, stays as it is
        return here
    if not isinstance(mine, dict) or not isinstance(theirs, dict) or not set(theirs) - set(mine):
        return here
    return json.dumps(dict(theirs, **mine))


# --- Writing runs -----------------------------------------------------------------------------------------------------


def _newest_automated(session, dag_id):
    """The run that the scheduler continues from."""
    from airflow.models import DagRun
    from sqlalchemy import or_

    query = session.query(DagRun).filter(DagRun.dag_id == dag_id)
    if AIRFLOW_1:
        query = query.filter(or_(DagRun.external_trigger.is_(False), DagRun.run_id.like("scheduled\\_\\_%")))
    else:
        query = query.filter(DagRun.run_type.in_(("scheduled", "backfill")))
    return query.order_by(DagRun.execution_date.desc()).first()


def refresh_next(session, model, dag):
    """Set next_dagrun as the parser would; 1.10 has none. Returns it."""
    if AIRFLOW_1:
        return None
    session.flush()
    newest = _newest_automated(session, model.dag_id)
    if HAS_INTERVALS:
        model.calculate_dagrun_date_fields(dag, dag.get_run_data_interval(newest) if newest else None)
    else:
        model.calculate_dagrun_date_fields(dag, newest.execution_date if newest else None, 0)
    return model.next_dagrun


def add_run(session, dag, dag_hash, logical_date, end, state, conf=None):
    """Add an automated run with its task instances, stateless, as the scheduler does, without committing.

    One of a DAG that runs by datasets has this moment for its date, as Airflow has it: the next such run takes the
    events after it, so that none is taken that came before.
    """
    if AIRFLOW_1:
        return _add_run_1(session, dag, logical_date, state, conf)
    by_dataset = runs_by_datasets(dag)
    options = {
        "run_type": _run_type(BY_DATASET if by_dataset else "scheduled"),
        "execution_date": _pendulum(_free_moment(session, dag.dag_id) if by_dataset else logical_date),
        "state": state,
        "external_trigger": False,
        "conf": conf,
        "session": session,
        "dag_hash": dag_hash,
    }
    if HAS_INTERVALS:
        options["data_interval"] = (_pendulum(logical_date), _pendulum(end))
    run = dag.create_dagrun(**options)
    session.flush()
    return run


def _run_type(value):
    from airflow.utils.types import DagRunType

    return DagRunType(value)


def runs_by_datasets(dag):
    """Whether updates of datasets start the DAG, and nothing else."""
    return to_schedule(dag)["kind"] == "dataset"


def _free_moment(session, dag_id):
    """Now, or just after the newest run's date where that is later: each run of a DAG needs one of its own."""
    from airflow.models import DagRun
    from sqlalchemy import func

    newest = session.query(func.max(DagRun.execution_date)).filter(DagRun.dag_id == dag_id).scalar()
    step = dt.timedelta(microseconds=1)
    return max(utcnow(), newest + step) if newest else utcnow()


def _pendulum(moment):
    import pendulum

    return pendulum.instance(moment)


def _add_run_1(session, dag, logical_date, state, conf):
    """1.10: what ``DAG.create_dagrun`` does, which commits on its own."""
    from airflow.models import DagRun, TaskInstance

    run = DagRun(
        dag_id=dag.dag_id,
        run_id=DagRun.ID_PREFIX + logical_date.isoformat(),
        execution_date=logical_date,
        start_date=utcnow(),
        external_trigger=False,
        conf=conf,
        state=state,
    )
    session.add(run)
    for task in dag.tasks:
        if not task.start_date or task.start_date <= logical_date:
            session.add(TaskInstance(task, logical_date))
    session.flush()
    return run


def finish_run(session, run, states):
    """Give a new run's task instances their states, in bulk, so that no listener or callback hears of it."""
    now = utcnow()
    run.start_date = run.end_date = now
    session.flush()
    there = [task_id for (task_id,) in _instances(session, run, column="task_id").distinct()]
    wanted = {}
    for task_id in there:
        wanted.setdefault(_carried_state(run.state, task_id, states), []).append(task_id)
    for state, task_ids in sorted(wanted.items()):
        values = {"state": state, "start_date": now, "end_date": now, "duration": 0.0}
        _instances(session, run, task_ids).update(values, synchronize_session=False)


def _carried_state(run_state, task_id, states):
    """A task of this side only passes for done; one that never ended there blocks what depends on it, or not."""
    if task_id not in states:
        return "success" if _text(run_state) == "success" else "skipped"
    state = states[task_id]
    if state == "shutdown":
        return "failed"
    if state in TASK_ENDED:
        return state
    return "skipped" if _text(run_state) == "success" else "upstream_failed"


def _instances(session, run, task_ids=None, column=None):
    """A query of the run's task instances."""
    from airflow.models import TaskInstance

    query = session.query(getattr(TaskInstance, column) if column else TaskInstance)
    query = query.filter(TaskInstance.dag_id == run.dag_id)
    if HAS_INTERVALS:
        query = query.filter(TaskInstance.run_id == run.run_id)
    else:
        query = query.filter(TaskInstance.execution_date == run.execution_date)
    return query.filter(TaskInstance.task_id.in_(task_ids)) if task_ids is not None else query


def carry_one(session, dag, dag_hash, given):
    """Insert one finished Run; False when it is there already. AgentError when another run is at its date."""
    from airflow.models import DagRun

    logical_date, end = parse_date(given["logical_date"]), parse_date(given.get("interval_end"))
    if given["state"] not in RUN_ENDED:
        raise AgentError(f"a run of {dag.dag_id} that has not ended can't be carried over")
    by_dataset = not AIRFLOW_1 and runs_by_datasets(dag)
    date = DagRun.data_interval_start if by_dataset else DagRun.execution_date
    row = run_query(session).filter(DagRun.dag_id == dag.dag_id, date == logical_date).first()
    if row is None:
        end = end or (logical_date if AIRFLOW_1 else interval_end(dag, logical_date))
        run = add_run(session, dag, dag_hash, logical_date, end, given["state"], _mark(given))
        left_out = dict.fromkeys(dag.task_ids, "skipped") if given.get("decided") else None
        finish_run(session, run, left_out or given.get("tasks") or {})
        return run.run_id, True
    if is_carried(row.conf):
        _carry_again(session, row, given)
        return row.run_id, False
    same_end = not HAS_INTERVALS or end is None or row.data_interval_end in (None, end)
    if _is_automated(row) and _text(row.state) == given["state"] and same_end:
        return row.run_id, False
    raise AgentError(f"{dag.dag_id} has another run {row.run_id} at {iso(logical_date)}")


def _mark(given):
    """The conf of a run that mirrors another, with the moment when that one ended."""
    mark = {"carried_over": True, "ended": given.get("ended")}
    return {MARK: dict(mark, decided=given["decided"]) if given.get("decided") else mark}


def _carry_again(session, row, given):
    """Give a carried run the states of one that ended anew since, because somebody cleared it over there."""
    from airflow.models import DagRun

    known, ended = row.conf[MARK].get("ended"), given.get("ended")
    later = ended is not None and (known is None or parse_date(ended) > parse_date(known))
    if not later or (known is None and _text(row.state) == given["state"]):
        return
    run = session.query(DagRun).filter(DagRun.dag_id == row.dag_id, DagRun.run_id == row.run_id).one()
    run.state, run.conf = given["state"], _mark(given)
    finish_run(session, run, given.get("tasks") or {})


# --- What a run leaves to later ones ----------------------------------------------------------------------------------

# Opcodes of pickles that hold nothing but what JSON holds: none of them names a class, or calls anything.
PLAIN_PICKLES = frozenset(
    [
        "PROTO",
        "FRAME",
        "STOP",
        "NONE",
        "NEWTRUE",
        "NEWFALSE",
        "INT",
        "BININT",
        "BININT1",
        "BININT2",
        "LONG",
        "LONG1",
        "FLOAT",
        "BINFLOAT",
        "STRING",
        "BINSTRING",
        "SHORT_BINSTRING",
        "UNICODE",
        "BINUNICODE",
        "SHORT_BINUNICODE",
        "BINUNICODE8",
        "EMPTY_LIST",
        "LIST",
        "APPEND",
        "APPENDS",
        "EMPTY_TUPLE",
        "TUPLE",
        "TUPLE1",
        "TUPLE2",
        "TUPLE3",
        "EMPTY_DICT",
        "DICT",
        "SETITEM",
        "SETITEMS",
        "MARK",
        "POP",
        "DUP",
        "MEMOIZE",
        "PUT",
        "BINPUT",
        "LONG_BINPUT",
        "GET",
        "BINGET",
        "LONG_BINGET",
    ]
)
NO_FORM = "it holds an object that JSON has no form for"
OF_AIRFLOW = ("__classname__", "__type", "__var")  # by these Airflow knows its own forms of objects


def past(params):
    """What finished runs leave to later ones, sealed for the environment that they are carried over to."""

    def one(dag_id, dates):
        with transaction() as session:
            return _past_of(session, dag_id, [iso(parse_date(date)) for date in dates])

    found = for_each(params["dags"], one)
    kept = {dag_id: each["kept"] for dag_id, each in found.items() if each.get("kept")}
    left_out = {dag_id: each.get("left_out") or [each["error"]] for dag_id, each in found.items() if "kept" not in each}
    left_out.update({dag_id: each["left_out"] for dag_id, each in found.items() if each.get("left_out")})
    return {"sealed": seal(params["recipient"], kept) if kept else "", "left_out": left_out}


def _past_of(session, dag_id, dates):
    from airflow.models import DagRun

    query = run_query(session).filter(DagRun.dag_id == dag_id, DagRun.state.in_(RUN_ENDED)).filter(_automated_filter())
    oldest = parse_date(min(dates)) if dates else utcnow()
    rows = [row for row in query.filter(DagRun.execution_date >= oldest) if iso(_date_of(row)) in dates]
    stored = [(row, iso(_date_of(row))) for row in sorted(rows, key=_date_of) if not is_carried(row.conf)]
    confs = [(date, row.conf) for row, date in stored if row.conf]
    xcoms = _stored_xcoms(session, dag_id, stored[-1][0]) if stored else []
    return left_by(confs, stored[-1][1] if stored else None, xcoms)


def left_by(confs, date, xcoms):
    """What of confs, as (date, conf), and of the newest run's XComs, as (task id, key, bytes or a reason), is kept."""
    kept, lost, room = {"confs": {}, "date": date, "xcoms": []}, [], [MOST_LEFT_OF_ALL]
    for when, conf in confs:
        try:
            kept["confs"][when] = _fitting(own_conf(conf), room)
        except NotPlainError as error:
            lost.append(f"conf of the run of {when}: {error}")
    for task_id, key, data in xcoms:
        try:
            kept["xcoms"].append({"task_id": task_id, "key": key, "value": _fitting(plain_value(data), room)})
        except NotPlainError as error:
            lost.append(f"XCom {key} of {task_id}: {error}")
    return {"kept": kept if kept["confs"] or kept["xcoms"] else {}, "left_out": lost}


def own_conf(conf):
    """The conf, which is an object without our mark."""
    if not isinstance(conf, dict):
        raise NotPlainError("it is no object")
    return {name: value for name, value in conf.items() if name != MARK}


def _fitting(value, room):
    """The value, where JSON holds it and there is room for it."""
    _check_plain(value, 0, [MOST_PARTS])
    size = len(json.dumps(value))
    if size > MOST_LEFT:
        raise NotPlainError(f"it has {size} bytes")
    if size > room[0]:
        raise NotPlainError(f"all of them together have more than {MOST_LEFT_OF_ALL} bytes")
    room[0] -= size
    return value


def _xcom_model():
    from airflow.models import xcom

    return getattr(xcom, "BaseXCom", xcom.XCom)


def xcoms_of(session, dag_id, run, *columns):
    """A query of a run's XComs, or of these columns of them."""
    model = _xcom_model()
    query = session.query(*[getattr(model, name) for name in columns] or [model]).filter(model.dag_id == dag_id)
    if VERSION >= (2, 3):
        return query.filter(model.run_id == run.run_id)
    return query.filter(model.execution_date == run.execution_date)


def _stored_xcoms(session, dag_id, row):
    """Each XCom of the run as (task id, key, its bytes or why they are not read); large ones stay in the database."""
    from sqlalchemy import func

    model = _xcom_model()
    mapped = (model.map_index,) if VERSION >= (2, 3) else ()
    sizes = xcoms_of(session, dag_id, row, "task_id", "key").add_columns(func.length(model.value), *mapped)
    found = []
    for task_id, key, size, *index in sorted(sizes, key=lambda one: one[:2]):
        if (size or 0) > MOST_LEFT:
            found.append((task_id, key, f"it has {size} bytes"))
        elif index and index[0] >= 0:
            found.append((task_id, key, "it is of one of several instances of a mapped task"))
        else:
            query = xcoms_of(session, dag_id, row, "value").filter(model.task_id == task_id, model.key == key)
            found.append((task_id, key, query.first()[0]))
    return found


def plain_value(data):
    """The value that stored bytes hold, in JSON or as a pickle; NotPlainError for others, and for a reason."""
    if isinstance(data, str):
        raise NotPlainError(data)
    data = bytes(data or b"null")
    if len(data) > MOST_LEFT:
        raise NotPlainError(f"it has {len(data)} bytes")
    try:
        if not data.startswith(b"\x80"):
            return json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        pass  # the oldest pickles are texts too
    return _unpickled(data)


def _unpickled(data):
    """What a pickle holds, where it names no class: it is read over first, and nothing of it is ever called."""
    try:
        names = {opcode.name for opcode, _, _ in pickletools.genops(data)}
    except Exception as error:
        raise NotPlainError("it is neither JSON nor a pickle") from error
    if names - PLAIN_PICKLES:
        raise NotPlainError(NO_FORM)
    try:  # the one that is written in Python: its memo takes no more than what is in it
        return pickle._Unpickler(io.BytesIO(data), encoding="utf-8").load()
    except Exception as error:
        raise NotPlainError("it is neither JSON nor a pickle") from error


def _check_plain(value, depth, left):
    """NotPlainError for what is no JSON value; what a value shares with itself counts each time."""
    left[0] -= 1
    if depth > MOST_DEEP or left[0] < 0:
        raise NotPlainError("it has too many parts")
    if isinstance(value, dict):
        if any(type(name) is not str or name in OF_AIRFLOW for name in value):
            raise NotPlainError(NO_FORM)
        for one in value.values():
            _check_plain(one, depth + 1, left)
    elif isinstance(value, (list, tuple)):
        for one in value:
            _check_plain(one, depth + 1, left)
    elif value is not None and type(value) not in (bool, int, float, str):
        raise NotPlainError(NO_FORM)


def _opened_past(text):
    """What ``past`` of the other environment sealed for this one."""
    return json.loads(age_decrypt(base64.b64decode(text), sealing_private()).decode("utf-8")) if text else {}


def leave(session, dag_id, run_id, given, known):
    """Give a carried run what it left behind over there; what could not be given, and why."""
    from airflow.models import DagRun

    session.flush()
    run = session.query(DagRun).filter(DagRun.dag_id == dag_id, DagRun.run_id == run_id).one()
    if not is_carried(run.conf):  # it is this side's own
        return []
    date = iso(parse_date(given["logical_date"]))
    if (known.get("confs") or {}).get(date):
        run.conf = dict(known["confs"][date], **{MARK: run.conf[MARK]})
    _date_as(session, run, parse_date(given.get("started")), parse_date(given.get("ended")))
    return _leave_xcoms(session, dag_id, run, known["xcoms"]) if known.get("date") == date else []


def _date_as(session, run, started, ended):
    """When it began and ended over there, as far as that is known; its tasks likewise."""
    if started is None:
        return
    run.start_date, run.end_date = started, ended or started
    values = {"start_date": run.start_date, "end_date": run.end_date}
    session.flush()
    _instances(session, run).update(values, synchronize_session=False)


def _leave_xcoms(session, dag_id, run, xcoms):
    model = _xcom_model()
    there = {task_id for (task_id,) in _instances(session, run, column="task_id")}
    xcoms_of(session, dag_id, run).delete(synchronize_session=False)
    tie = {"dag_run_id": run.id, "run_id": run.run_id} if VERSION >= (2, 3) else {"execution_date": run.execution_date}
    for one in xcoms:
        if one["task_id"] in there:
            value = model.serialize_value(one["value"])
            session.add(model(dag_id=dag_id, task_id=one["task_id"], key=one["key"], value=value, **tie))
    session.flush()
    gone = sorted({one["task_id"] for one in xcoms} - there)
    return [f"XComs of {task_id}: there is no such task here" for task_id in gone]


def due_intervals(dag, last, fill_after, now):
    """Each interval after ``last`` that is due and ended after ``fill_after``, as (start, end).

    The grid is the schedule's own, as if catchup were on; ``last`` is None when there was no run.
    """
    following = _following_timetable if HAS_INTERVALS else _following_interval
    for count, (start, end) in enumerate(following(dag, last, fill_after, now)):
        if end > now:
            return
        if count > MOST_INTERVALS:
            raise AgentError(f"{dag.dag_id} has too many intervals since its last run")
        if end > fill_after:
            yield start, end


def _following_timetable(dag, last, fill_after, now):
    """Intervals from 2.2 on, by the timetable."""
    timetable = dag.timetable
    restriction = dag._time_restriction._replace(catchup=True)
    if last is None:
        restriction = restriction._replace(earliest=_first_start(dag, restriction.earliest, fill_after))
    while True:
        info = timetable.next_dagrun_info(last_automated_data_interval=last, restriction=restriction)
        if info is None or info.run_after > now:
            return
        last = info.data_interval
        yield info.logical_date, max(info.run_after, last.end)


def _first_start(dag, earliest, fill_after):
    """Where to begin for a DAG that never ran: near ``fill_after``, on the grid."""
    kind = to_schedule(dag)["kind"]
    if earliest is None or earliest >= fill_after:
        return earliest
    if kind == "cron":
        return max(earliest, dag.timetable.infer_manual_data_interval(run_after=_pendulum(fill_after)).start)
    if kind == "delta" and isinstance(dag.timetable._delta, dt.timedelta):
        return _near(earliest, dag.timetable._delta, fill_after)
    return earliest


def _near(start, period, moment):
    """The last point but one before ``moment`` of the grid that begins at ``start``."""
    periods = int((moment.timestamp() - start.timestamp()) // period.total_seconds())
    return start + period * max(0, periods - 1)


def _following_interval(dag, last, fill_after, now):
    """Intervals before 2.2, by the schedule; ``last`` is the logical date of the last run."""
    start = dag.following_schedule(last) if last else _first_start_1(dag, fill_after)
    while start is not None and start <= now and not (dag.end_date and start > dag.end_date):
        end = dag.following_schedule(start)
        yield start, end
        start = end


def _first_start_1(dag, fill_after):
    """The same as :func:`_first_start` before 2.2."""
    starts = [task.start_date for task in dag.tasks if task.start_date]
    start = dag.normalize_schedule(min(starts)) if starts else None
    if start is None or start >= fill_after:
        return start
    if isinstance(dag.schedule_interval, dt.timedelta):
        return _near(start, dag.schedule_interval, fill_after)
    return max(start, dag.previous_schedule(fill_after))


def fill(session, dag, dag_hash, fill_after, now):
    """Make the runs that are missing, for the scheduler to execute; what was made, and what to know about it."""
    if dag.catchup or not can_fill(dag):
        return [], ""
    newest = _newest_automated(session, dag.dag_id)
    last = None
    if newest is not None:
        last = dag.get_run_data_interval(newest) if HAS_INTERVALS else newest.execution_date
    due = list(due_intervals(dag, last, fill_after, now))
    if len(due) > MOST_FILLED:
        raise AgentError(f"{dag.dag_id} would get {len(due)} runs, more than {MOST_FILLED}")
    taken = _dates_taken(session, dag.dag_id, [start for start, _ in due])
    missing = [(start, end) for start, end in due if start not in taken]
    made = [add_run(session, dag, dag_hash, start, end, "running" if AIRFLOW_1 else "queued") for start, end in missing]
    on_grid = HAS_INTERVALS and to_schedule(dag)["kind"] == "delta"
    if on_grid:
        keep_on_grid(made)
    session.flush()
    notes = ["a run is there at " + iso(date) for date in sorted(taken)]
    if on_grid and len(made) > dag.max_active_runs:
        notes.append("Airflow leaves the grid of this timedelta if the filled runs take longer than an interval")
    return [{"logical_date": iso(start), "interval_end": iso(end)} for start, end in missing], "; ".join(notes)


def keep_on_grid(made):
    """Have only the newest of these runs move the schedule when it ends.

    When an automated run ends, the scheduler sets next_dagrun from that run's own interval. For a timedelta without
    catchup it skips to a rounded grid, from 2.8 on, unless the interval is the newest: with several runs at work it
    then makes runs that overlap those that are there (seen on 2.10.5). A run of type manual does not set it; its id,
    interval and external_trigger stay those of an automated one.
    """
    for run in made[:-1]:
        run.run_type = "manual"


def can_fill(dag):
    """Whether the schedule has intervals that follow each other."""
    schedule = to_schedule(dag)
    if schedule["kind"] == "other":
        return HAS_INTERVALS and "Continuous" not in (schedule["expression"] or "")
    return schedule["kind"] in ("cron", "delta")


def _dates_taken(session, dag_id, dates):
    from airflow.models import DagRun

    if not dates:
        return set()
    query = session.query(DagRun.execution_date).filter(DagRun.dag_id == dag_id)
    return {date for (date,) in query.filter(DagRun.execution_date.in_(dates))}


# --- Parity -----------------------------------------------------------------------------------------------------------

DAG_SETTINGS = ("dagrun_timeout", "on_failure_callback", "on_success_callback")
TASK_SETTINGS = (
    "retry_delay",
    "retry_exponential_backoff",
    "max_retry_delay",
    "execution_timeout",
    "sla",
    "priority_weight",
    "weight_rule",
    "email",
    "email_on_failure",
    "email_on_retry",
    "run_as_user",
    "poke_interval",
    "timeout",
    "mode",
    "soft_fail",
    "on_failure_callback",
    "on_success_callback",
    "on_retry_callback",
    "do_xcom_push",
)
OF_THE_RUN = re.compile(
    r"\{[{%].*?\b(xcom_\w+|ti|task_instance|dag_run|run_id|conf|prev_\w*success|prev_start_date_success|test_mode"
    r"|triggering_dataset_events|now|today|utcnow|random|uuid)\b",
    re.DOTALL,
)
OF_THE_TASK = re.compile(r"\b(task\w*|params|inlets|outlets|expanded_ti_count|map_index\w*)\b|\{%")
DATE_IN = re.compile(r"\b((?:next_|prev_)?execution_date)\b")
VARIABLE_IN = re.compile(r"\bvar\.(?:value|json)\.(?:get\(\s*['\"])?(\w+)")


def sealing_private():
    """The 32 private bytes of a pair that only this environment can derive."""
    from airflow.configuration import conf

    fernet = (conf.get("core", "fernet_key") or "").split(",")[0].strip()
    if not fernet:
        raise AgentError("this environment has no Fernet key: nothing can be sealed to it", "sealed")
    return hmac.new(fernet.encode("utf-8"), b"composer-migrator sealing key", hashlib.sha256).digest()


def sealing_key(_params):
    """The public half of that pair."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    public = X25519PrivateKey.from_private_bytes(sealing_private()).public_key()
    return {"recipient": bech32_encode("age", _public_bytes(public))}


def parity(params):
    """What two environments are compared by."""
    key = age_decrypt(base64.b64decode(params["fingerprint_key"]), sealing_private())
    dags, broken = _bagged(params.get("dag_ids"))
    names, warnings = params.get("names") or {}, []
    with transaction() as session:
        dates = params["dates"] if params.get("dates") is not None else _last_dates(session, dags)
        found = {
            "dags": for_each(dags, lambda dag_id, dag: _comparable(session, key, dag, dates.get(dag_id))),
            "variables": {one["key"]: _marked_variable(key, one) for one in read_variables(session, warnings)},
            "connections": {
                one["conn_id"]: _marked_connection(key, one) for one in read_connections(session, warnings)
            },
            "pools": {one.pop("name"): one for one in read_pools(session)},
            "users": {
                identity(one["name"], one["email"]): {"roles": one["roles"], "active": one["active"]}
                for one in read_users(session)
                if one["roles"]
            },
        }
        session.rollback()
    found["variables"].update(_variables_elsewhere(key, names.get("variables") or []))
    found["connections"].update(_connections_elsewhere(key, names.get("connections") or []))
    return dict(found, broken_files=broken, warnings=sorted(warnings))


def _bagged(dag_ids):
    """The DAGs as their files define them, of the whole folder or of these, and the files that can't be imported."""
    from airflow.models import DagModel

    if dag_ids is None:
        bags = [dag_bag(dags_folder())]
    else:
        with transaction() as session:
            rows = session.query(DagModel.fileloc).filter(DagModel.dag_id.in_(list(dag_ids))).distinct()
            files = sorted({_dag_file(path) for (path,) in rows if path})
        bags = [parsed(path) for path in files if os.path.exists(path)]
    dags = {dag_id: dag for bag in bags for dag_id, dag in bag.dags.items()}
    left_out = {child.dag_id for dag in dags.values() for child in dag.subdags}.union(NOT_MIGRATED)
    wanted = set(dags if dag_ids is None else dag_ids) - left_out
    errors = [to_broken_file(path, message) for bag in bags for path, message in bag.import_errors.items()]
    return {dag_id: dags[dag_id] for dag_id in sorted(wanted) if dag_id in dags}, errors


def _last_dates(session, dags):
    """The interval of each DAG's newest automated run."""
    found = {}
    for dag_id, dag in dags.items():
        run = _newest_automated(session, dag_id)
        if run is None:
            continue
        end = run.data_interval_end if HAS_INTERVALS else interval_end(dag, run.execution_date)
        found[dag_id] = {"logical_date": iso(run.execution_date), "interval_end": iso(end)}
    return found


def _comparable(session, key, dag, date):
    """A DAG with the settings that the inventory does not hold, and its template fields as rendered for a date."""
    tasks, shared = [], {}
    for task in sorted(dag.tasks, key=lambda task: task.task_id):
        fields = _rendered(session, key, dag, task, date, shared) if date else {}
        tasks.append(dict(to_task(task), settings=_settings(task, TASK_SETTINGS), fields=fields))
    settings = _settings(dag, DAG_SETTINGS)
    settings["max_active_tasks"] = getattr(dag, "max_active_tasks", None) or getattr(dag, "concurrency", None)
    return dict(to_dag(dag, None), tasks=tasks, settings=settings, rendered_for=date)


def _settings(thing, names):
    """Settings as plain JSON: durations in seconds, callbacks as whether there is one."""
    return {name: _plain(name, getattr(thing, name)) for name in names if hasattr(thing, name)}


def _plain(name, value):
    if name.endswith("_callback"):
        return bool(value)
    if name == "email":
        listed = re.split(r"[,;]\s*", value) if isinstance(value, str) else value or ()
        return sorted(str(one).strip() for one in listed if str(one).strip())
    if name == "weight_rule":
        found = re.search(r"downstream|upstream|absolute", type(value).__name__.lower())
        return found.group() if found else _text(value)
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    if value is None or isinstance(value, (bool, str)):
        return value
    return float(value) if isinstance(value, (int, float)) else str(type(value).__name__)


def _rendered(session, key, dag, task, date, shared):
    """Each template field: a mark of its rendered value, why it is left out, or the error that it raises.

    ``shared`` keeps a context of the DAG, since to make one takes longer than to render, for tasks that name nothing of
    their own.
    """
    raw = {name: getattr(task, name, None) for name in task.template_fields or ()}
    if _operator_class(task) is not type(task) or not any(raw.values()):
        return {}
    try:
        context = shared.get("context") if _names_no_task(task, raw) else None
        if context is None:
            context = _context(session, dag, task, parse_date(date["logical_date"]), parse_date(date["interval_end"]))
            shared.setdefault("context", context)
    except Exception as error:
        return {name: {"error": type(error).__name__} for name, value in raw.items() if value}
    return {name: _rendered_field(key, task, value, context) for name, value in raw.items() if value}


def _names_no_task(task, raw):
    """Whether the fields are plain texts, no files, that would be the same of any task of the DAG."""
    texts, files = list(_texts(raw)), tuple(task.template_ext or ())
    return _is_plain(raw) and not any(OF_THE_TASK.search(text) or text.endswith(files) for text in texts)


def _is_plain(value):
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    if isinstance(value, (list, tuple, set)):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, (str, bool, int, float))


def _rendered_field(key, task, raw, context):
    texts = list(_texts(raw))
    run = next((hit.group(1) for hit in map(OF_THE_RUN.search, texts) if hit), None)
    if run:
        return {"left_out": f"{run} differs from run to run"}
    mark = _render_twice(key, task, raw, context)
    named = {"variables": VARIABLE_IN, "dates": DATE_IN}
    found = {
        what: sorted({name for text in texts for name in pattern.findall(text)}) for what, pattern in named.items()
    }
    found = {what: names for what, names in found.items() if names}
    return dict(mark if isinstance(mark, dict) else {"mark": mark}, **found) if found else mark


def _texts(value):
    """Every text in a template field."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, (list, tuple, set)):
        for one in value:
            yield from _texts(one)


def _render_twice(key, task, raw, context):
    """A mark of the rendered field; left out when rendering it again gives something else, or no plain value."""
    try:
        env = task.get_template_env()
        values = [_canonical(task.render_template(raw, context, env)) for _ in range(2)]
    except NotPlainError as error:
        return {"left_out": str(error)}
    except Exception as error:
        return {"error": type(error).__name__}
    return fingerprint(key, values[0]) if values[0] == values[1] else {"left_out": "it renders differently each time"}


class NotPlainError(ValueError):
    """A value that JSON does not hold."""


def _canonical(value):
    """The value as JSON that is the same in any Python."""
    if isinstance(value, str):  # what names a file of the environment names the same file in the other
        return value.replace(os.path.dirname(dags_folder()) + os.sep, "gcs:/")
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, dict):
        return {str(name): _canonical(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_canonical(one) for one in value]
    if isinstance(value, dt.datetime):
        return iso(value)
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    raise NotPlainError(f"it holds a {type(value).__name__}")


def _context(session, dag, task, logical_date, end):
    """The template context of a run of the schedule at this date, which need not be there."""
    from airflow.models import DagRun, TaskInstance

    if not HAS_INTERVALS:
        return TaskInstance(task, _pendulum(logical_date)).get_template_context()
    start, end = _pendulum(logical_date), _pendulum(end or logical_date)
    run = DagRun(
        dag_id=dag.dag_id,
        run_id="scheduled__" + logical_date.isoformat(),
        run_type=_run_type("scheduled"),
        execution_date=start,
        data_interval=(start, end),
        external_trigger=False,
        state="success",
    )
    with session.no_autoflush:
        instance = TaskInstance(task, run_id=run.run_id)
        instance.dag_run = run
        return instance.get_template_context(session=session)


def _marked_variable(key, variable):
    return {"value": fingerprint(key, variable["value"]), "description": variable["description"]}


def _marked_connection(key, connection):
    """Type and port by what they are, the rest by marks; an empty type is none."""
    names = ("host", "schema", "login", "password", "extra", "description")
    secret = {name: fingerprint(key, connection[name]) if connection[name] else connection[name] for name in names}
    return dict(secret, port=connection["port"], conn_type=connection["conn_type"] or "")


def _backends():
    """The secrets backend that the operator configured, which Airflow asks before its database, as a list."""
    from airflow.configuration import conf

    if not conf.get("secrets", "backend", fallback=""):
        return []
    try:
        from airflow.configuration import get_custom_secret_backend
    except ImportError:
        from airflow.secrets import get_custom_secret_backend
    return [backend for backend in [get_custom_secret_backend()] if backend is not None]


def _variables_elsewhere(key, names):
    """Those of the names that a backend has, which Airflow asks before its database."""
    found = {}
    for backend in _backends():
        for name in names:
            value = backend.get_variable(key=name)
            if value is not None:
                found[name] = {"value": fingerprint(key, value), "description": None}
    return found


def _connection_of(backend, conn_id):
    """A connection as a backend gives it; 1.10 gives a list."""
    if hasattr(backend, "get_connection"):
        return backend.get_connection(conn_id=conn_id)
    return next(iter(backend.get_connections(conn_id=conn_id)), None)


def _connections_elsewhere(key, names):
    found = {}
    for backend in _backends():
        for name in names:
            one = _connection_of(backend, name)
            if one is not None:
                fields = {field: getattr(one, field, None) for field in CONNECTION_FIELDS}
                found[name] = _marked_connection(key, fields)
    return found


# --- Actions ----------------------------------------------------------------------------------------------------------


def describe(params):
    """The environment as Airflow itself sees it."""
    warnings = []
    bag = dag_bag(dags_folder())
    left_out = {child.dag_id for dag in bag.dags.values() for child in dag.subdags}.union(NOT_MIGRATED)
    dags = {key: dag for key, dag in bag.dags.items() if key not in left_out}
    key = fingerprint_key()
    with transaction() as session:
        described, broken = _describe_dags(session, dags)
        broken += [to_broken_file(path, message) for path, message in bag.import_errors.items()]
        runs = _recent_runs(session, dags, parse_date(params["since"]), int(params["max_runs"]))
        triggers = _triggers(session, dags, parse_date(params["since"]))
        variables, connections = read_variables(session, warnings), read_connections(session, warnings)
        pools = read_pools(session)
    secrets = {"fingerprint_key": key.hex(), "variables": variables, "connections": connections, "pools": pools}
    return {
        "dags": described,
        "broken_files": sorted(broken, key=lambda one: (one["file"], one["message"])),
        "runs": runs,
        "triggers": triggers,
        "variables": [open_variable(key, variable) for variable in variables],
        "connections": [open_connection(key, connection) for connection in connections],
        "pools": pools,
        "sealed": seal(params.get("recipient"), secrets),
        "usage": usage(bag, parse_date(params["since"]), warnings),
        "warnings": sorted(warnings),
    }


def _describe_dags(session, dags):
    """The Dags, and as broken files those that can't be described."""
    from airflow.models import DagModel

    models = {model.dag_id: model for model in session.query(DagModel)}
    described, broken = [], []
    for dag_id, dag in sorted(dags.items()):
        try:
            described.append(to_dag(dag, models.get(dag_id)))
        except Exception as error:
            message = f"DAG {dag_id} can't be described: {explain(error)}"
            broken.append({"file": relative(dag.fileloc), "message": message})
    return described, broken


def _recent_runs(session, dags, since, most):
    """Of each DAG the newest runs, by DAG and date."""
    from airflow.models import DagRun

    rows, counts = [], {}
    query = run_query(session).filter(DagRun.execution_date >= since)
    for row in query.order_by(DagRun.execution_date.desc(), DagRun.dag_id).yield_per(1000):
        counts[row.dag_id] = counts.get(row.dag_id, 0) + 1
        if row.dag_id in dags and counts[row.dag_id] <= most:
            rows.append(row)
    rows.sort(key=lambda row: (row.dag_id, row.execution_date))
    return to_runs(rows, Dags(dags))


TRIGGER_EVENTS = ("trigger", "trigger_dag", "cli_trigger_dag", "cli_dag_trigger", "post_dag_run", "dag_run.create")


def _triggers(session, dags, since):
    """Who started which DAG by which event of the log, how often, and when for the first and the last time."""
    from airflow.models import Log
    from sqlalchemy import func

    columns = (Log.dag_id, Log.event, Log.owner)
    query = session.query(*columns, func.count(), func.min(Log.dttm), func.max(Log.dttm))
    query = query.filter(Log.dttm >= since, Log.event.in_(TRIGGER_EVENTS), Log.dag_id.isnot(None)).group_by(*columns)
    return [
        {"dag_id": dag_id, "event": event, "who": who or "", "count": count, "first": iso(first), "last": iso(last)}
        for dag_id, event, who, count, first, last in query
        if dag_id in dags
    ]


# --- How the environment is used --------------------------------------------------------------------------------------


def usage(bag, since, warnings):
    """The load since a moment, how long files take to parse, large XComs, and who may do what and did it.

    A part that can't be read is left out, with a warning.
    """
    found = {"since": iso(since), "parse": _parse_times(bag)}
    for name, read in (("load", _task_load), ("xcoms", _large_xcoms), ("users", _users)):
        try:
            with transaction() as session:
                found[name] = read(session, since)
        except Exception as error:
            warnings.append(f"{name} can't be read: {explain(error)}")
    return found


def _task_load(session, since):
    """How many tasks ran at once, by the last try of each: ``by_hour`` is the most in each hour of the day, UTC."""
    from airflow.models import TaskInstance

    now, running, by_hour = utcnow(), [], [0] * 24
    peak, peak_at, count, seconds = 0, None, 0, 0.0
    query = session.query(TaskInstance.start_date, TaskInstance.end_date)
    query = query.filter(TaskInstance.start_date >= since, TaskInstance.dag_id.notin_(NOT_MIGRATED))
    for start, ended in query.order_by(TaskInstance.start_date).yield_per(5000):
        end = ended or now
        while running and running[0] <= start:
            heapq.heappop(running)
        heapq.heappush(running, end)
        count, seconds = count + 1, seconds + max((end - start).total_seconds(), 0)
        by_hour[start.hour] = max(by_hour[start.hour], len(running))
        if len(running) > peak:
            peak, peak_at = len(running), start
    return {"tasks": count, "seconds": seconds, "peak": peak, "peak_at": peak_at and iso(peak_at), "by_hour": by_hour}


def _parse_times(bag):
    """The seconds of each file, the slowest first."""
    stats = [(relative(os.path.join(dags_folder(), one.file.lstrip("/"))), one.duration) for one in bag.dagbag_stats]
    seconds = [(getattr(taken, "total_seconds", lambda taken=taken: taken)(), path) for path, taken in stats]
    slowest = sorted(seconds, key=lambda one: (-one[0], one[1]))
    return [{"file": path, "seconds": round(float(taken), 3)} for taken, path in slowest]


def _large_xcoms(session, since):
    """The largest values that tasks left to others, in bytes; none of a few kilobytes."""
    from airflow.models import xcom
    from sqlalchemy import func

    model = getattr(xcom, "BaseXCom", xcom.XCom)
    size = func.max(func.length(model.value))
    query = session.query(model.dag_id, model.task_id, size).filter(model.timestamp >= since)
    rows = query.group_by(model.dag_id, model.task_id).having(size >= LARGE_XCOM).order_by(size.desc()).limit(50)
    return [{"dag_id": dag_id, "task_id": task_id, "bytes": int(found)} for dag_id, task_id, found in rows]


def _users(session, since):
    """Each user with roles, and how often each kind of event was theirs; no password, hashed or not."""
    from airflow.models import Log
    from sqlalchemy import func

    users = read_users(session)
    counted = session.query(Log.owner, Log.event, func.count()).filter(Log.dttm >= since)
    counted = counted.filter(Log.owner.in_([user["name"] for user in users])).group_by(Log.owner, Log.event)
    events = {}
    for owner, event, count in counted:
        events.setdefault(owner, {})[event] = count
    return [dict(user, events=events.get(user["name"], {})) for user in users]


def read_users(session):
    """Every user by name; of a 1.10 without roles those of its ``users`` table."""
    from sqlalchemy import inspect

    tables = inspect(session.connection()).get_table_names()
    if "ab_user" not in tables:
        rows = session.execute(_sql("SELECT username, email FROM users")).fetchall() if "users" in tables else []
        rows = [(name, email, "", "", True, None, None) for name, email in rows if name]
    else:
        rows = session.execute(
            _sql(
                "SELECT u.username, u.email, u.first_name, u.last_name, u.active, u.last_login, r.name FROM ab_user u "
                "LEFT JOIN ab_user_role ur ON ur.user_id = u.id LEFT JOIN ab_role r ON r.id = ur.role_id"
            )
        ).fetchall()
    found = {}
    for name, email, first, last, active, login, role in rows:
        one = {"name": name, "email": email, "first_name": first or "", "last_name": last or "", "active": bool(active)}
        user = found.setdefault(name, dict(one, last_login=login and _moment(login), roles=[]))
        user["roles"] = sorted(set(user["roles"]) | ({role} if role else set()))
    return [found[name] for name in sorted(found)]


def identity(name, email):
    """What a user is known by in both environments: of a Google account the email, since its name is made anew."""
    email = (email or "").lower()
    return email if email and (name.startswith(GOOGLE_ACCOUNT) or name.lower() == email) else name


def _moment(moment):
    """A naive moment of the database, which is UTC, as text; text stays as it is."""
    if isinstance(moment, str):
        return moment
    return iso(moment if moment.tzinfo else moment.replace(tzinfo=dt.timezone.utc))


def observe(params):
    """The state of DAGs at this moment."""
    dags, history = Dags(), int(params.get("history", 1))
    with transaction() as session:
        known = _dag_models(session, params.get("dag_ids"))
        names = sorted(params["dag_ids"] if params.get("dag_ids") is not None else known)
    try:
        return _observe_all(dags, names, history)
    except Exception as error:
        if is_of_database(error) or len(names) < 2:  # all of them would fail, or have failed
            raise
    return for_each(dict.fromkeys(names), lambda name, _: _observe_all(dags, [name], history)[name])


def _observe_all(dags, names, history):
    """The same for all of these with a few queries: a row that can't be read is everybody's failure."""
    with transaction() as session:
        models, errors = _dag_models(session, names), _import_errors(session)
        rows = {"active": _open_rows(session, names), "finished": _ended_rows(session, names, history)}
        states = task_states(session, [row for of_dags in rows.values() for some in of_dags.values() for row in some])
        known = _serialized(session, names)

        def one(dag_id, model):
            runs = {what: to_runs(some.get(dag_id, []), dags, states) for what, some in rows.items()}
            return dict(_observed(dags, dag_id, model, errors, known), **runs)

        return for_each({dag_id: models.get(dag_id) for dag_id in names}, one)


def _dag_models(session, dag_ids):
    """The rows of the named DAGs, or of all that are active."""
    from airflow.models import DagModel

    query = session.query(DagModel)
    if dag_ids is not None:
        return {model.dag_id: model for model in query.filter(DagModel.dag_id.in_(list(dag_ids)))}
    query = query.filter(DagModel.is_active.is_(True), ~DagModel.dag_id.in_(NOT_MIGRATED))
    return {model.dag_id: model for model in query if not model.is_subdag}


def _observed(dags, dag_id, model, errors, known):
    path = model.fileloc if model is not None else None
    dag = dags.find(dag_id) if AIRFLOW_1 and model is not None else None
    task_ids, schedule = (sorted(dag.task_ids), to_schedule(dag)) if dag is not None else _of_stored(known.get(dag_id))
    return {
        "exists": bool(model is not None and model.is_active),
        "paused": bool(model.is_paused) if model is not None else None,
        "max_active_runs": dag.max_active_runs if AIRFLOW_1 and dag else getattr(model, "max_active_runs", None),
        "next_dagrun": iso(getattr(model, "next_dagrun", None)),
        "next_dagrun_create_after": iso(getattr(model, "next_dagrun_create_after", None)),
        "last_parsed": iso(getattr(model, "last_parsed_time", None)),
        "import_error": (errors.get(path) or errors.get(_dag_file(path))) if path else None,
        "task_ids": task_ids,
        "by_datasets": bool(schedule and schedule["kind"] == "dataset"),
        "schedule": schedule,
    }


def _automated_filter():
    from airflow.models import DagRun
    from sqlalchemy import or_

    by_id = DagRun.run_id.like("scheduled\\_\\_%")
    return or_(DagRun.external_trigger.is_(False) if AIRFLOW_1 else DagRun.run_type.in_(AUTOMATED), by_id)


def _open_rows(session, names):
    """Every open run of each DAG, oldest first."""
    from airflow.models import DagRun

    query = run_query(session).filter(DagRun.state.in_(RUN_OPEN), DagRun.dag_id.in_(names))
    found = {}
    for row in query.order_by(DagRun.execution_date):
        found.setdefault(row.dag_id, []).append(row)
    return found


def _ended_rows(session, names, most):
    """The newest ended automated runs of each DAG, newest first; MySQL 5.7 can't choose them for all in one query."""
    from airflow.models import DagRun

    ended = run_query(session).filter(DagRun.state.in_(RUN_ENDED)).filter(_automated_filter())
    newest = ended.order_by(DagRun.execution_date.desc())
    return {dag_id: newest.filter(DagRun.dag_id == dag_id).limit(most).all() for dag_id in names}


def _import_errors(session):
    """Message by file, as the scheduler stored it."""
    from airflow.models import errors

    model = getattr(errors, "ParseImportError", None) or errors.ImportError
    return {row.filename: to_broken_file(row.filename, row.stacktrace)["message"] for row in session.query(model)}


def _serialized(session, names):
    """What is stored of each DAG (2.x)."""
    if AIRFLOW_1:
        return {}
    from airflow.models.serialized_dag import SerializedDagModel

    rows = session.query(SerializedDagModel).filter(SerializedDagModel.dag_id.in_(names))
    return {row.dag_id: (row.data or {}).get("dag") or {} for row in rows}


def _of_stored(stored):
    """Task ids and schedule of a DAG from its stored form, without making a DAG object."""
    if stored is None:
        return [], None
    tasks = sorted((task.get("__var") or task)["task_id"] for task in stored.get("tasks") or [])
    return tasks, _stored_schedule(stored)


def _stored_schedule(stored):
    """The schedule in a DAG's stored form: a timetable, or what it was made of where that says less."""
    zone, timetable = str(stored.get("timezone", "UTC")), stored.get("timetable")
    if timetable is None:
        interval = stored.get("schedule_interval")
        kind, expression, seconds = _interval_schedule(_stored_delta(interval) if interval else None)
        return {"kind": kind, "expression": expression, "seconds": seconds, "timezone": zone}
    name, values = str(timetable["__type"]).rpartition(".")[2], timetable.get("__var") or {}
    kind, expression, seconds = SIMPLE_TIMETABLES.get(name, "other"), None, None
    if name == "CronDataIntervalTimetable":
        kind, expression, zone = "cron", values["expression"], str(values["timezone"])
    elif kind == "other":
        expression = name
    return {"kind": kind, "expression": expression, "seconds": seconds, "timezone": zone}


def _stored_delta(interval):
    """A length of time, that may be one of the calendar such as a month; what is stored as text is a cron."""
    if not isinstance(interval, dict):
        return interval
    if not isinstance(interval["__var"], dict):
        return dt.timedelta(seconds=interval["__var"])
    from airflow.serialization.serialized_objects import decode_relativedelta

    return decode_relativedelta(interval["__var"])


def runs(params):
    """Every run since a date, with tasks."""
    from airflow.models import DagModel, DagRun
    from sqlalchemy import or_

    since, dag_ids = parse_date(params["since"]), params.get("dag_ids")
    with transaction() as session:
        query = run_query(session).filter(or_(DagRun.execution_date >= since, DagRun.start_date >= since))
        if dag_ids is not None:
            query = query.filter(DagRun.dag_id.in_(list(dag_ids)))
        else:
            subdags = [dag_id for (dag_id,) in session.query(DagModel.dag_id).filter(DagModel.is_subdag.is_(True))]
            query = query.filter(~DagRun.dag_id.in_(list(NOT_MIGRATED) + subdags))
        return {"runs": runs_with_tasks(session, Dags(), query.order_by(DagRun.dag_id, DagRun.execution_date))}


def names(_params):
    """The names of what the database holds."""
    from airflow.models import Connection, Pool, Variable

    with transaction() as session:
        columns = {"variables": Variable.key, "connections": Connection.conn_id, "pools": Pool.pool}
        return {kind: sorted({name for (name,) in session.query(column)}) for kind, column in columns.items()}


EDIT_EVENTS = ("cli_variables%", "cli_connections%", "cli_pool%", "varimport", "variable.%", "connection.%")
EDIT_EVENTS += ("api.variable.%", "api.connection.%", "ui.variable.%", "ui.connection.%", "%post_pool", "%patch_pool")
EDIT_EVENTS += ("%delete_pool",)
EDIT_NAMES = {
    "variable": ("variable_key", "key"),
    "connection": ("connection_id", "conn_id"),
    "pool": ("pool_name", "pool", "name"),
}


def edits(params):
    """Who edited a variable, connection or pool when, as far as Airflow's log tells."""
    from airflow.models import Log
    from sqlalchemy import or_

    with transaction() as session:
        query = session.query(Log.event, Log.owner, Log.dttm, Log.extra).filter(Log.dttm >= parse_date(params["since"]))
        query = query.filter(or_(*[Log.event.like(pattern) for pattern in EDIT_EVENTS]))
        rows = query.order_by(Log.dttm, Log.id).all()
    parser = _command_parser() if rows else None
    found = []
    for event, who, at, extra in rows:
        kind = "variable" if "var" in event else "connection" if "connection" in event else "pool"
        is_edit, name = _edited(parser, kind, event, extra)
        if is_edit:
            found.append({"kind": kind, "name": name, "who": who, "at": iso(at), "how": event})
    return {"edits": found}


def _command_parser():
    """Airflow's own parser of its command line."""
    if AIRFLOW_1:
        from airflow.bin.cli import CLIFactory

        return CLIFactory.get_parser()
    from airflow.cli.cli_parser import get_parser

    return get_parser()


def _edited(parser, kind, event, extra):
    """(whether it is an edit, the name or None); a line that can't be read is none."""
    if event == "varimport":
        return True, None
    try:
        content = json.loads(extra)
        if event.startswith("cli_"):
            return _edited_by_command(parser, kind, ast.literal_eval(content["full_command"]))
        return _name_in(kind, content)
    except Exception:
        return False, None


def _name_in(kind, content):
    names = [content[name] for name in EDIT_NAMES[kind] if content.get(name)]
    return (True, str(names[0])) if names else (False, None)


def _edited_by_command(parser, kind, argv):
    """What a command line edited; both forms of 1.10, and that of 2.x."""
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            given = vars(parser.parse_args(argv[1:]))
    except SystemExit:
        return False, None
    verb = given["func"].__name__.rpartition("_")[2]
    if verb == "import" or given.get("import"):
        return True, None
    for flat in (given.get("set"), given.get("delete")):
        if flat and flat is not True:
            return True, flat[0] if isinstance(flat, (list, tuple)) else flat
    if AIRFLOW_1 and given["func"].__name__ == "variables_set":
        return True, given["key"][:1]  # 1.10.15 stores the second letter of the key under its first
    edits_it = verb in ("set", "delete", "add") or given.get("add") or given.get("delete")
    return _name_in(kind, given) if edits_it else (False, None)


def pause_if_idle(params):
    """Pause each DAG that has no active run while the clock is inside its window."""
    dags = Dags()

    def one(dag_id, window):
        if not HAS_INTERVALS:
            dags.find(dag_id)  # loaded before the lock is taken
        with locked(dag_id) as (session, model):
            active = active_runs(session, dag_id, dags)
            reason, paused = "", bool(model.is_paused)
            if not paused:
                at_work = ", ".join(run["run_id"] for run in active)
                free = not active or bool((window or {}).get("last_tasks")) and on_last_tasks(session, dag_id, active)
                reason = outside(window or {}, utcnow()) if free else f"{at_work} is active"
                paused = not reason
                if paused:
                    pause(session, dag_id, True)
        return {"paused": paused, "at": iso(utcnow()), "reason": reason, "active": active}

    return for_each(params["dags"], one)


def finish_ended(params):
    """End the runs of paused DAGs of which every task ended."""
    from airflow.models import DagRun

    dags = Dags()

    def one(dag_id, _):
        dag, ended = dags.get(dag_id), {}
        with locked(dag_id) as (session, model):
            require_paused(model)
            query = session.query(DagRun).filter(DagRun.dag_id == dag_id, DagRun.state.in_(RUN_OPEN))
            for run in query.order_by(DagRun.execution_date).all() if AIRFLOW_1 else ():
                states = [state for (state,) in _instances(session, run, column="state")]
                if states and all(state in TASK_ENDED for state in states):
                    run.dag = dag
                    run.update_state(session=session)
                    ended[run.run_id] = _text(run.state)
        return {"ended": ended}

    return for_each(dict.fromkeys(params["dags"]), one)


def set_paused(params):
    """Pause or unpause each DAG, and read the flag back."""
    from airflow.models import DagModel

    def one(dag_id, paused):
        with locked(dag_id) as (session, _):
            pause(session, dag_id, bool(paused))
        with transaction() as session:
            return {"paused": bool(session.query(DagModel.is_paused).filter(DagModel.dag_id == dag_id).scalar())}

    return for_each(params["dags"], one)


def carry_over(params):
    """Insert finished runs of the other environment, so that this one continues right after them."""
    dags = Dags()
    past_of = _opened_past(params["past"]) if params.get("past") is not None else None

    def one(dag_id, given):
        dag = dags.get(dag_id)
        done, lost = {True: [], False: []}, []
        with locked(dag_id) as (session, model):
            require_paused(model)
            for run in sorted(given, key=lambda run: parse_date(run["logical_date"])):
                run_id, inserted = carry_one(session, dag, dags.hash(dag_id), run)
                done[inserted].append(run_id)
                if past_of is not None and not run.get("decided"):
                    lost += leave(session, dag_id, run_id, run, past_of.get(dag_id) or {})
            next_dagrun = iso(refresh_next(session, model, dag))
            exact = not AIRFLOW_1 and session.bind.dialect.name in ROW_LOCKS
        done = {"inserted": done[True], "already": done[False], "next_dagrun": next_dagrun, "exact": exact}
        return dict(done, at=iso(utcnow()), left_out=lost)

    return for_each(params["dags"], one)


OLD_LOGS = "{{ ti.dag_id }}/{{ ti.task_id }}/{{ ts }}/{{ try_number }}.log"
"""The names of logs until 2.2; Airflow 2.3 and later seed the table of templates with it (airflow.utils.db)."""


def old_logs(params):
    """The dates of the carried runs, per DAG, whose logs are found by their old names from now on."""
    if VERSION < (2, 3):
        raise AgentError("Airflow %s has one form of names for all logs: 2.3 is the first with more" % airflow_version)
    with transaction() as session:
        template = _old_template(session)
        return {
            dag_id: [date for date in sorted(dates) if _logs_of(session, dag_id, date, dates[date], template)]
            for dag_id, dates in sorted(params["dags"].items())
        }


def _logs_of(session, dag_id, date, tries, template):
    """Whether that is a carried run, which then has the template and the tries."""
    from airflow.models import DagRun, TaskInstance

    row = run_query(session).filter(DagRun.dag_id == dag_id, DagRun.execution_date == parse_date(date)).first()
    if row is None or not is_carried(row.conf):
        return False
    found = session.query(DagRun).filter(DagRun.dag_id == dag_id, DagRun.run_id == row.run_id)
    found.update({"log_template_id": template}, synchronize_session=False)
    column = TaskInstance.__table__.c.try_number
    for task_id, number in tries.items():
        of_task = _instances(session, row, [task_id]).filter(column < number)
        of_task.update({column: number}, synchronize_session=False)
    return True


def _old_template(session):
    """The id of the template of old names: below all others where it has to be made, since new runs take the highest.

    Runs without a template take the lowest (``DagRun.get_log_template``), so it is not made where there are any.
    """
    from airflow.models import DagRun
    from airflow.models.tasklog import LogTemplate
    from sqlalchemy import func

    known = session.query(LogTemplate.id).filter(LogTemplate.filename == OLD_LOGS).order_by(LogTemplate.id).first()
    newest, lowest = session.query(func.max(LogTemplate.id), func.min(LogTemplate.id)).one()
    if known:
        return known[0]
    if session.query(DagRun.id).filter(DagRun.log_template_id.is_(None)).first():
        raise AgentError("runs from before 2.3 go by the first template of log names, so none is put before it")
    elastic = session.query(LogTemplate.elasticsearch_id).filter(LogTemplate.id == newest).scalar()
    below = (1 if lowest is None else lowest) - 1
    session.add(LogTemplate(id=below, filename=OLD_LOGS, elasticsearch_id=elastic or ""))
    session.flush()
    return below


def remove_carried(params):
    """Delete the runs that carry_over inserted."""
    from airflow.models import DagRun
    from sqlalchemy import or_

    dags = Dags()

    def one(dag_id, _):
        dag = dags.find(dag_id)
        with locked(dag_id) as (session, model):
            require_paused(model)
            ours = or_(DagRun.run_id.like("scheduled\\_\\_%"), DagRun.run_id.like("dataset\\_triggered\\_\\_%"))
            query = session.query(DagRun).filter(DagRun.dag_id == dag_id, ours)
            marked = [run for run in query.order_by(DagRun.execution_date) if is_carried(run.conf)]
            for run in marked:
                xcoms_of(session, dag_id, run).delete(synchronize_session=False)
                _instances(session, run).delete(synchronize_session=False)
                session.query(DagRun).filter(DagRun.id == run.id).delete(synchronize_session=False)
            if dag is not None:
                refresh_next(session, model, dag)
            return {"removed": [run.run_id for run in marked]}

    return for_each(dict.fromkeys(params["dags"]), one)


def remove_waiting(params):
    """Delete the automated runs of which no task began."""
    from airflow.models import DagRun

    dags = Dags()

    def one(dag_id, _):
        dag = dags.find(dag_id)
        with locked(dag_id) as (session, model):
            require_paused(model)
            query = session.query(DagRun).filter(DagRun.dag_id == dag_id, DagRun.state.in_(RUN_OPEN))
            removed = []
            for run in query.order_by(DagRun.execution_date).all():
                row = run_query(session).filter(DagRun.id == run.id).one()
                states = [state for (state,) in _instances(session, run, column="state")]
                if _is_automated(row) and all(_text(state) in NOT_BEGUN for state in states):
                    removed.append(run.run_id)
                    _instances(session, run).delete(synchronize_session=False)
                    session.query(DagRun).filter(DagRun.id == run.id).delete(synchronize_session=False)
            if dag is not None:
                refresh_next(session, model, dag)
            return {"removed": removed, "left": active_runs(session, dag_id, dags)}

    return for_each(dict.fromkeys(params["dags"]), one)


def switch_on(params):
    """Fill the intervals that were missed, make next_dagrun right and unpause, at once."""
    dags, tried = Dags(), {}

    def one(dag_id, order):
        dag, fill_after = dags.get(dag_id), parse_date(order.get("fill_after"))
        with locked(dag_id) as (session, model):
            _require_parsed(model)
            filled, now = [], utcnow()
            reason = "it is unpaused already" if not model.is_paused else outside(order, now)
            if not model.is_paused and dag_id in tried:  # by us: the answer to our commit was lost
                filled, reason = tried[dag_id]
            elif not reason:
                forget_updates(session, dag)
                filled = fill_named(session, dag, dags.hash(dag_id), order.get("fill") or [])
                if fill_after is not None:
                    more, reason = fill(session, dag, dags.hash(dag_id), fill_after, now)
                    filled += more
                refresh_next(session, model, dag)
                pause(session, dag_id, False)
                tried[dag_id] = filled, reason
            paused, next_dagrun = bool(model.is_paused), iso(getattr(model, "next_dagrun", None))
        at = iso(utcnow())
        return {"paused": paused, "filled": filled, "next_dagrun": next_dagrun, "at": at, "reason": reason}

    return for_each(listeners_first(dags, params["dags"]), one)


def fill_held(params):
    """Make the runs that come due while a DAG is held: the scheduler would leave out all of them but the newest."""
    dags = Dags()

    def one(dag_id, fill_after):
        dag = dags.get(dag_id)
        with locked(dag_id) as (session, model):
            filled, reason = [], ""
            held = not model.is_paused and _open_count(session, dag_id) >= dag.max_active_runs
            if held:
                filled, reason = fill(session, dag, dags.hash(dag_id), parse_date(fill_after), utcnow())
            if filled:
                refresh_next(session, model, dag)
        return {"held": held, "filled": filled, "reason": reason}

    return for_each(params["dags"], one)


def _open_count(session, dag_id):
    from airflow.models import DagRun

    return session.query(DagRun.id).filter(DagRun.dag_id == dag_id, DagRun.state.in_(RUN_OPEN)).count()


def listeners_first(dags, orders):
    """The same with those first that run by datasets: an update that comes while they are paused is lost."""
    listening = [] if AIRFLOW_1 else [dag_id for dag_id in orders if _listens(dags.find(dag_id))]
    return {dag_id: orders[dag_id] for dag_id in [*listening, *(one for one in orders if one not in listening)]}


def _listens(dag):
    return dag is not None and runs_by_datasets(dag)


def forget_updates(session, dag):
    """Drop updates of datasets that wait for a paused DAG: the other environment ran what they would start."""
    if not AIRFLOW_1 and runs_by_datasets(dag):
        from airflow.models.dataset import DatasetDagRunQueue

        waiting = session.query(DatasetDagRunQueue).filter(DatasetDagRunQueue.target_dag_id == dag.dag_id)
        waiting.delete(synchronize_session=False)


def fill_named(session, dag, dag_hash, intervals):
    """Make a run of each of these intervals that has none."""
    from airflow.models import DagRun

    by_dataset = not AIRFLOW_1 and runs_by_datasets(dag)
    date = DagRun.data_interval_start if by_dataset else DagRun.execution_date
    made, filled = [], []
    for one in intervals:
        start, end = parse_date(one["logical_date"]), parse_date(one["interval_end"])
        there = session.query(DagRun.id).filter(DagRun.dag_id == dag.dag_id, date == start).first()
        if there is None:
            run = add_run(session, dag, dag_hash, start, end, "running" if AIRFLOW_1 else "queued")
            give_states(session, run, one.get("tasks") or {})
            made.append(run)
            filled.append({"logical_date": iso(start), "interval_end": iso(end)})
    if not AIRFLOW_1 and not dag.catchup and to_schedule(dag)["kind"] == "delta":
        keep_on_grid(sorted(made, key=lambda run: run.execution_date))
    return filled


def give_states(session, run, tasks):
    """Have a new run go on behind the tasks that ended well elsewhere."""
    now = utcnow()
    for state in ("success", "skipped"):
        ended = sorted(task_id for task_id, found in tasks.items() if found == state)
        if ended:
            values = {"state": state, "start_date": now, "end_date": now, "duration": 0.0}
            _instances(session, run, ended).update(values, synchronize_session=False)


def _require_parsed(model):
    """AgentError when the DAG's file is gone or broken."""
    if not model.is_active:
        raise AgentError(f"{model.dag_id} is not active: its file is gone")
    if getattr(model, "has_import_errors", False):
        raise AgentError(f"{model.dag_id} has an import error")


def public_key(_params):
    """Make a key pair; the private half stays here as an encrypted variable."""
    from airflow.models import Variable

    private, recipient = make_keys()
    item = {"key": KEY_VARIABLE, "value": base64.b64encode(private).decode("ascii")}
    with transaction() as session:
        store_variable(session, item, "replace", False, session.query(Variable).filter_by(key=KEY_VARIABLE).first())
    return {"recipient": recipient}


def import_resources(params):
    """Store what was sealed to this environment's key."""
    from airflow.models import Variable

    with transaction() as session:
        row = session.query(Variable).filter(Variable.key == KEY_VARIABLE).first()
        private = row.val if row is not None else None
    content = json.loads(_opened(params["sealed"], private).decode("utf-8"))
    dry_run = bool(params.get("dry_run"))
    result = {}
    for kind in STORES:
        items = content.get(kind) or [] if params.get("only") is None or kind in params["only"] else []
        policy = params["policy"] if isinstance(params["policy"], str) else params["policy"].get(kind, "skip")
        result[kind] = store_each(kind, items, policy, dry_run)
    if private and not dry_run:
        again(_forget_key)
    users = [user for user in content.get("users") or [] if user["identity"] in result["users"]]
    return dict(
        result,
        without_provider=_without_provider(content.get("connections") or [], result["connections"]),
        without_role=_without_role(users),
    )


def _forget_key():
    from airflow.models import Variable

    with transaction() as session:
        session.query(Variable).filter(Variable.key == KEY_VARIABLE).delete(synchronize_session=False)


def _opened(sealed, private):
    """What was sealed to the key that was stored, or else to the one that is derived."""
    data = base64.b64decode(sealed)
    if private:
        with contextlib.suppress(AgentError):
            return age_decrypt(data, base64.b64decode(private))
    return age_decrypt(data, sealing_private())


def _without_provider(connections, outcomes):
    """The connections of these that no installed provider has a hook for, with their types."""
    if AIRFLOW_1 or not connections:
        return {}
    from airflow.providers_manager import ProvidersManager

    known = set(ProvidersManager().hooks)
    types = {one["conn_id"]: one.get("conn_type") for one in connections if one["conn_id"] in outcomes}
    return {conn_id: kind for conn_id, kind in types.items() if kind and kind not in known}


def store_each(kind, items, policy, dry_run):
    """Store the items, a few hundred in a transaction and each in a savepoint: a failure hides no other.

    An error names its type only, because its text may hold the value.
    """
    done = {}
    for start in range(0, len(items), STORED_AT_ONCE):
        some = items[start : start + STORED_AT_ONCE]
        done.update(again(lambda: _store_some(kind, some, policy, dry_run)))  # noqa: B023 - called at once
    return done


def _store_some(kind, items, policy, dry_run):
    """The same for as many as one transaction takes; what passes with the transaction is raised."""
    from airflow.models import Connection, Pool, Variable

    column = {"variables": Variable.key, "connections": Connection.conn_id, "pools": Pool.pool}.get(kind)
    name, store = STORES[kind]
    done = {}
    with transaction() as session:
        there = {} if column is None else rows_of(session, column, [item[name] for item in items])
        for item in items:
            try:
                with session.begin_nested():
                    done[item[name]] = store(session, item, policy, dry_run, there.get(item[name]))
            except Exception as error:
                if chances(error):
                    raise
                done[item[name]] = {"error": type(getattr(error, "orig", None) or error).__name__}
    return done


STORES = {
    "variables": ("key", store_variable),
    "connections": ("conn_id", store_connection),
    "pools": ("name", store_pool),
    "users": ("identity", store_user),
}
ACTIONS = {
    act.__name__: act
    for act in (
        describe,
        observe,
        runs,
        names,
        edits,
        pause_if_idle,
        finish_ended,
        set_paused,
        carry_over,
        past,
        remove_carried,
        old_logs,
        remove_waiting,
        switch_on,
        fill_held,
        public_key,
        import_resources,
        sealing_key,
        parity,
    )
}


# --- The DAG ----------------------------------------------------------------------------------------------------------

if airflow_version:
    from airflow import DAG

    if AIRFLOW_1:
        from airflow.operators.python_operator import PythonOperator
    else:
        from airflow.operators.python import PythonOperator

    dag = DAG(
        DAG_ID,
        start_date=dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc),
        catchup=False,
        is_paused_upon_creation=True,
        description="composer-migrator: acts on one request; remove it when the migration is over",
        **({"schedule": None} if VERSION >= (2, 4) else {"schedule_interval": None}),
    )
    PythonOperator(task_id=TASK_ID, python_callable=answer, dag=dag, **({"provide_context": True} if AIRFLOW_1 else {}))
