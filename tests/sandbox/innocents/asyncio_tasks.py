import asyncio


async def worker(number, queue, done):
    while not queue.empty():
        item = await queue.get()
        await asyncio.sleep(0.001 * (item % 3))
        done.append([item, item**2])
        queue.task_done()


async def main():
    queue, done, lock = asyncio.Queue(), [], asyncio.Lock()
    for item in range(12):
        queue.put_nowait(item)
    async with lock, asyncio.timeout(10):
        await asyncio.gather(*(worker(number, queue, done) for number in range(3)))
    try:
        await asyncio.wait_for(asyncio.Event().wait(), 0.01)
    except TimeoutError:
        return sorted(done)


def solve():
    return asyncio.run(main())
