"""All attacks, in the order in which they are run."""

from typing import Final

from evosearch.sandbox.attacks.attack import Attack
from evosearch.sandbox.attacks.clocks import CLOCKS
from evosearch.sandbox.attacks.ending import ENDING
from evosearch.sandbox.attacks.files import FILES
from evosearch.sandbox.attacks.forging import FORGING
from evosearch.sandbox.attacks.framing import FRAMING
from evosearch.sandbox.attacks.networking import NETWORKING
from evosearch.sandbox.attacks.persisting import PERSISTING
from evosearch.sandbox.attacks.privileges import PRIVILEGES
from evosearch.sandbox.attacks.resources import RESOURCES
from evosearch.sandbox.attacks.signalling import SIGNALLING
from evosearch.sandbox.attacks.spying import SPYING
from evosearch.sandbox.attacks.starting import STARTING

ATTACKS: Final[tuple[Attack, ...]] = (
    *FORGING,
    *ENDING,
    *FRAMING,
    *SPYING,
    *PERSISTING,
    *NETWORKING,
    *STARTING,
    *SIGNALLING,
    *FILES,
    *PRIVILEGES,
    *RESOURCES,
    *CLOCKS,
)

CANARIES: Final = tuple(attack for attack in ATTACKS if attack.canary)
"""The few that are tried before every run: each is over within milliseconds and needs no judge."""
