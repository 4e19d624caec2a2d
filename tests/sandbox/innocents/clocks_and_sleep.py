import time
import timeit


def solve():
    clocks = [time.time, time.monotonic, time.perf_counter, time.process_time, time.thread_time]
    before = [clock() for clock in clocks]
    time.sleep(0.01)
    later = [clock() >= start for clock, start in zip(clocks, before, strict=True)]
    return [later, time.monotonic() - before[1] >= 0.01, timeit.timeit("1 + 1", number=10) > 0]
