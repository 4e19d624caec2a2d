import asyncio
from concurrent.futures import ThreadPoolExecutor, as_completed


def square(number):
    return number * number


async def aside():
    return await asyncio.to_thread(square, 12)


def solve():
    with ThreadPoolExecutor(max_workers=3) as pool:
        mapped = list(pool.map(square, range(10)))
        finished = sorted(future.result() for future in as_completed([pool.submit(square, n) for n in range(5)]))
    return [mapped, finished, asyncio.run(aside())]
