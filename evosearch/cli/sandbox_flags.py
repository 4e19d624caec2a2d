"""The two flags that lower the demand for a sandbox.

They are read from the command line alone: neither evosearch.toml nor a variable can set them, so that a task's folder
that came from somebody else cannot switch the sandbox off.
"""

from typing import Annotated

import typer

Unsafe = Annotated[
    bool,
    typer.Option(
        "--unsafe-no-sandbox",
        help="Run programs even where they cannot be contained; stamped on everything that is found.",
    ),
]
AllowDegraded = Annotated[
    bool, typer.Option("--allow-degraded", help="Accept the degraded jail of a system other than Linux (macOS).")
]
