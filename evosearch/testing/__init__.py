r"""What tests of searches with models need: a server that speaks the API of one, on loopback.

    from evosearch.testing import Answered, Asked, ModelServer

    def script(asked: Asked) -> Answered | str:
        if asked.ordinal == 0:
            return Answered.busy(retry_after=0.01)
        return f"```python\ndef solve():\n    return {asked.seed}\n```"

    with ModelServer(script) as server:
        spec = ModelSpec("openai:test", target="test", base_url=server.base_url)
        ...
    assert [asked.seed for asked in server.requests] == [7, 7]

`python -m evosearch.testing` serves one text until Ctrl-C, to try things out by hand or to measure them without the
cost of the server in the same process.
"""

from evosearch.testing.exchange import Answered, Asked, Script, in_turn
from evosearch.testing.server import ModelServer

__all__ = ["Answered", "Asked", "ModelServer", "Script", "in_turn"]
