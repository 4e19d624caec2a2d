"""Every error evosearch raises on purpose, each with an exit code and a hint.

    EvosearchError                     1  the root: nothing else is caught by the command line
    ├── UsageError                     2  a command, option or value that cannot be taken
    │   ├── ConfigError                2  evosearch.toml, EVOSEARCH_* or a flag is wrong
    │   ├── BudgetError                2  a --budget that cannot be read
    │   ├── TaskError                  2  the task's own files are wrong
    │   │   └── PuzzleError            2  a puzzle is refused: file, record, name, rule, place
    │   └── UnknownNameError           2  no such task, proposer, archive, program …
    ├── ArchiveFileError               1  the SQLite file cannot be used
    │   ├── ArchiveMissingError        2  there is none at that path
    │   ├── ArchiveForeignError        2  it is no archive, or belongs to another task
    │   ├── ArchiveFromFutureError     2  it was written by a newer version
    │   ├── ArchiveLockedError         1  another run is writing it
    │   └── ArchiveNotWritableError    1  read-only, or the disk is full
    ├── NothingFoundError              3  the search ended without one valid program
    ├── SandboxError                   4  programs cannot be contained on this machine
    │   └── WorkerLostError            4  a worker process ended although nothing told it to
    ├── ProviderError                  5  a model's provider refused or failed
    │   ├── ProviderBusyError          5  it may work later: too many requests, a failure, a timeout
    │   ├── SettingRefusedError        5  the model does not take a setting
    │   ├── PromptRefusedError         5  the model does not answer this prompt (never ends a run)
    │   └── CallMissingError           5  a replay has no such call
    ├── FundsSpentError                1  a proposal's funds do not cover its next call (never ends a run)
    ├── Interrupted                  130  Ctrl-C: what was finished is saved
    └── CandidateError                 1  a program under test failed; `status` says how (never ends a run)

Exit code 0 is success. The numbers are part of the command line's promise and are listed in the README.
"""

from enum import IntEnum, StrEnum
from typing import ClassVar


class Status(StrEnum):
    """How an evaluation ended. The kernel, or the trusted end of a pipe, says so; never the program."""

    OK = "ok"
    TIMEOUT_CPU = "timeout_cpu"
    TIMEOUT_WALL = "timeout_wall"
    MEMORY = "memory"
    OUTPUT_TOO_BIG = "output_too_big"
    LOG_FLOOD = "log_flood"
    PROTOCOL = "protocol"
    CRASHED = "crashed"
    POLICY = "policy"
    NO_RESULT = "no_result"
    INVALID_OUTPUT = "invalid_output"
    INFRA = "infra"


class ExitCode(IntEnum):
    """What the process tells its caller."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOTHING_FOUND = 3
    NO_SANDBOX = 4
    PROVIDER = 5
    INTERRUPTED = 130


class EvosearchError(Exception):
    """The root of the tree.

    Args:
        message: What was expected and what came.
        hint: What to do about it, as one sentence; empty if there is nothing to say.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.FAILED

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(EvosearchError):
    """A command, option or value that cannot be taken."""

    exit_code = ExitCode.USAGE


class ConfigError(UsageError):
    """A setting is unknown, of the wrong type or out of range; the message names its origin."""


class BudgetError(UsageError):
    """A budget that cannot be read."""


class TaskError(UsageError):
    """The task's own files are missing or wrong."""


class PuzzleError(TaskError):
    """A puzzle is refused; the message says file, record, name, rule and place."""


class UnknownNameError(UsageError):
    """A name that nothing answers to; the hint offers the nearest one."""


class ArchiveFileError(EvosearchError):
    """The archive file cannot be used."""


class ArchiveMissingError(ArchiveFileError):
    """There is no archive at the path."""

    exit_code = ExitCode.USAGE


class ArchiveForeignError(ArchiveFileError):
    """The file is no archive of evosearch, or it belongs to another task."""

    exit_code = ExitCode.USAGE


class ArchiveFromFutureError(ArchiveFileError):
    """The file was written by a newer version of evosearch."""

    exit_code = ExitCode.USAGE


class ArchiveLockedError(ArchiveFileError):
    """Another run is writing the archive."""


class ArchiveNotWritableError(ArchiveFileError):
    """The archive is read-only, or its disk is full. Everything recorded so far is intact."""


class NothingFoundError(EvosearchError):
    """The search ended without one valid program."""

    exit_code = ExitCode.NOTHING_FOUND


class SandboxError(EvosearchError):
    """Programs cannot be contained on this machine."""

    exit_code = ExitCode.NO_SANDBOX


class WorkerLostError(SandboxError):
    """A zygote ended although nothing told it to; the evaluation it held is repeated once."""


class ProviderError(EvosearchError):
    """A model's provider refused or failed."""

    exit_code = ExitCode.PROVIDER


class ProviderBusyError(ProviderError):
    """A request failed in a way that may mend itself: it is worth repeating.

    Args:
        message: What happened.
        retry_after: Seconds after which the provider asks to be tried again; None if it does not say.
        hint: What to do about it.
    """

    def __init__(self, message: str, *, retry_after: float | None = None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class SettingRefusedError(ProviderError):
    """A model does not take a setting, or not this value of it.

    Args:
        setting: Its name, as in `Request.settings`, or `seed`.
        message: What the provider said.
    """

    def __init__(self, setting: str, message: str) -> None:
        super().__init__(message)
        self.setting = setting


class PromptRefusedError(ProviderError):
    """A model does not answer this prompt; others it may.

    Args:
        reason: `prompt_too_long` or `content_filter`.
        message: What the provider said.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class CallMissingError(ProviderError):
    """A replay needs a call that its record does not hold."""


class FundsSpentError(EvosearchError):
    """What a proposal was given does not cover its next call; it ends with what it has."""


class Interrupted(EvosearchError):  # noqa: N818 - named for what happened, not for a failure
    """The user asked to stop; everything that was finished is saved."""

    exit_code = ExitCode.INTERRUPTED


class CandidateError(EvosearchError):
    """A program under test did not answer.

    A task may catch it to give partial credit; what it lets pass becomes the evaluation's status.

    Args:
        status: How the program failed; never `Status.OK`.
        message: What happened, in words that a proposer can learn from.
    """

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.status = status
