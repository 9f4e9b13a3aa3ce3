"""Every error a user can meet, each with what happened, why, and the command that fixes it.

    MigrateError                     70
    +-- UsageError                    2   the command line or a file of the workspace is wrong
    |   +-- WorkspaceError            2   no workspace here, or one of its files cannot be read
    |   |   +-- NewerFileError        2   a newer version of this program wrote it
    |   +-- UnreachableError          2   an environment, bucket or API does not answer
    |   |   +-- AnswerError           2   it answers, and what it says is no answer of it
    |   +-- LabError                  2   this machine cannot run the lab
    +-- ItemsFailedError              3   some items were done, some were not
    |   +-- AgentError                3   the agent answered with an error, or not at all
    +-- RefusedError                  4   doing it would be unsafe now
    |   +-- LockedError               4   another cutover holds the lock
    |   +-- StalePlanError            4   the plan no longer describes what is there
    +-- VerificationError             5   what was done was read back, is not right, and was undone
    +-- PersonNeededError             6   neither going on nor going back is safe

They are caught once, in ``migrator.cli.app``; no traceback is shown without ``--debug``. Beside the tree stands
`Interrupted`, which ``migrator.cli.start`` catches: exit code 130.
"""

from __future__ import annotations


class MigrateError(Exception):
    """An error for a person: ``what`` happened, ``why``, and a ``fix`` that can be typed."""

    exit_code = 70

    def __init__(self, what: str, *, why: str, fix: str) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.what}\n  why: {self.why}\n  fix: {self.fix}"


class UsageError(MigrateError):
    """The command line, or a file that the operator owns, is wrong."""

    exit_code = 2


class WorkspaceError(UsageError):
    """There is no workspace, or one of its files cannot be read."""


class NewerFileError(WorkspaceError):
    """A newer version of this program wrote a file of the workspace: it holds what this one does not know."""


class UnreachableError(UsageError):
    """An environment, a bucket or an API did not answer within its deadline."""


class AnswerError(UnreachableError):
    """What came in place of an answer: a login page, half a body, another form."""


class LabError(UsageError):
    """The lab is not up, or cannot run on this machine."""


class ItemsFailedError(MigrateError):
    """Some items were done and some failed; what was done stays done."""

    exit_code = 3


class AgentError(ItemsFailedError):
    """The agent inside an environment answered with an error, or did not answer."""


class RefusedError(MigrateError):
    """What was asked is unsafe now, so nothing was changed."""

    exit_code = 4


class LockedError(RefusedError):
    """Another cutover holds the lock in the target's bucket."""


class StalePlanError(RefusedError):
    """The plan was made for another inventory or other files."""


class VerificationError(MigrateError):
    """The result, read back, is not right; it was undone."""

    exit_code = 5


class PersonNeededError(MigrateError):
    """Neither going on nor going back is safe without a person's decision."""

    exit_code = 6


class Interrupted(BaseException):
    """Ctrl-C or SIGTERM came: no KeyboardInterrupt, since the parser of the command line takes that for its own."""
