"""Views that make the file useful by itself, with `sqlite3` or `datasette`.

    top       every program with a score, best first
    best      the best program of each problem
    coverage  every niche that was filled: its elite, how often it was contested, when it last changed; on islands,
              which are emptied now and then, the last program that was kept there
    lineage   the ancestors of the best programs, each with its least distance in generations
    spending  what each run cost
    failures  every evaluation without a score, and why

and of the calls of models

    achievements   every reply that a step used: what became of it, what it cost
    replies        how often each operator got which outcome from each model
    operators      what each operator achieved, and at what cost
    models         the same of each model
    calls_by_model every call, those included that no step has used yet

A reply *ran* if it became a program that was evaluated and got a score; it *changed* something if the program was
no duplicate, and was *kept* if the archive kept it. It *improved* if its score is above that of every parent for
the same problem; where no parent had a score, any score does.

Money is NULL where it is not known: `usd` is NULL if any call has no known price, `usd_known` is the sum of what is
known, and `unpriced` counts the calls that are not in it. Of several choices of one call the first one bears the
cost. Seconds are those of the calls, from the request to the reply, though calls overlap.

All of them speak of the train split: it alone steers the search. A migration that changes a view drops and makes
it again.
"""

#: The views of m002; `spending` has changed since.
VIEWS = (
    """
    CREATE VIEW top AS
    SELECT e.score, p.id AS program, p.problem, pl.niche, pl.outcome, t.operator, t.model, t.step,
           t.nodes + t.literal_bytes / 8.0 AS description_length,
           e.metrics, e.features, e.cpu_seconds, e.wall_seconds, p.source, t.id AS trial
    FROM evaluations e
    JOIN trials t ON t.id = e.trial
    JOIN programs p ON p.id = t.program
    LEFT JOIN placements pl ON pl.trial = t.id
    WHERE e.split = 'train' AND e.score IS NOT NULL
    ORDER BY e.score DESC, t.id
    """,
    """
    CREATE VIEW best AS
    SELECT problem, score, program, niche, operator, model, step, description_length, metrics, features, source, trial
    FROM (SELECT *, row_number() OVER (PARTITION BY problem ORDER BY score DESC, trial) AS place FROM top)
    WHERE place = 1
    ORDER BY problem
    """,
    # In a map of cells the last program that was not kept out of a niche is its elite.
    """
    CREATE VIEW coverage AS
    SELECT held.niche, t.program, p.problem, e.score, held.placed, held.offered, t.step AS changed_at_step
    FROM (SELECT niche, max(CASE WHEN outcome <> 'kept_out' THEN trial END) AS trial,
                 sum(outcome <> 'kept_out') AS placed, count(*) AS offered
          FROM placements WHERE niche IS NOT NULL GROUP BY niche) AS held
    JOIN trials t ON t.id = held.trial
    JOIN programs p ON p.id = t.program
    JOIN evaluations e ON e.trial = t.id AND e.split = 'train'
    ORDER BY held.niche
    """,
    # A text may be proposed again by its own descendants. Its parents are those of the trial that brought it
    # first, and a parent must have been there before: so the climb always ends.
    """
    CREATE VIEW lineage AS
    WITH RECURSIVE climb(descendant, program, origin, depth) AS (
        SELECT b.program, b.program, (SELECT min(id) FROM trials WHERE program = b.program), 0
        FROM best b
        UNION
        SELECT c.descendant, a.parent, (SELECT min(id) FROM trials WHERE program = a.parent), c.depth + 1
        FROM climb c JOIN parents a ON a.trial = c.origin
        WHERE (SELECT min(id) FROM trials WHERE program = a.parent) < c.origin
    )
    SELECT c.descendant, min(c.depth) AS depth, c.program, t.operator, t.model, t.step, e.status, e.score, p.source
    FROM climb c
    JOIN trials t ON t.id = c.origin
    JOIN programs p ON p.id = c.program
    LEFT JOIN evaluations e ON e.trial = t.id AND e.split = 'train'
    GROUP BY c.descendant, c.program
    ORDER BY c.descendant, min(c.depth), c.origin
    """,
    """
    CREATE VIEW spending AS
    SELECT r.id AS run, r.started_at, r.ended_at, r.ended, r.budget, count(s.k) AS steps,
           coalesce(sum(s.evaluations), 0) AS evaluations, coalesce(sum(s.calls), 0) AS calls,
           coalesce(sum(s.tokens), 0) AS tokens, total(s.usd) AS usd, total(s.seconds) AS seconds
    FROM runs r LEFT JOIN steps s ON s.run = r.id
    GROUP BY r.id
    ORDER BY r.id
    """,
    """
    CREATE VIEW failures AS
    SELECT t.step, e.status, t.program, p.problem, e.feedback, e.log, t.operator, t.model,
           e.cpu_seconds, e.wall_seconds, p.source
    FROM evaluations e
    JOIN trials t ON t.id = e.trial
    JOIN programs p ON p.id = t.program
    WHERE e.split = 'train' AND e.status <> 'ok'
    ORDER BY t.id
    """,
)

#: Sums of what was spent, over rows that say it as `types.Usage` does.
_SPENT = """sum(calls) AS calls, sum(tokens) AS tokens,
           CASE WHEN sum(unpriced) = 0 THEN total(usd) END AS usd, total(usd) AS usd_known,
           sum(unpriced) AS unpriced, total(seconds) AS seconds"""

_ACHIEVED = f"""count(*) AS replies, sum(outcome = 'program') AS programs, sum(ran) AS ran, sum(changed) AS changed,
           sum(kept) AS kept, sum(improved) AS improved,
           {_SPENT},
           1.0 * sum(tokens) / nullif(sum(improved), 0) AS tokens_an_improvement,
           CASE WHEN sum(unpriced) = 0 THEN total(usd) / nullif(sum(improved), 0) END AS usd_an_improvement,
           total(seconds) / nullif(sum(improved), 0) AS seconds_an_improvement"""

#: The views that m003 makes, or makes again.
CHANGED_VIEWS = (
    "DROP VIEW spending",
    """
    CREATE VIEW spending AS
    SELECT r.id AS run, r.started_at, r.ended_at, r.ended, r.budget, count(s.k) AS steps,
           coalesce(sum(s.evaluations), 0) AS evaluations, coalesce(sum(s.calls), 0) AS calls,
           coalesce(sum(s.tokens), 0) AS tokens,
           CASE WHEN coalesce(sum(s.unpriced), 0) = 0 THEN total(s.usd) END AS usd, total(s.usd) AS usd_known,
           coalesce(sum(s.unpriced), 0) AS unpriced, total(s.seconds) AS seconds
    FROM runs r LEFT JOIN steps s ON s.run = r.id
    GROUP BY r.id
    ORDER BY r.id
    """,
    # CROSS JOIN is SQLite's way to fix the order: from a trial to its few parents, not from every score there is.
    """
    CREATE VIEW achievements AS
    SELECT a.step, a.ordinal, p.problem, a.operator, a.model, a.outcome, a.call, a.choice, t.program, e.score,
           coalesce(e.status = 'ok', 0) AS ran,
           t.id IS NOT NULL AND t.duplicate_of IS NULL AS changed,
           coalesce(l.outcome <> 'kept_out', 0) AS kept,
           e.score IS NOT NULL AND NOT EXISTS (
               SELECT 1 FROM parents f
               CROSS JOIN programs fp ON fp.id = f.parent AND fp.problem IS p.problem
               CROSS JOIN trials ft ON ft.program = fp.id
               CROSS JOIN evaluations fe ON fe.trial = ft.id AND fe.split = 'train'
               WHERE f.trial = t.id AND fe.score >= e.score
           ) AS improved,
           a.calls, a.tokens, a.usd, a.unpriced,
           CASE row_number() OVER (PARTITION BY a.call ORDER BY a.step, a.ordinal)
               WHEN 1 THEN coalesce(c.seconds, 0.0) ELSE 0.0 END AS seconds,
           a.detail
    FROM attempts a
    LEFT JOIN trials t ON t.step = a.step AND t.position = a.position
    LEFT JOIN programs p ON p.id = t.program
    LEFT JOIN evaluations e ON e.trial = t.id AND e.split = 'train'
    LEFT JOIN placements l ON l.trial = t.id
    LEFT JOIN calls c ON c.digest = a.call
    ORDER BY a.step, a.ordinal
    """,
    f"""
    CREATE VIEW replies AS
    SELECT operator, model, outcome, count(*) AS count,
           {_SPENT}
    FROM achievements
    GROUP BY operator, model, outcome
    ORDER BY operator, model, count(*) DESC, outcome
    """,  # noqa: S608 - made of constants
    f"""
    CREATE VIEW operators AS
    SELECT operator, {_ACHIEVED}
    FROM achievements
    GROUP BY operator
    ORDER BY operator
    """,  # noqa: S608 - made of constants
    f"""
    CREATE VIEW models AS
    SELECT model, {_ACHIEVED}
    FROM achievements
    GROUP BY model
    ORDER BY model
    """,  # noqa: S608 - made of constants
    """
    CREATE VIEW calls_by_model AS
    SELECT model, count(*) AS calls, sum(refusal <> '') AS refused,
           sum(NOT EXISTS (SELECT 1 FROM attempts a WHERE a.call = c.digest)) AS unused,
           sum(prompt_tokens) AS prompt_tokens, sum(completion_tokens) AS completion_tokens,
           sum(cached_tokens) AS cached_tokens, sum(NOT counted) AS uncounted,
           CASE WHEN count(usd) = count(*) THEN total(usd) END AS usd, total(usd) AS usd_known,
           count(*) - count(usd) AS unpriced, total(seconds) AS seconds, sum(tries) AS tries
    FROM calls c
    GROUP BY model
    ORDER BY model
    """,
)
