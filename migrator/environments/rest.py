"""The stable REST API of Airflow 2 (``/api/v1``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from migrator.environments.answer import Received
from migrator.environments.failures import Peer, is_transient, reaching
from migrator.environments.ports import RestDag
from migrator.environments.rest_answers import Dag, Dags, Done, ImportErrors
from migrator.environments.retry import Deadline, Retry
from migrator.scrub.text import scrub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import requests

TIMEOUT_SECONDS = 20.0
COMPOSER_DAGS_FOLDER = "/home/airflow/gcs/dags"


@dataclass(slots=True)
class AirflowRest:
    """One Airflow 2 at ``url`` (without ``/api/v1``); the session is made at the first call."""

    url: str
    session: Callable[[], requests.Session]
    dags_folder: str = COMPOSER_DAGS_FOLDER
    page_size: int = 100
    deadline_seconds: float = 120.0
    retry: Retry = field(default_factory=Retry)
    _session: requests.Session | None = field(default=None, init=False, repr=False)

    def dags(self) -> dict[str, RestDag]:
        """Every DAG that the scheduler knows and that has not been removed, by id."""
        return {dag_id: _dag(row) for dag_id, row in self.rows().items()}

    def rows(self) -> dict[str, dict[str, Any]]:
        """Every DAG as the API writes it, by id."""
        return {row["dag_id"]: row for row in self.pages("dags", "dags", Dags)}

    def dag(self, dag_id: str) -> RestDag:
        """One DAG; UnreachableError when there is none of that id."""
        return _dag(self.row(dag_id))

    def row(self, dag_id: str, more: str = "", model: Any = Dag) -> dict[str, Any]:  # noqa: ANN401 - a type
        """One DAG as the API writes it; with ``more`` such as ``/details``, what that adds."""
        received = self._answer("GET", _path(dag_id) + more, Deadline.after(self.deadline_seconds), {})[0]
        found: dict[str, Any] = received.read(model, self.peer)
        if found["dag_id"] != dag_id:
            raise received.odd("it is about another DAG", self.peer)
        return found

    def import_errors(self) -> dict[str, str]:
        """File name, relative to the DAGs folder, to message."""
        rows = self.pages("importErrors", "import_errors", ImportErrors)
        return {self.relative(row.get("filename") or ""): scrub(row.get("stack_trace") or "") for row in rows}

    def set_paused(self, dag_id: str, *, paused: bool) -> bool:
        """Set and read back; setting is safe to repeat."""
        self.send("PATCH", _path(dag_id), Done, params={"update_mask": "is_paused"}, json={"is_paused": paused})
        return self.dag(dag_id).paused

    def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            self._session.close()
            self._session = None

    @property
    def peer(self) -> Peer:
        """How an error names this API."""
        return Peer(f"the Airflow REST API at {self.url}", f"{self.url}/api/v1", f"curl -i {self.url}/api/v1/health")

    def pages(
        self,
        path: str,
        key: str,
        model: Any,  # noqa: ANN401 - a type
        query: dict[str, Any] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Each row of a paged list; all pages together must come within the deadline.

        ``model`` is that of a page, ``query``: the JSON of one of the lists that are asked for by POST.
        """
        until = Deadline.after(self.deadline_seconds)
        offset, total = 0, 1
        while offset < total:
            if query is None:
                page = self.send("GET", path, model, until=until, params={"limit": self.page_size, "offset": offset})
            else:
                json = {**query, "page_limit": self.page_size, "page_offset": offset}
                page = self.send("POST", path, model, until=until, json=json)
            rows = page[key]
            yield from rows
            total = page["total_entries"] if rows else 0
            offset += len(rows)

    def send(self, method: str, path: str, model: Any, *, until: Deadline | None = None, **content: Any) -> Any:  # noqa: ANN401 - JSON
        """The JSON that the API answers, which is as ``model`` says; AnswerError for any other.

        What cannot be sent twice without harm is not for this method.
        """
        deadline = until or Deadline.after(self.deadline_seconds)
        return self._answer(method, path, deadline, content)[0].read(model, self.peer)

    def delete(self, path: str) -> None:
        """Delete what is there; what the API says of it does not matter."""
        self._answer("DELETE", path, Deadline.after(self.deadline_seconds), {})

    def now(self) -> datetime:
        """The web server's clock, to the second."""
        received, headers = self._answer("GET", "health", Deadline.after(self.deadline_seconds), {})
        received.read(Done, self.peer)
        try:
            return parsedate_to_datetime(headers.get("Date", ""))
        except ValueError as error:
            raise received.odd("it has no header Date, which tells the server's time", self.peer) from error

    def _answer(
        self, method: str, path: str, deadline: Deadline, content: dict[str, Any]
    ) -> tuple[Received, Mapping[str, str]]:
        url = f"{self.url}/api/v1/{path}"

        def sent() -> tuple[Received, Mapping[str, str]]:
            if deadline.passed:
                raise TimeoutError(f"not all of {path} came within {self.deadline_seconds:g} s")
            seconds = min(TIMEOUT_SECONDS, deadline.remaining)
            answer = self._connected().request(method, url, timeout=seconds, **content)
            answer.raise_for_status()
            return Received.of(answer), answer.headers

        with reaching(self.peer):
            return self.retry(sent, transient=lambda error: is_transient(error) and not deadline.passed)

    def _connected(self) -> requests.Session:
        if self._session is None:
            from migrator.environments.wire import guard  # noqa: PLC0415 - lazy, as `migrate --help` is

            self._session = guard(self.session(), self.peer)
        return self._session

    def relative(self, filename: str) -> str:
        """A file's name, relative to the DAGs folder."""
        folder = self.dags_folder.rstrip("/") + "/"
        return filename.removeprefix(folder) if filename.startswith(folder) else filename.rpartition("/dags/")[2]


def google_session() -> requests.Session:
    """A session that carries the user's own Google token."""
    import google.auth  # noqa: PLC0415 - lazy, as `migrate --help` is
    from google.auth.transport.requests import AuthorizedSession  # noqa: PLC0415 - lazy, as `migrate --help` is

    credentials, _ = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])
    session: requests.Session = AuthorizedSession(credentials)
    return session


def basic_session(user: str, password: str) -> requests.Session:
    """A session with a user name and a password."""
    import requests  # noqa: PLC0415 - lazy, as `migrate --help` is

    session = requests.Session()
    session.auth = (user, password)
    return session


def _path(dag_id: str) -> str:
    return f"dags/{quote(dag_id, safe='')}"


def _dag(row: dict[str, Any]) -> RestDag:
    return RestDag(
        dag_id=row["dag_id"],
        paused=bool(row["is_paused"]),
        last_parsed=_date(row.get("last_parsed_time")),
        next_dagrun=_date(row.get("next_dagrun")),
        has_import_errors=bool(row.get("has_import_errors")),
    )


def _date(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
