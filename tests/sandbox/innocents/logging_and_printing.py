import logging
import pprint
import sys


def solve():
    logging.basicConfig(level=logging.INFO, force=True)
    logging.getLogger("honest").info("working on %s", "it")
    print("progress: 50 %", flush=True)  # noqa: T201 - programs print
    print("done", file=sys.stderr)  # noqa: T201 - programs print
    return [pprint.pformat({"b": 1, "a": [2] * 3}), sys.stdout.isatty(), sys.stdout.encoding]
