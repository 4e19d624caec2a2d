import os
import platform
import resource
import shutil
import sys


def solve():
    facts = [os.cpu_count(), os.getpid(), os.getppid(), len(os.sched_getaffinity(0)), resource.getpagesize()]
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    size = shutil.get_terminal_size()
    known = [platform.system(), platform.python_implementation(), sys.byteorder, os.fspath("a"), size.columns]
    return [[isinstance(fact, int) for fact in facts], 0 < soft <= hard, used >= 0, os.times().user >= 0, known, os.sep]
