import signal
import time


def solve():
    caught = []
    signal.signal(signal.SIGUSR1, lambda number, frame: caught.append(number))
    signal.signal(signal.SIGALRM, lambda number, frame: caught.append(number))
    signal.raise_signal(signal.SIGUSR1)
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    while len(caught) < 2:
        time.sleep(0.001)
    return caught
