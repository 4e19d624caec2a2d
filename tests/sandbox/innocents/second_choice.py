import os
import subprocess
import sys


def solve():
    """Tries what may be forbidden, and does without it."""
    try:
        answer = int(subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True, check=True).stdout)
    except OSError:
        answer = 6 * 7
    try:
        os.nice(0)
        os.sched_setaffinity(0, os.sched_getaffinity(0))
    except OSError:
        pass
    return answer
