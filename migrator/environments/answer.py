"""What a server answered, read and checked: the value that was asked for, or one error that shows what came."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from migrator.errors import AnswerError
from migrator.model.text import one_line
from migrator.reading import UnreadableError, read_json, reason_of
from migrator.scrub.text import scrub

if TYPE_CHECKING:
    import requests

    from migrator.environments.failures import Peer

EXCERPT = 160
"""So many characters of an answer are shown."""


@dataclass(frozen=True, slots=True)
class Received:
    """The body of one answer: ``asked``, such as ``GET https://HOST/PATH``, and of which ``kind`` it says it is.

    What is asked for is our own text, and it is shown but for the query.
    """

    asked: str
    data: bytes
    kind: str = ""

    @classmethod
    def of(cls, answer: requests.Response) -> Received:
        """The body of an answer that was read."""
        return cls(f"{answer.request.method} {answer.url}", answer.content, answer.headers.get("Content-Type", ""))

    def read(self, model: Any, peer: Peer) -> Any:  # noqa: ANN401 - JSON
        """The JSON of the body, which is as the model says; AnswerError for any other."""
        try:
            return self._fitting(model)
        except UnreadableError as error:
            reason = "the body is empty" if not self.data.strip() else str(error)
            raise self.odd(reason, peer) from error
        except ValidationError as error:
            raise self.odd(reason_of(error), peer) from error

    def fits(self, model: Any) -> bool:  # noqa: ANN401 - a type
        """Whether the body is JSON as the model says."""
        try:
            self._fitting(model)
        except ValueError:
            return False
        return True

    def _fitting(self, model: Any) -> Any:  # noqa: ANN401 - JSON
        found = read_json(self.data)
        _adapter(model).validate_python(found)
        return found

    def odd(self, reason: str, peer: Peer) -> AnswerError:
        """The error for an answer that is none, with how it begins."""
        kind = f", as {excerpt(self.kind)}" if self.kind else ""
        came = f"; what came{kind}: {excerpt(self.data)}" if self.data.strip() else ""
        return AnswerError(
            f"{peer.what} answered what is not its answer",
            why=f"{one_line(self.asked.partition('?')[0])}: {excerpt(reason, 300)}{came}",
            fix=f"a login page or a proxy may have answered in its place: `{peer.check}` shows more; "
            "then run the command again",
        )


def excerpt(data: bytes | str, most: int = EXCERPT) -> str:
    """How a text from outside begins, on one line: without its secrets, and with what steers a terminal escaped."""
    text = data[: 40 * most].decode("utf-8", "backslashreplace") if isinstance(data, bytes) else data
    line = one_line(scrub(text[: 20 * most]))
    return line if len(line) <= most else line[: most - 1] + "…"


@cache
def _adapter(model: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - a type
    return TypeAdapter(model)
