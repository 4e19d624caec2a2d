"""Branch distance: how far an answer is from satisfying a predicate.

A puzzle's ``sat(answer)`` says only yes or no. Its source is rewritten into a graded twin that says how wrong
the answer is: ``a == b`` becomes the difference of its sides, ``and`` and ``all`` a sum, ``or`` and ``any`` a
minimum, and a failed ``assert`` is noted while the twin goes on, so that later conditions count as well. This
is the fitness of search-based testing: Korel, "Automated software test data generation" (1990), section 4;
Tracey et al., "An automated framework for structural test-data generation" (1998), table 1; Fraser and Arcuri,
"EvoSuite" (2011), section 3. Zero is never trusted: the plain predicate decides.

Twin and predicate count steps (`evosearch.predicates.steps`), so a verdict does not depend on a clock.
"""

import ast
from collections.abc import Callable
from typing import Any, Final

from evosearch.predicates.grades import EXCEPTION, UNREACHED, Grades, finite
from evosearch.predicates.steps import Meter, StepCounting, StepLimitError, compile_tree, namespace

STEPS: Final = 1_000_000
"""Steps a verdict may cost: some 0.1 s; half of the references in P3 need less than 100."""
LEAST: Final = 1e-6
"""The least distance of an answer that the predicate rejects."""
TOO_EXPENSIVE: Final = 30.0
"""What running out of steps adds."""

_GRADES: Final = "_grades"
_MUTATORS: Final = frozenset(
    [
        "add",
        "append",
        "clear",
        "difference_update",
        "discard",
        "extend",
        "insert",
        "pop",
        "popitem",
        "remove",
        "reverse",
        "setdefault",
        "sort",
        "update",
    ]
)


_CHARACTER_TESTS: Final = frozenset(
    ("isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "islower", "isnumeric", "isspace", "isupper")
)
_OPPOSITES: Final = {
    "Eq": "NotEq",
    "NotEq": "Eq",
    "Lt": "GtE",
    "LtE": "Gt",
    "Gt": "LtE",
    "GtE": "Lt",
    "In": "NotIn",
    "NotIn": "In",
    "Is": "IsNot",
    "IsNot": "Is",
}


class Predicate:
    """A puzzle's ``sat``, plain and graded, on the inputs that its defaults carry.

    Args:
        source: ``def sat(answer: T, a=..., ...): ...``.
        steps: Steps that one verdict may cost.

    Attributes:
        name: Name of the function.
        answer: Name of the first parameter.
        parameters: Names of the other parameters.
        defaults: Their values, one fresh copy.
        mutates: Whether the source may change its arguments, by its looks.
        meter: What counts the steps; ``steps - meter.left`` is the price of the last verdict.

    Raises:
        SyntaxError: The source is no Python.
        ValueError: The source does not define ``sat`` as described.
    """

    def __init__(self, source: str, steps: int = STEPS) -> None:
        tree = ast.parse(source)
        definition = _definition(tree)
        self.name = definition.name
        self.answer = definition.args.args[0].arg
        self.parameters = tuple(argument.arg for argument in definition.args.args[1:])
        try:
            self.defaults = tuple(ast.literal_eval(default) for default in definition.args.defaults)
        except ValueError:
            raise ValueError("expected every default of sat to be a literal") from None
        if len(self.defaults) != len(self.parameters):
            raise ValueError("expected a default for every parameter of sat but the first")
        self.mutates = _mutates(definition)
        self.steps = steps
        self.meter = Meter()
        self._grades = Grades(self.meter)
        _strip(definition)
        counted = StepCounting(tree).visit(tree)
        self._plain = compile_tree(counted, namespace(self.meter), definition.name)
        grader = _Grader()
        graded = grader.visit_module(ast.parse(ast.unparse(counted)))
        self._conditions = grader.conditions
        self._graded = compile_tree(graded, namespace(self.meter, **{_GRADES: self._grades}), definition.name)

    def holds(self, answer: object) -> bool:
        """Return whether ``sat(answer) is True``, on fresh copies, within the allowed steps."""
        self.meter.left = self.steps
        try:
            return self._plain(*self._arguments(answer)) is True
        except (Exception, StepLimitError):  # noqa: BLE001 - a predicate that fails is not satisfied, whatever it raises
            return False

    def distance(self, answer: object) -> float:
        """Return the branch distance of an answer: finite, 0 when nothing is wrong with it."""
        grades = self._grades
        grades.reset()
        self.meter.left = self.steps
        try:
            distance = self._graded(*self._arguments(answer))
            if distance is None:
                # Fell off the end: sat returned None.
                distance = grades.noted + 1.0
        except StepLimitError:
            distance = grades.noted + TOO_EXPENSIVE
        except Exception:  # noqa: BLE001 - hostile code; any failure is the same grade
            distance = grades.noted + EXCEPTION + UNREACHED * (self._conditions - grades.reached)
        return finite(min(distance, grades.shortcut))

    def operands(self, answer: object) -> list[tuple[object, object]]:
        """Return both sides of every comparison made while grading an answer: what it is measured against."""
        observed: list[tuple[object, object]] = []
        self._grades.observed = observed
        try:
            self.distance(answer)
        finally:
            self._grades.observed = None
        return observed

    def _arguments(self, answer: object) -> tuple[object, ...]:
        if self.mutates:
            return fresh(answer), *(fresh(default) for default in self.defaults)
        return answer, *self.defaults


def compile_distance(source: str, steps: int = STEPS) -> Callable[[object], float]:
    """Return the distance of a predicate as a function of the answer: 0 exactly when the predicate holds.

    Raises:
        SyntaxError: The source is no Python.
        ValueError: The source does not define ``sat(answer, a=..., ...)``.
    """
    predicate = Predicate(source, steps)

    def distance(answer: object) -> float:
        return 0.0 if predicate.holds(answer) else max(predicate.distance(answer), LEAST)

    return distance


def bare(source: str) -> ast.FunctionDef:
    """Return the tree of a predicate without annotations and defaults."""
    definition = _definition(ast.parse(source))
    _strip(definition)
    return definition


def graded_twin(source: str) -> tuple[ast.FunctionDef, int]:
    """Return the tree of ``graded_twin``, which calls a `Grades` named ``_grades``, and the number of its conditions.

    Raises:
        SyntaxError: The source is no Python.
        ValueError: The source does not define ``sat(answer, a=..., ...)``.
    """
    definition = bare(source)
    definition.name = "graded_twin"
    grader = _Grader()
    grader.visit_module(ast.Module([definition], []))
    return definition, grader.conditions


def fresh(value: Any) -> Any:
    """Return a deep copy of nested lists; anything else is immutable or made anew by its literal."""
    if type(value) is list:
        return [fresh(item) for item in value]
    if type(value) is dict:
        return {key: fresh(item) for key, item in value.items()}
    return value


def _definition(tree: ast.Module) -> ast.FunctionDef:
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    if len(functions) != 1 or len(tree.body) != 1 or not functions[0].args.args:
        raise ValueError("expected exactly one function definition, `def sat(answer, a=..., ...)`")
    return functions[0]


def _mutates(definition: ast.FunctionDef) -> bool:
    """Return whether a function may change a list it is given, judged by its looks: rather once too often."""
    return any(
        (isinstance(node, ast.Attribute) and node.attr in _MUTATORS)
        or (isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load))
        or isinstance(node, ast.AugAssign)
        for node in ast.walk(definition)
    )


def _strip(definition: ast.FunctionDef) -> None:
    """Drop what has no bearing on a verdict and would need names: annotations. Defaults are passed instead."""
    for node in ast.walk(definition):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
    definition.args.defaults = []


class _Grader:
    """Rewrites the body of ``sat`` into its graded twin; functions inside it keep their plain meaning."""

    def __init__(self) -> None:
        self.conditions = 0

    def visit_module(self, tree: ast.Module) -> ast.Module:
        definition = _definition(tree)
        definition.body = self._block(definition.body)
        return tree

    def _block(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        return [graded for statement in statements for graded in self._statement(statement)]

    def _statement(self, node: ast.stmt) -> list[ast.stmt]:
        match node:
            case ast.Assert(test=test):
                return [ast.Expr(_call("require", self._place(), _thunk(grade(test))))]
            case ast.Return(value=value) if value is not None:
                return [ast.Return(_call("total", self._place(), _thunk(grade(value))))]
            case ast.If():
                return self._branch(node)
            case ast.For() | ast.While() | ast.With():
                node.body = self._block(node.body)
            case ast.Try():
                node.body = self._block(node.body)
                for handler in node.handlers:
                    handler.body = self._block(handler.body)
        return [node]

    def _place(self) -> ast.expr:
        self.conditions += 1
        return ast.Constant(self.conditions)

    def _branch(self, node: ast.If) -> list[ast.stmt]:
        match node.body:
            case [ast.Return(value=ast.Constant(value=False))]:
                required: ast.stmt = ast.Expr(_call("require", self._place(), _thunk(grade(node.test, wanted=False))))
                return [required, *self._block(node.orelse)]
            case [ast.Return(value=ast.Constant(value=True))]:
                node.test = _call("accept", _thunk(grade(node.test)))
                node.body = [ast.Return(ast.Constant(0.0))]
            case _:
                node.body = self._block(node.body)
        node.orelse = self._block(node.orelse)
        return [node]


def grade(node: ast.expr, *, wanted: bool = True) -> ast.expr:
    """Return the tree of an expression's distance from being true, or from being false."""
    match node:
        case ast.Constant(value=value):
            return ast.Constant(0.0 if bool(value) is wanted else 1.0)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return grade(operand, wanted=not wanted)
        case ast.BoolOp(op=joint, values=values):
            name = "both" if isinstance(joint, ast.And) is wanted else "either"
            return _call(name, *(_thunk(grade(value, wanted=wanted)) for value in values))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return ast.IfExp(test, grade(body, wanted=wanted), grade(orelse, wanted=wanted))
        case ast.Compare() if wanted or len(node.ops) == 1:
            return _compare(node, wanted=wanted)
    return _grade_call(node, wanted=wanted)


def _grade_call(node: ast.expr, *, wanted: bool) -> ast.expr:
    match node:
        case ast.Call(func=ast.Name(id="all" | "any" as name), args=[ast.GeneratorExp() | ast.ListComp() as items]):
            items = ast.GeneratorExp(_thunk(grade(items.elt, wanted=wanted)), items.generators)
            return _call("every" if (name == "all") is wanted else "some", items)
        case ast.Call(func=ast.Attribute(value=owner, attr="startswith" | "endswith" as name), args=[affix]) if wanted:
            at_end = ast.keyword("at_end", ast.Constant(name == "endswith"))
            return ast.Call(_call("affix").func, [owner, affix], [at_end])
        case ast.Call(func=ast.Attribute(value=owner, attr=name), args=[]) if wanted and name in _CHARACTER_TESTS:
            return _call("characters", owner, ast.Constant(name))
    return _call("truth" if wanted else "falsehood", node)


def _compare(node: ast.Compare, *, wanted: bool) -> ast.expr:
    names = [type(operator).__name__ for operator in node.ops]
    if not wanted:
        names = [_OPPOSITES[name] for name in names]
    return _call("compare", ast.Constant(" ".join(names)), node.left, *node.comparators)


def _thunk(body: ast.expr) -> ast.Lambda:
    return ast.Lambda(ast.arguments([], [], None, [], [], None, []), body)


def _call(method: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Attribute(ast.Name(_GRADES, ast.Load()), method, ast.Load()), list(arguments), [])
