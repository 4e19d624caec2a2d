"""What is taken of a provider's HTTP responses: so much, unpacked, in UTF-8, and no key.

An endpoint may be anybody's. Its response may be endless, or small and unpack to more than there is memory for; it may
name an encoding that is none of texts; it may hold the key that it was sent, which must not get into an error or a
record.
"""

import re
from collections.abc import AsyncIterator

from httpx2 import AsyncByteStream, RemoteProtocolError, Response

LONGEST_BODY = 16 * 2**20
"""Bytes of a response; one that is longer is broken off."""
_SHORTEST_SECRET = 16
"""Characters from which a key is one, and no word that a server without keys is given: `none`, `ollama`."""

HEADERS = {"Accept-Encoding": "identity"}
"""What a request asks for, so that no response need be unpacked."""


async def contain(response: Response) -> None:
    """See that a response can be read, whatever it says of itself; a hook of the HTTP client, before the body is read.

    Raises:
        RemoteProtocolError: It is compressed, though that was not asked for.
    """
    if response.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise RemoteProtocolError("the response is compressed, which was not asked for", request=response.request)
    # Codecs of Python such as `hex` are none of texts, and fail where the text is read.
    response.encoding = "utf-8"
    response.stream = _Bounded(response)


class _Bounded(AsyncByteStream):
    """The body of a response, which fails where it gets too long."""

    def __init__(self, response: Response) -> None:
        self._response = response
        self._stream = response.stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        assert isinstance(self._stream, AsyncByteStream)
        length = 0
        async for chunk in self._stream:
            length += len(chunk)
            if length > LONGEST_BODY:
                raise RemoteProtocolError(
                    f"the response has more than {LONGEST_BODY:,} bytes", request=self._response.request
                )
            yield chunk

    async def aclose(self) -> None:
        assert isinstance(self._stream, AsyncByteStream)
        await self._stream.aclose()


class Secret:
    """A key, and how texts are rid of it.

    Args:
        key: The key; empty if there is none.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        # JSON may write any character as an escape, and JSON inside of JSON escapes the backslash as well.
        letters = (rf"\\*(?:{re.escape(sign)}|(?<=\\)u00(?i:{ord(sign):02x}))" for sign in key)
        self._written = re.compile("".join(letters))

    def out_of(self, said: str) -> str:
        """What a provider said, without the key in any way that JSON writes it."""
        return self._written.sub("[key]", said) if self._key else said

    def out_of_reply(self, text: str) -> str:
        """A model's text without the key. A word that only stands for one stays, as a program may use it."""
        return text.replace(self._key, "[key]") if len(self._key) >= _SHORTEST_SECRET else text
