import json


def solve():
    value = {"b": [1, 2.5, None, True], "a": "\u00e9\n", "c": {"d": []}}
    text = json.dumps(value, sort_keys=True, indent=1)
    return [text, json.loads(text) == value]
