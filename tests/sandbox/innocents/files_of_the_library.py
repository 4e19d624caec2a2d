import importlib
import json
import os
import pathlib
import pkgutil


def solve():
    here = pathlib.Path(json.__file__)
    lines = here.read_text(encoding="utf-8").count("\n")
    with here.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        last = file.read()
    names = sorted(module.name for module in pkgutil.iter_modules([str(here.parent)]))
    late = importlib.import_module("xml.dom.minidom").parseString("<a/>").toxml()
    return [lines, last.decode(), names, here.exists(), here.stat().st_size, late]
