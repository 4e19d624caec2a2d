"""A server that speaks the chat completions API, on loopback, in a thread of its own."""

import asyncio
import json
import threading
from concurrent.futures import Future
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

from evosearch.testing.exchange import Answered, Asked, Script


class ModelServer:
    """A language model's endpoint whose replies a script decides.

    A real HTTP/1.1 server: clients keep their connections alive, and several requests may be under way. The script is
    called in the server's thread, for one request at a time, in order of arrival, so it may keep state without locks;
    a latency is waited for outside of it. What a script raises closes the connection, and is raised again when the
    server is left: a failed `assert` in a script fails the test.

    Args:
        script: Called with every request; a text is what it always says.
        models: What `GET /models` lists.
        port: Where it listens; 0 takes a free port.
    """

    def __init__(self, script: Script | str, *, models: tuple[str, ...] = ("test",), port: int = 0) -> None:
        self._script: Script = (lambda _: script) if isinstance(script, str) else script
        self._models = models
        self._port = port
        self._tasks: set[asyncio.Task[None]] = set()
        self._faults: list[BaseException] = []
        self.requests: list[Asked] = []
        """What was asked, in order of arrival."""
        self.opened = 0
        """How many connections were made."""

    @property
    def base_url(self) -> str:
        """What a client is told; known once the server has started."""
        return f"http://127.0.0.1:{self._port}/v1"

    def __enter__(self) -> Self:
        started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)), daemon=True)
        self._thread.start()
        try:
            self._loop, self._leave = started.result()
        except OSError:
            self._thread.join()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._leave.set)
        self._thread.join()
        if self._faults:
            raise self._faults[0]

    async def _serve(self, started: Future[Any]) -> None:
        leave = asyncio.Event()
        try:
            listener = await asyncio.start_server(self._accept, "127.0.0.1", self._port)
        except OSError as error:
            started.set_exception(error)
            return
        self._port = listener.sockets[0].getsockname()[1]
        started.set_result((asyncio.get_running_loop(), leave))
        await leave.wait()
        listener.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._converse(reader, writer, self.opened))
        self.opened += 1
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()):
            self._faults.append(fault)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int) -> None:
        """Answer the requests of one connection until either side closes it."""
        try:
            while await self._exchange(reader, writer, connection):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client left, as it may at any time
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int) -> bool:
        """Answer one request; False if the connection ends with it."""
        line, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
        method, path, _ = line.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        content = await reader.readexactly(int(headers.get("content-length", 0)))
        answered, body = self._answer(method, path, headers, content, connection)
        await asyncio.sleep(answered.latency)
        if answered.lost == "before":
            writer.transport.abort()
            return False
        writer.write(_head(answered, len(body)) + (body[: len(body) // 2] if answered.lost else body))
        await writer.drain()
        return answered.lost is None and headers.get("connection", "").lower() != "close"

    def _answer(
        self, method: str, path: str, headers: dict[str, str], content: bytes, connection: int
    ) -> tuple[Answered, bytes]:
        if (method, path) == ("GET", "/v1/models"):
            listed = {"object": "list", "data": [{"id": name, "object": "model"} for name in self._models]}
            return Answered(), json.dumps(listed).encode()
        if (method, path) != ("POST", "/v1/chat/completions"):
            missing = Answered.failure(404, f"there is no {method} {path} here")
            return missing, missing.body or b""
        asked = Asked(len(self.requests), json.loads(content), headers, connection)
        self.requests.append(asked)
        said = self._script(asked)
        answered = Answered(said) if isinstance(said, str) else said
        return answered, answered.encoded(asked)


def _head(answered: Answered, length: int) -> bytes:
    try:
        phrase = HTTPStatus(answered.status).phrase
    except ValueError:
        phrase = "Unnamed"  # providers have statuses of their own, such as 529
    headers = {"Content-Type": "application/json", **answered.headers, "Content-Length": str(length)}
    lines = [f"HTTP/1.1 {answered.status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
