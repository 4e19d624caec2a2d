import re
import string


def solve():
    text = "On 2026-11-23, ada@example.org wrote 3 mails; on 2025-01-02 none."
    dates = [match.groupdict() for match in re.finditer(r"(?P<year>\d{4})-(?P<month>\d\d)", text)]
    return [dates, re.sub(r"\b(\w)(\w*)", r"\2\1", text), re.split(r"[;,]\s*", text), string.ascii_letters[:5]]
