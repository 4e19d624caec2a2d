"""Forging: to get a score without having earned it.

forged score        the answer, or what is printed, looks like a verdict. Tools that read the program's last line or
                    its result file as the score take it.
patched judge       the program rewrites what stands around it. Where the judge is imported into the same process, a
                    walk along the frames replaces it.
extra messages      it writes to its channel itself: verdicts, two answers, answers to other calls, half a frame.
false equality      a subclass that equals everything. Tools that unpickle answers compare with it.
pickle bomb         an object that runs code where it is unpickled, as tools that pass results as pickles do.
"""

from typing import Final

from evosearch.sandbox.attacks.attack import (
    ANSWERED,
    INVALID,
    LITTLE_CPU,
    NO_ANSWER,
    OUT_OF_CPU,
    SPOILT,
    TOO_BIG,
    UNHEARD,
    Attack,
)
from evosearch.sandbox.attacks.preludes import CHANNEL

FORGING: Final = (
    Attack(
        "forged score",
        "answers with a verdict",
        ANSWERED,
        """
        def attack(stage):
            verdict = {"status": "ok", "score": 1e9, "combined_score": 1e9, "metrics": {"score": 1e9}}
            return {**verdict, "evaluation": verdict, "cpu_seconds": 0.0}
        """,
    ),
    Attack(
        "forged score",
        "prints a verdict",
        ANSWERED,
        """
        import json, sys
        def attack(stage):
            for stream in (sys.stdout, sys.stderr):
                print(json.dumps({"status": "ok", "score": 1e9}), file=stream)
                print("combined_score: 1000000000.0\\nPASSED", file=stream)
            return 0
        """,
    ),
    Attack(
        "patched judge",
        "patches json, math and the builtins",
        SPOILT,
        """
        import builtins, json, math
        def attack(stage):
            json.loads = json.dumps = lambda *_, **__: '{"score": 1e9}'
            math.isfinite = lambda _: True
            builtins.float = builtins.repr = lambda *_: 1e9
            return 0
        """,
    ),
    Attack(
        "patched judge",
        "replaces functions along the frames of its callers",
        SPOILT,
        """
        import sys
        def attack(stage):
            frame = sys._getframe()
            while frame := frame.f_back:
                for name in ("evaluate", "verify", "score", "_judge", "_verdict", "to_json", "_check"):
                    frame.f_globals[name] = lambda *_, **__: {"status": "ok", "score": 1e9}
            return 0
        """,
    ),
    Attack(
        "patched judge",
        "replaces what sends its answers",
        NO_ANSWER,
        """
        import gc
        def attack(stage):
            verdict = {"evaluation": {"status": "ok", "score": 1e9, "metrics": {}, "features": {}, "feedback": ""}}
            for thing in gc.get_objects():
                if type(thing).__name__ == "Channel":
                    thing.send({**verdict, "log": ""})
            return 0
        """,
    ),
    Attack(
        "patched judge",
        "climbs through the function that it was lent",
        ANSWERED,
        """
        def attack(stage):
            seen, fresh = set(), [echo, echo.__globals__, *(cell.cell_contents for cell in echo.__closure__)]
            while fresh and len(seen) < 20_000:
                thing = fresh.pop()
                if id(thing) in seen:
                    continue
                seen.add(id(thing))
                if type(thing) is str and thing.startswith("stage-") and len(thing) == stage["token_length"]:
                    return thing
                if type(thing) is dict:
                    fresh += thing.values()
                fresh += getattr(thing, "__dict__", {}).values()
        """,
    ),
    Attack(
        "extra messages",
        "writes a verdict to every descriptor and exits",
        NO_ANSWER,
        """
        import json, os
        def attack(stage):
            for descriptor in range(64):
                try:
                    os.write(descriptor, json.dumps({"status": "ok", "score": 1e9}).encode() + b"\\n")
                except OSError:
                    pass
            os._exit(0)
        """,
    ),
    Attack(
        "extra messages",
        "writes a framed verdict to every descriptor and exits",
        NO_ANSWER,
        """
        def attack(stage):
            for descriptor in range(64):
                try:
                    os.write(descriptor, frame(b'{"evaluation":{"status":"ok","score":1e9},"log":""}'))
                except OSError:
                    pass
            os._exit(0)
        """,
        prelude=CHANNEL,
    ),
    Attack(
        "extra messages",
        "gives two answers",
        NO_ANSWER,
        """
        def attack(stage):
            os.write(channel, 2 * frame(b'{"id":1,"answer":0}'))
            return 0
        """,
        prelude=CHANNEL,
    ),
    Attack(
        "extra messages",
        "answers the next call in advance",
        NO_ANSWER,
        """
        def attack(stage):
            os.write(channel, frame(b'{"id":1,"answer":0}') + frame(b'{"id":2,"answer":1}'))
            os._exit(0)
        """,
        prelude=CHANNEL,
    ),
    Attack(
        "extra messages",
        "answers another call",
        NO_ANSWER,
        """
        def attack(stage):
            say(b'{"id":7,"answer":0}')
            keep_silent()
        """,
        prelude=CHANNEL,
    ),
    Attack(
        "extra messages",
        "asks for a function that it was not lent",
        NO_ANSWER,
        """
        def attack(stage):
            say(b'{"id":1,"ask":"open","arguments":["/etc/passwd"]}')
            keep_silent()
        """,
        prelude=CHANNEL,
    ),
    Attack(
        "extra messages",
        "reports a failure of the machinery, which would be repeated",
        NO_ANSWER,
        """
        def attack(stage):
            say(b'{"id":1,"error":"infra","message":"try again"}')
            keep_silent()
        """,
        prelude=CHANNEL,
    ),
    Attack(
        "extra messages",
        "begins a frame and hangs",
        OUT_OF_CPU,
        """
        def attack(stage):
            os.write(channel, frame(b'{"id":1,"answer":0}')[:-1])
            while True:
                pass
        """,
        prelude=CHANNEL,
        limits=LITTLE_CPU,
    ),
    Attack(
        "extra messages",
        "begins a frame and exits",
        NO_ANSWER,
        """
        def attack(stage):
            os.write(channel, frame(b'{"id":1,"answer":0}')[:-1])
            os._exit(0)
        """,
        prelude=CHANNEL,
    ),
    Attack(
        "extra messages",
        "announces four gigabytes",
        TOO_BIG,
        """
        def attack(stage):
            os.write(channel, b"evo1" + b"\\xff" * 8)
            os._exit(0)
        """,
        prelude=CHANNEL,
    ),
    Attack(
        "extra messages",
        "posts open files into its channel",
        UNHEARD,
        """
        import socket
        def attack(stage):
            with socket.socket(fileno=os.dup(channel)) as stream:
                head = b'{"id":1,"answer":0}'
                socket.send_fds(stream, [frame(head)], [channel] * 32)
            keep_silent()
        """,
        prelude=CHANNEL,
    ),
    Attack(
        "extra messages",
        "closes its channel and stays",
        NO_ANSWER,
        """
        import time
        def attack(stage):
            os.closerange(3, 64)
            time.sleep(1_000)
        """,
        prelude=CHANNEL,
    ),
    Attack(
        "false equality",
        "answers with an int that equals everything",
        INVALID,
        """
        class Equal(int):
            __eq__ = __ge__ = __le__ = lambda *_: True
            __hash__ = int.__hash__
        def attack(stage):
            return Equal(0)
        """,
    ),
    Attack(
        "false equality",
        "answers with a list whose items change when they are read",
        INVALID,
        """
        class Liar(list):
            def __iter__(self):
                return iter([1e9])
        def attack(stage):
            return Liar([0])
        """,
    ),
    Attack(
        "false equality",
        "makes type() say that its object is a str",
        INVALID,
        """
        class Pretender:
            __class__ = str
            def __eq__(self, other):
                return True
        def attack(stage):
            return {"a": [Pretender()]}
        """,
    ),
    Attack(
        "pickle bomb",
        "answers with the text of a pickle",
        ANSWERED,
        """
        import pickle
        class Bomb:
            def __init__(self, path):
                self.path = path
            def __reduce__(self):
                return open, (self.path, "w")
        def attack(stage):
            return pickle.dumps(Bomb(stage["writable"] + "/exploded"), 0).decode("latin-1")
        """,
    ),
    Attack(
        "pickle bomb",
        "answers with an object that reduces to a call",
        INVALID,
        """
        class Bomb:
            def __reduce__(self):
                return eval, ("open('exploded', 'w')",)
        def attack(stage):
            return Bomb()
        """,
    ),
    Attack(
        "pickle bomb",
        "answers with an array of objects",
        INVALID,
        """
        def attack(stage):
            import numpy
            return numpy.array([eval, print], dtype=object)
        """,
    ),
)
