"""`evosearch doctor`: what this machine offers, and what it holds."""
# ruff: noqa: PLC0415 - heavy packages are imported by the command that needs them

from __future__ import annotations  # the signatures name modules that are imported by the command

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evosearch.cli.output import say, show, show_json
from evosearch.errors import ExitCode, SandboxError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from evosearch.protocols import Layer
    from evosearch.sandbox.attacks.finding import Finding
    from evosearch.sandbox.policy import Sandbox


def doctor(
    *,
    attack: Annotated[
        bool, typer.Option("--attack", help="Try the shipped attacks on the sandbox, and tell what happened.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell which walls of the sandbox stand here, what none of them covers, and the versions of the parts.

    Exits with 4 if programs cannot be contained on this machine, and with 1 if an attack was not contained.
    """
    from evosearch.sandbox.policy import Sandbox

    # Takes what there is, to tell of it; nothing is run in it unless it contains.
    sandbox, refusal = Sandbox.of_this_machine(unsafe=True), _refusal()
    if not json:
        _show(sandbox, refusal)
    findings = _attack(refusal) if attack else ()
    if json:
        show_json(_described(sandbox) | ({"attacks": list(map(asdict, findings))} if attack else {}))
    elif findings:
        from evosearch.cli import attack_view

        show("", attack_view.draw(findings))
    if refusal is not None:
        raise typer.Exit(ExitCode.NO_SANDBOX)
    if not all(finding.contained for finding in findings):
        raise typer.Exit(ExitCode.FAILED)


def _attack(refusal: SandboxError | None) -> tuple[Finding, ...]:
    """Try all attacks; none where nothing would hold them."""
    from evosearch.cli import attack_view
    from evosearch.sandbox.policy import Sandbox

    if refusal is not None:
        say("no attack was tried: nothing here would hold it")
        return ()
    return tuple(attack_view.watch(Sandbox.of_this_machine()))


def _refusal() -> SandboxError | None:
    """Why a run would be refused on this machine; None if it would not."""
    from evosearch.sandbox.policy import Sandbox

    try:
        Sandbox.of_this_machine()
    except SandboxError as refusal:
        return refusal
    return None


def _described(sandbox: Sandbox) -> dict[str, Any]:
    from evosearch.sandbox.layers import LAYERS, NOT_COVERED

    layers = [
        {
            "name": layer.name,
            "covers": layer.covers,
            "stands": layer.name in sandbox.layers,
            "problem": sandbox.missing.get(layer.name),
        }
        for layer in LAYERS
    ]
    described = {"versions": _versions(), "layers": layers, "not_covered": dict(NOT_COVERED)}
    return described | {"contained": sandbox.contained}


def _show(sandbox: Sandbox, refusal: SandboxError | None) -> None:
    from rich.text import Text

    from evosearch.report.tables import pairs
    from evosearch.sandbox.layers import LAYERS, NOT_COVERED

    show(Text("versions", style="bold underline"), pairs(_versions().items()), "")
    show(Text("what no wall of the sandbox covers", style="bold underline yellow"), pairs(NOT_COVERED.items()), "")
    show(Text("walls of the sandbox, and what they keep a program from", style="bold underline"))
    show(pairs((layer.name, _wall(layer, sandbox.missing.get(layer.name))) for layer in LAYERS), "")
    show(_verdict(sandbox, refusal))


def _wall(layer: Layer, problem: str | None) -> RenderableType:
    from rich.text import Text

    from evosearch.report.printable import one_line
    from evosearch.sandbox.policy import remedy

    if problem is None:
        return Text.assemble(("stands", "green"), f" against {layer.covers}")
    wall = Text.assemble(("missing", "bold red"), f" ({one_line(problem)}); it would stand against {layer.covers}")
    return wall.append(f"\nto have it: {what}" if (what := remedy(layer.name)) else "")


def _verdict(sandbox: Sandbox, refusal: SandboxError | None) -> RenderableType:
    """Whether programs are held here, in one line."""
    from rich.text import Text

    from evosearch.report.printable import one_line
    from evosearch.report.terminal import alarm

    if refusal is not None:
        return alarm(f"programs cannot be contained here: a run is refused\n{refusal}\nhint: {refusal.hint}")
    if sandbox.missing:
        return Text(f"degraded: {one_line(sandbox.notice or '')}", style="yellow")
    return Text("contained: every wall stands", style="green")


def _versions() -> dict[str, Any]:
    import platform
    import sqlite3
    from importlib.metadata import version

    from evosearch import __version__
    from evosearch.models import prices
    from evosearch.report.snapshot import SCHEMA

    return {
        "evosearch": __version__,
        "schema": str(SCHEMA),
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "sqlite": sqlite3.sqlite_version,
        "openai": version("openai"),
        "prices": prices.snapshot(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }
