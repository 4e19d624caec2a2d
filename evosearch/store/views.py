"""Views that make the file useful by itself, with `sqlite3` or `datasette`.

    top       every program with a score, best first
    best      the best program of each problem
    coverage  every niche that is filled: its elite, how often it was contested, when it last changed
    lineage   the ancestors of the best programs, each with its least distance in generations
    spending  what each run cost
    failures  every evaluation without a score, and why

All of them speak of the train split: it alone steers the search. A migration that changes a view drops and makes
it again.
"""

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
    # By the contract of `Placement` the last program that was not kept out of a niche is its elite.
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
