import calendar
import datetime as dt
import time
import zoneinfo


def solve():
    moment = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
    try:
        there = moment.astimezone(zoneinfo.ZoneInfo("Europe/Berlin")).isoformat()
    except zoneinfo.ZoneInfoNotFoundError:
        there = None
    parsed = dt.datetime.strptime("23 Nov 2026 +00:00", "%d %b %Y %z").date().isoformat()
    return [there, parsed, str(dt.timedelta(hours=30)), *calendar.monthrange(2024, 2), time.gmtime(0).tm_year]
