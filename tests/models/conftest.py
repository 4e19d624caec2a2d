"""A model server over real HTTP, and requests to ask it."""

import asyncio
from contextlib import ExitStack

import pytest

from evosearch.models.openai_api import OpenAIModel
from evosearch.models.spec import ModelSpec
from evosearch.testing import ModelServer
from evosearch.types import Request


@pytest.fixture
def serve():
    """Starts a server; gives it and the spec of its model."""
    with ExitStack() as servers:

        def serve(script, **spec):
            server = servers.enter_context(ModelServer(script))
            return server, ModelSpec(**{"name": "openai:small", "target": "small", "base_url": server.base_url} | spec)

        yield serve


@pytest.fixture
def request_of():
    """Makes a request, of another sample each if told so."""

    def request_of(text="hello", sample=0, **settings):
        return Request("openai:small", ({"role": "user", "content": text},), settings, sample)

    return request_of


@pytest.fixture
def complete():
    """Asks the model of a spec once, and closes its connections."""

    def complete(spec, request):
        async def asking():
            model = OpenAIModel(spec)
            try:
                return await model.complete(request)
            finally:
                await model.aclose()

        return asyncio.run(asking())

    return complete
