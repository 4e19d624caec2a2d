"""The command `evosearch`, and `python -m evosearch`: ready for Ctrl-C before anything is loaded."""

import os
import signal
from types import FrameType


def main() -> None:
    """Load the command line and run it."""
    signal.signal(signal.SIGINT, _give_up)
    from evosearch.cli import main as run  # noqa: PLC0415 - loading takes a while, and Ctrl-C may come meanwhile

    signal.signal(signal.SIGINT, signal.default_int_handler)
    run()


def _give_up(_signal: int, _frame: FrameType | None) -> None:
    """Leave at once and say so: an exception here would come out of the middle of somebody's import."""
    os.write(2, b"error: interrupted before anything began; nothing is lost\n")
    os._exit(130)


if __name__ == "__main__":
    main()
