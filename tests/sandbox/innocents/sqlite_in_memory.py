import sqlite3


def solve():
    with sqlite3.connect(":memory:") as database:
        database.execute("create table numbers (n integer primary key, square integer)")
        database.executemany("insert into numbers values (?, ?)", [(n, n * n) for n in range(1000)])
        found = database.execute("select sum(square), max(n) from numbers where n % 7 = 0").fetchone()
    database.close()
    return list(found)
