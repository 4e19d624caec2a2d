import contextlib
import io
import sys
import traceback
import warnings


class ComplaintError(Exception):
    pass


@contextlib.contextmanager
def noted(notes):
    notes.append("in")
    try:
        yield
    finally:
        notes.append("out")


def solve():
    notes, out = [], io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.suppress(ZeroDivisionError), noted(notes):
        sys.stdout.write("said\n")
        notes.append(1 / 0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn("careful", stacklevel=1)
    try:
        try:
            notes[9]
        except IndexError as error:
            raise ComplaintError("no") from error
    except ComplaintError:
        lines = traceback.format_exc().splitlines()
    try:
        raise ExceptionGroup("many", [ValueError("a"), TypeError("b")])
    except* ValueError as group:
        notes.append(len(group.exceptions))
    except* TypeError:
        notes.append("type")
    return [notes, out.getvalue(), str(caught[0].message), lines[0], lines[-1]]
