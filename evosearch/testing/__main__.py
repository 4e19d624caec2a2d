"""`python -m evosearch.testing`: serve one text as a model on loopback, until Ctrl-C; the first line is its address."""

import argparse
import contextlib
import signal
import sys
from pathlib import Path

from evosearch.testing import Answered, ModelServer


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evosearch.testing", description=(__doc__ or "").split(": ", 1)[1])
    parser.add_argument("--text", type=Path, help="file with the reply; without one it is read from standard input")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds until each reply (default: 0)")
    parser.add_argument("--port", type=int, default=0, help="where to listen (default: a free port)")
    options = parser.parse_args()
    text = options.text.read_text(encoding="utf-8") if options.text else sys.stdin.read()
    with ModelServer(lambda _: Answered(text, latency=options.latency), port=options.port) as server:
        sys.stdout.write(f"{server.base_url}\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()


if __name__ == "__main__":
    main()
