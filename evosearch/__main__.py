"""The command `evosearch`, and `python -m evosearch`: ready for Ctrl-C before anything is loaded."""

import os
import signal
import sys
from types import FrameType
from typing import Final

#: `errors.ExitCode.INTERRUPTED`, which is not loaded yet when it may be needed first.
_INTERRUPTED: Final = 130


def main() -> None:
    """Load the command line and run it."""
    signal.signal(signal.SIGINT, _give_up)
    from evosearch.cli import main as run  # noqa: PLC0415 - loading takes a while, and Ctrl-C may come meanwhile

    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        run()
    except SystemExit as end:
        if end.code == _INTERRUPTED:
            _leave_for_good()
        raise


def _leave_for_good() -> None:
    """End with the code of an interruption, which was dealt with.

    Python ends itself by SIGINT if a KeyboardInterrupt ever came out of an `exec` of text, as inside the making of a
    dataclass, even if it was caught afterwards.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(_INTERRUPTED)


def _give_up(_signal: int, _frame: FrameType | None) -> None:
    """Leave at once and say so: an exception here would come out of the middle of somebody's import."""
    os.write(2, b"error: interrupted before anything began; nothing is lost\n")
    os._exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
