"""A model in a file, without the package that serves it: a fake of that package serves a script."""

import asyncio
import sys
from types import ModuleType, SimpleNamespace

import pytest

from evosearch.errors import ConfigError, ProviderError
from evosearch.models.gguf import GgufModel
from evosearch.models.spec import ModelSpec
from evosearch.testing import ModelServer


@pytest.fixture
def spec(tmp_path):
    path = tmp_path / "small.gguf"
    path.write_bytes(b"GGUF")
    return ModelSpec(f"gguf:{path}", scheme="gguf", target=str(path), concurrency=3)


@pytest.fixture
def engine(monkeypatch):
    """The package, whose server answers with the name that the model is asked by; gives its servers."""
    servers = []

    class Server(ModelServer):
        def __init__(self, parameters):
            if parameters.model.path.endswith("broken.gguf"):
                raise RuntimeError("Failed to init server")
            super().__init__(lambda asked: asked.model)
            self.parameters = parameters
            servers.append(self.__enter__())

        @property
        def listening_address(self):
            return self.base_url.removesuffix("/v1")

    def parameters():
        return SimpleNamespace(model=SimpleNamespace(), cpuparams=SimpleNamespace(), cpuparams_batch=SimpleNamespace())

    module = ModuleType("xllamacpp")
    module.Server, module.CommonParams = Server, parameters
    monkeypatch.setitem(sys.modules, "xllamacpp", module)
    yield servers
    for server in servers:
        server.__exit__(None, None, None)


def asked(spec, *requests):
    async def asking():
        model = GgufModel(spec)
        try:
            return await asyncio.gather(*(model.complete(request) for request in requests))
        finally:
            await model.aclose()
            await model.aclose()

    return asyncio.run(asking())


def test_a_file_is_served_once_and_asked_like_an_endpoint(engine, spec, request_of):
    replies = asked(spec, request_of(), request_of(sample=1), request_of(sample=2))
    assert [reply.texts for reply in replies] == [("small.gguf",)] * 3
    [server] = engine
    assert {request.seed for request in server.requests} == {0, 1, 2}
    assert (server.parameters.model.path, server.parameters.n_parallel) == (spec.target, 3)


def test_no_key_is_sent_to_it(engine, spec, request_of, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-house")
    asked(spec, request_of())
    assert "another-house" not in str(engine[0].requests[0].headers)


def test_it_is_loaded_when_it_is_first_asked(engine, spec):
    assert GgufModel(spec).name == spec.name
    assert engine == []


@pytest.mark.usefixtures("engine")
def test_a_file_that_cannot_be_loaded(spec, tmp_path, request_of):
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GG")
    with pytest.raises(ProviderError, match=r"cannot load .*broken\.gguf: Failed to init"):
        asked(ModelSpec("gguf:x", scheme="gguf", target=str(broken)), request_of())


@pytest.mark.usefixtures("engine")
def test_a_file_that_is_missing(tmp_path):
    with pytest.raises(ConfigError, match=r"expected a GGUF file, and there is none at .*none\.gguf"):
        GgufModel(ModelSpec("gguf:x", scheme="gguf", target=str(tmp_path / "none.gguf")))


def test_a_package_that_is_missing_comes_with_its_line(monkeypatch, spec):
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(ProviderError, match="is not installed") as caught:
        GgufModel(spec)
    assert caught.value.hint == "pip install 'evosearch[local]'"
