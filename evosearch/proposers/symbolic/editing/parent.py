"""A program that is edited: its annotated tree, what it does on the recorded calls, and what it asks of children."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from types import CodeType
from typing import Any, Final

from evosearch.proposers.symbolic.editing.behaviour import (
    BITS,
    STEPS,
    STEPS_EXTRA,
    STEPS_FACTOR,
    Behaviour,
    Call,
    alike,
    counted,
    fingerprint,
    run,
)
from evosearch.proposers.symbolic.editing.kinds import FLOAT, INT
from evosearch.proposers.symbolic.editing.scopes import local_names, unbound
from evosearch.proposers.symbolic.editing.syntax import Function, functions, kind, set_kind, size
from evosearch.proposers.symbolic.editing.tracing import annotate

#: Expressions that one run over the calls may evaluate; calls that would go beyond it are left out.
WORK_OF_A_RUN: Final = 100_000
#: Expressions that all runs of a request may evaluate together.
WORK: Final = 5_000_000
#: What it takes to edit, check and compile a node of a program, in expressions evaluated.
WORK_OF_A_NODE: Final = 20
_UNREADABLE: Final = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of running a child.

    Attributes:
        reason: Why it is no good; empty if it is.
        print: What it does, to compare by; None where nothing was run.
        work: What it took, in expressions evaluated; estimated by its steps.
    """

    reason: str
    print: Any = None
    work: int = 0


class Parent:
    """A program that is edited.

    Attributes:
        tree: Its annotated tree; copy it before a change.
        calls: The calls that it can do within the work of a run; none if it can do none.
        size: Its number of nodes.
        print: What it does, to compare by; None if there are no calls.
        floats: Functions that may return a float for a whole number: they do already, or say so.

    Args:
        source: Its text.
        calls: Recorded calls.
        entry: Names that must stay defined.
        bits: Binary digits of a number that count when behaviour is compared.

    Raises:
        ValueError: It is no Python.
    """

    def __init__(self, source: str, calls: Sequence[Call] = (), entry: Sequence[str] = (), bits: int = BITS) -> None:
        self.tree = parsed(source)
        self.entry = tuple(entry)
        self._bits = bits
        works = annotate(self.tree, calls)
        self.calls, self._work = _affordable(calls, works)
        self._behaviour = run(counted(self.tree), self.calls, STEPS) if self.calls else Behaviour()
        if self._behaviour.failure:
            # It fails where calls follow one another: then nothing can be compared.
            self.calls = []
        self.size = size(self.tree)
        self.print = fingerprint(self._behaviour.returned, bits) if self.calls else None
        self._unbound = unbound(self.tree)
        self._promised = _promised(self.tree)
        self.floats = self._float_functions()
        _widen(self.tree, self._promised)

    def results(self) -> list[tuple[Call, Any]]:
        """What it returned for each call."""
        return list(zip(self.calls, self._behaviour.returned, strict=True)) if self.calls else []

    def judge(self, tree: ast.Module, cap: int | None = None) -> Verdict:
        """Check a child and run it.

        Args:
            tree: The child's.
            cap: Nodes that it may have.
        """
        if cap is not None and size(tree) > cap:
            return self._fault("too_large")
        if not set(self.entry) <= local_names(tree.body):
            return self._fault("entry")
        if unbound(tree) - self._unbound:
            return self._fault("unbound")
        try:
            code = counted(tree)
        except _UNREADABLE:
            return self._fault("syntax")
        return self._run(code) if self.calls else self._fault("")

    def _fault(self, reason: str, work: int = 0) -> Verdict:
        return Verdict(reason, work=work + WORK_OF_A_NODE * self.size)

    def _run(self, code: CodeType) -> Verdict:
        allowed = STEPS_FACTOR * self._behaviour.steps + STEPS_EXTRA
        behaviour = run(code, self.calls, allowed)
        work = self._work * (1 + behaviour.steps) // (1 + self._behaviour.steps)
        if behaviour.failure:
            return self._fault("steps" if behaviour.failure == "StepLimitError" else "raised", work)
        for call, found, wanted in zip(self.calls, behaviour.returned, self._behaviour.returned, strict=True):
            if not alike(found, wanted, floats=call.function in self.floats):
                return self._fault("kind", work)
        print_ = fingerprint(behaviour.returned, self._bits)
        return Verdict("", print_, work + WORK_OF_A_NODE * self.size)

    def _float_functions(self) -> frozenset[str]:
        seen = {call.function for call, value in self.results() if isinstance(value, float)}
        return frozenset(seen | self._promised)


def parsed(source: str) -> ast.Module:
    """The tree of a program.

    Raises:
        ValueError: It is no Python.
    """
    try:
        return ast.parse(source)
    except _UNREADABLE as error:
        raise ValueError(f"expected a program in Python, got {type(error).__name__}: {error}") from error


def _affordable(calls: Sequence[Call], works: Sequence[int]) -> tuple[list[Call], int]:
    """The calls whose work a run can afford, in order, the cheapest if none; and their work."""
    kept: list[Call] = []
    spent = 0
    for call, work in zip(calls, works, strict=True):
        if 0 <= work <= WORK_OF_A_RUN - spent:
            kept.append(call)
            spent += work
    done = [(work, place) for place, work in enumerate(works) if work >= 0]
    if kept or not done:
        return kept, spent
    work, place = min(done)
    return [calls[place]], work


def _promised(tree: ast.Module) -> frozenset[str]:
    """The functions that are annotated to return a float."""
    return frozenset(
        function.name
        for function in functions(tree)
        if isinstance(function.returns, ast.Name) and function.returns.id == "float"
    )


def _widen(tree: ast.Module, promised: frozenset[str]) -> None:
    """Let what such a function returns be grown as a float, though whole numbers were seen."""
    for function in functions(tree):
        if function.name in promised:
            for node in _own(function):
                if isinstance(node, ast.Return) and node.value is not None and kind(node.value) == INT:
                    set_kind(node.value, FLOAT)


def _own(function: Function) -> list[ast.AST]:
    """The nodes of a function, without those of functions inside it."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        found.append(node)
        if not isinstance(node, (*(ast.FunctionDef, ast.AsyncFunctionDef), ast.Lambda)):
            waiting += ast.iter_child_nodes(node)
    return found
