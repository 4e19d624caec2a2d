"""A model in a GGUF file, served in this process by llama.cpp: no provider, no key, no price.

llama.cpp brings a server of its own that speaks the chat completions API. It listens on loopback, on a free port, and
is asked like any other endpoint. Its threads work outside of Python's lock.
"""

import asyncio
import os
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from evosearch.errors import ConfigError, ProviderError
from evosearch.models.openai_api import OpenAIModel
from evosearch.models.spec import ModelSpec
from evosearch.types import Reply, Request

CONTEXT = 32_768
"""Tokens of prompts and replies that are under way together."""

_SILENT = -1  # llama.cpp logs to standard error, into the middle of the progress line


class GgufModel:
    """A model in a file; `spec.target` is its path.

    It is loaded when it is first asked. As many requests as `spec.concurrency` are worked on together, which costs less
    CPU time a reply than one after the other.

    Args:
        spec: The model.

    Raises:
        ConfigError: There is no such file.
        ProviderError: The package that serves it is not installed.
    """

    def __init__(self, spec: ModelSpec) -> None:
        self._spec = spec
        self._path = Path(spec.target).expanduser()
        if not self._path.is_file():
            raise ConfigError(f"model {spec.name!r}: expected a GGUF file, and there is none at {self._path}")
        self._engine = _engine(spec)
        self._loading = asyncio.Lock()
        self._server: Any = None
        self._endpoint: OpenAIModel | None = None

    @property
    def name(self) -> str:
        return self._spec.name

    async def complete(self, request: Request) -> Reply:
        """Send a request once; see `protocols.Model`."""
        async with self._loading:
            if self._endpoint is None:
                self._endpoint = await self._serve()
        return await self._endpoint.complete(request)

    async def aclose(self) -> None:
        if self._endpoint:
            await self._endpoint.aclose()
        self._endpoint = self._server = None  # the server ends when nothing refers to it

    async def _serve(self) -> OpenAIModel:
        try:
            self._server = await asyncio.to_thread(self._engine.Server, self._parameters())
        except (RuntimeError, ValueError) as error:
            raise ProviderError(
                f"model {self.name!r}: llama.cpp cannot load {self._path}: {error}", hint="is it a complete GGUF file?"
            ) from error
        base_url = f"{self._server.listening_address}/v1"
        return OpenAIModel(replace(self._spec, target=self._path.name, base_url=base_url, api_key_env=None))

    def _parameters(self) -> Any:
        parameters = self._engine.CommonParams()
        parameters.model.path = str(self._path)
        parameters.model_alias = {self._path.name}
        parameters.n_ctx = CONTEXT
        parameters.kv_unified = True  # a long prompt may use what short ones leave
        parameters.n_parallel = self._spec.concurrency
        # The other half is for the programs. More threads than idle cores are slower: they wait for each other busily.
        parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = max(1, (os.cpu_count() or 1) // 2)
        parameters.cache_ram_mib = 0  # by default up to 8 GB of prompts that may come again
        parameters.ui = parameters.endpoint_slots = False
        parameters.warmup = False
        parameters.verbosity = _SILENT
        return parameters


def _engine(spec: ModelSpec) -> Any:
    try:
        return import_module("xllamacpp")
    except ModuleNotFoundError:
        raise ProviderError(
            f"model {spec.name!r} is a file, and the package that serves one is not installed",
            hint="pip install 'evosearch[local]'",
        ) from None
