import asyncio
import socket


async def echo(end):
    reader, writer = await asyncio.open_connection(sock=end)
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()


async def main():
    here, there = socket.socketpair()
    serving = asyncio.create_task(echo(there))
    reader, writer = await asyncio.open_connection(sock=here)
    writer.write(b"one\ntwo\n")
    writer.write_eof()
    answer = await reader.read()
    await serving
    writer.close()
    return answer.decode()


def solve():
    return asyncio.run(main())
