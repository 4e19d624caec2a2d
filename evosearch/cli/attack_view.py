"""What `evosearch doctor --attack` shows: every attack, what must become of it, and what did."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from evosearch.cli.output import say, talk_console
from evosearch.report.printable import one_line
from evosearch.report.terminal import alarm
from evosearch.sandbox.attacks.finding import Finding
from evosearch.sandbox.attacks.running import run
from evosearch.sandbox.policy import Sandbox


def watch(sandbox: Sandbox) -> Iterator[Finding]:
    """Try all attacks; stderr tells how far it is."""
    console, families = talk_console(), set[str]()
    with console.status("setting the stage …") as status:
        for number, finding in enumerate(run(sandbox), 1):
            status.update(Text(one_line(f"{number} attacks tried, the last was {finding.family}: {finding.name}")))
            if not console.is_terminal and finding.family not in families:
                say(f"attacks on: {finding.family}")
            families.add(finding.family)
            yield finding


def draw(findings: Sequence[Finding]) -> RenderableType:
    """All findings by family, those that were not contained once more at the end, and how many were."""
    breaches = [finding for finding in findings if not finding.contained]
    last = Text(f"contained {len(findings) - len(breaches)} of {len(findings)}", style="" if breaches else "green")
    if not breaches:
        return Group(_table(findings), Text(), last)
    return Group(_table(findings), Text(), alarm("NOT CONTAINED"), _table(breaches), Text(), last)


def _table(findings: Sequence[Finding]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    # Folded, not cut: on a narrow terminal a line is longer, but says all.
    for title in ("attack", "what must happen", "what happened"):
        table.add_column(title, overflow="fold")
    for family in dict.fromkeys(finding.family for finding in findings):
        table.add_row(Text(one_line(family), style="bold underline"))
        for finding in (one for one in findings if one.family == family):
            style = "" if finding.contained else "bold red"
            happened = finding.happened if finding.contained else f"BREACH: {finding.happened}"
            cells = (f"  {finding.name}", finding.expected, happened)
            table.add_row(*(Text(one_line(cell), style=style) for cell in cells))
    return table
