import queue
import threading


def solve():
    jobs, done, lock = queue.Queue(), [], threading.Lock()
    barrier = threading.Barrier(3)

    def work():
        barrier.wait()
        while (job := jobs.get()) is not None:
            with lock:
                done.append(job * job)

    for job in [*range(20), None, None, None]:
        jobs.put(job)
    threads = [threading.Thread(target=work, name=f"worker {number}") for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(done)
