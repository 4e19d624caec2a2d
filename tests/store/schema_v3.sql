BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'evosearch','m001_tables','2026-11-23 11:05:08.444871+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'evosearch','m002_views','2026-11-23 16:37:45.045407+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'evosearch','m003_calls','2026-11-23 19:42:07.488423+00:00');
CREATE TABLE attempts (
    step INTEGER NOT NULL REFERENCES steps (k),
    ordinal INTEGER NOT NULL,
    operator ANY NOT NULL,
    model ANY NOT NULL,
    outcome TEXT NOT NULL,
    call ANY NOT NULL,
    choice INTEGER NOT NULL,
    position INTEGER,
    detail ANY NOT NULL,
    evaluations INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    usd REAL NOT NULL,
    seconds REAL NOT NULL,
    unpriced INTEGER NOT NULL,
    PRIMARY KEY (step, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE call_choices (
    call INTEGER NOT NULL REFERENCES calls (id),
    ordinal INTEGER NOT NULL,
    message TEXT REFERENCES messages (digest),
    finish ANY,
    PRIMARY KEY (call, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE call_messages (
    call INTEGER NOT NULL REFERENCES calls (id),
    ordinal INTEGER NOT NULL,
    message TEXT NOT NULL REFERENCES messages (digest),
    PRIMARY KEY (call, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE calls (
    id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    run INTEGER NOT NULL REFERENCES runs (id),
    at TEXT NOT NULL,
    model ANY NOT NULL,
    settings ANY NOT NULL,
    sample INTEGER NOT NULL,
    refusal ANY NOT NULL,
    answered_by ANY NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    counted INTEGER NOT NULL CHECK (counted IN (0, 1)),
    usd REAL,
    price ANY NOT NULL,
    seconds REAL NOT NULL,
    tries INTEGER NOT NULL,
    dropped ANY NOT NULL
) STRICT;
CREATE TABLE evaluations (
    trial INTEGER NOT NULL REFERENCES trials (id),
    split TEXT NOT NULL CHECK (split IN ('train', 'validation', 'test')),
    status TEXT NOT NULL,
    score ANY CHECK (typeof(score) IN ('real', 'integer', 'null')),
    metrics ANY NOT NULL,
    features ANY NOT NULL,
    feedback ANY NOT NULL,
    log ANY NOT NULL,
    cpu_seconds REAL NOT NULL,
    wall_seconds REAL NOT NULL,
    PRIMARY KEY (trial, split),
    CHECK ((status = 'ok') = (score IS NOT NULL))
) STRICT;
INSERT INTO "evaluations" VALUES(1,'train','ok',0.5,'{"swaps":3.0}','{"length":5.0}','slow','hello',0.25,0.5);
INSERT INTO "evaluations" VALUES(2,'train','ok',0.75,'{"swaps":2.0}','{"length":9.0}','','',0.0,0.0);
INSERT INTO "evaluations" VALUES(3,'train','crashed',NULL,'{}','{}',X'6E6F205554462D383A20EDB3BF','',0.0,0.0);
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    run INTEGER REFERENCES runs (id),
    kind ANY NOT NULL,
    data ANY NOT NULL,
    at TEXT NOT NULL
) STRICT;
INSERT INTO "events" VALUES(1,1,'sandbox','{"attacks":12}','2026-11-23T11:05:08.531+00:00');
CREATE TABLE findings (
    step INTEGER NOT NULL REFERENCES steps (k),
    ordinal INTEGER NOT NULL,
    operator ANY NOT NULL,
    data ANY NOT NULL,
    PRIMARY KEY (step, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE identity (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    task ANY NOT NULL,
    domain ANY NOT NULL,
    fingerprint ANY NOT NULL,
    seed INTEGER NOT NULL,
    "window" INTEGER NOT NULL,
    archive ANY NOT NULL
) STRICT;
INSERT INTO "identity" VALUES(1,'sorting','custom','f00d',1,16,'cells');
CREATE TABLE messages (
    digest TEXT PRIMARY KEY,
    role ANY,
    content ANY,
    extra ANY
) STRICT;
INSERT INTO "messages" VALUES('b2:5be1c6d3a58aac29bb13d76ad1f15f40','assistant','Here it is.',NULL);
INSERT INTO "messages" VALUES('b2:f314e589946aec4a30e666e6bcd578b5','user','Sort.',NULL);
CREATE TABLE parents (
    trial INTEGER NOT NULL REFERENCES trials (id),
    ordinal INTEGER NOT NULL,
    parent ANY NOT NULL,
    PRIMARY KEY (trial, ordinal)
) STRICT, WITHOUT ROWID;
INSERT INTO "parents" VALUES(2,0,'20039a4a5c2ab257');
INSERT INTO "parents" VALUES(3,0,'20039a4a5c2ab257');
INSERT INTO "parents" VALUES(4,0,'dc31ccaa7fb05501');
CREATE TABLE placements (
    trial INTEGER PRIMARY KEY REFERENCES trials (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('new', 'improved', 'kept_out')),
    niche ANY,
    displaced ANY
) STRICT;
INSERT INTO "placements" VALUES(1,'new','[1]',NULL);
INSERT INTO "placements" VALUES(2,'improved','[1]','20039a4a5c2ab257');
INSERT INTO "placements" VALUES(3,'kept_out',NULL,NULL);
CREATE TABLE programs (
    id TEXT PRIMARY KEY,
    problem ANY,
    source ANY NOT NULL
) STRICT;
INSERT INTO "programs" VALUES('20039a4a5c2ab257',NULL,'return sorted(x)');
INSERT INTO "programs" VALUES('dc31ccaa7fb05501',NULL,'x.sort()
return x');
INSERT INTO "programs" VALUES('82e0d0aeb0e72189',NULL,X'72657475726E0078');
CREATE TABLE prompts (
    trial INTEGER NOT NULL REFERENCES trials (id),
    ordinal INTEGER NOT NULL,
    message TEXT NOT NULL REFERENCES messages (digest),
    PRIMARY KEY (trial, ordinal)
) STRICT, WITHOUT ROWID;
INSERT INTO "prompts" VALUES(2,0,'b2:f314e589946aec4a30e666e6bcd578b5');
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    ended ANY,
    proposer ANY NOT NULL,
    models ANY NOT NULL,
    budget ANY NOT NULL,
    settings ANY NOT NULL,
    sandbox ANY NOT NULL,
    evosearch TEXT NOT NULL,
    python TEXT NOT NULL,
    numpy TEXT NOT NULL,
    sqlite TEXT NOT NULL
) STRICT;
INSERT INTO "runs" VALUES(1,'2026-11-23T11:05:08.483+00:00','2026-11-23T11:05:08.551+00:00','budget','model','["m"]','4evals','{"seed":{"value":1,"origin":"default"}}','{"layers":["seccomp"]}','0.1.0','3.11.7','2.4.6','3.40.1');
CREATE TABLE steps (
    k INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (id),
    problem ANY,
    allowance INTEGER NOT NULL,
    evaluations INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    usd REAL NOT NULL,
    seconds REAL NOT NULL,
    note ANY NOT NULL
, unpriced INTEGER NOT NULL DEFAULT 0, paid INTEGER NOT NULL DEFAULT 0 CHECK (paid IN (0, 1)), funds ANY NOT NULL DEFAULT '{}', opened INTEGER NOT NULL DEFAULT 0 CHECK (opened BETWEEN 0 AND k)) STRICT;
INSERT INTO "steps" VALUES(0,1,NULL,1,1,0,0,0.0,0.5,'',0,0,'{}',0);
INSERT INTO "steps" VALUES(1,1,NULL,4,2,1,300,0.125,1.5,'one reply',0,0,'{}',0);
CREATE TABLE trials (
    id INTEGER PRIMARY KEY,
    step INTEGER NOT NULL REFERENCES steps (k),
    position INTEGER NOT NULL,
    program TEXT NOT NULL REFERENCES programs (id),
    operator ANY NOT NULL,
    model ANY,
    reply TEXT REFERENCES messages (digest),
    duplicate_of ANY,
    normal_form ANY NOT NULL,
    parsed INTEGER NOT NULL CHECK (parsed IN (0, 1)),
    nodes INTEGER NOT NULL,
    literal_bytes INTEGER NOT NULL,
    style ANY NOT NULL,
    inputs_used ANY NOT NULL,
    UNIQUE (step, position)
) STRICT;
INSERT INTO "trials" VALUES(1,0,0,'20039a4a5c2ab257','seed',NULL,NULL,NULL,'n0',1,5,0,'call','all');
INSERT INTO "trials" VALUES(2,1,0,'dc31ccaa7fb05501','rewrite','m','b2:5be1c6d3a58aac29bb13d76ad1f15f40',NULL,'n1',1,9,0,'operator','all');
INSERT INTO "trials" VALUES(3,1,1,'82e0d0aeb0e72189','rewrite',NULL,NULL,NULL,'n2',0,0,0,'literal','none');
INSERT INTO "trials" VALUES(4,1,2,'20039a4a5c2ab257','rewrite',NULL,NULL,'20039a4a5c2ab257','n0',1,0,0,'literal','none');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX steps_by_run ON steps (run);
CREATE INDEX trials_by_program ON trials (program);
CREATE INDEX evaluations_by_status ON evaluations (split, status, score);
CREATE INDEX placements_by_niche ON placements (niche, outcome);
CREATE INDEX events_by_kind ON events (kind);
CREATE VIEW top AS
SELECT e.score, p.id AS program, p.problem, pl.niche, pl.outcome, t.operator, t.model, t.step,
       t.nodes + t.literal_bytes / 8.0 AS description_length,
       e.metrics, e.features, e.cpu_seconds, e.wall_seconds, p.source, t.id AS trial
FROM evaluations e
JOIN trials t ON t.id = e.trial
JOIN programs p ON p.id = t.program
LEFT JOIN placements pl ON pl.trial = t.id
WHERE e.split = 'train' AND e.score IS NOT NULL
ORDER BY e.score DESC, t.id;
CREATE VIEW best AS
SELECT problem, score, program, niche, operator, model, step, description_length, metrics, features, source, trial
FROM (SELECT *, row_number() OVER (PARTITION BY problem ORDER BY score DESC, trial) AS place FROM top)
WHERE place = 1
ORDER BY problem;
CREATE VIEW coverage AS
SELECT held.niche, t.program, p.problem, e.score, held.placed, held.offered, t.step AS changed_at_step
FROM (SELECT niche, max(CASE WHEN outcome <> 'kept_out' THEN trial END) AS trial,
             sum(outcome <> 'kept_out') AS placed, count(*) AS offered
      FROM placements WHERE niche IS NOT NULL GROUP BY niche) AS held
JOIN trials t ON t.id = held.trial
JOIN programs p ON p.id = t.program
JOIN evaluations e ON e.trial = t.id AND e.split = 'train'
ORDER BY held.niche;
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
ORDER BY c.descendant, min(c.depth), c.origin;
CREATE VIEW failures AS
SELECT t.step, e.status, t.program, p.problem, e.feedback, e.log, t.operator, t.model,
       e.cpu_seconds, e.wall_seconds, p.source
FROM evaluations e
JOIN trials t ON t.id = e.trial
JOIN programs p ON p.id = t.program
WHERE e.split = 'train' AND e.status <> 'ok'
ORDER BY t.id;
CREATE INDEX attempts_by_call ON attempts (call);
CREATE VIEW spending AS
SELECT r.id AS run, r.started_at, r.ended_at, r.ended, r.budget, count(s.k) AS steps,
       coalesce(sum(s.evaluations), 0) AS evaluations, coalesce(sum(s.calls), 0) AS calls,
       coalesce(sum(s.tokens), 0) AS tokens,
       CASE WHEN coalesce(sum(s.unpriced), 0) = 0 THEN total(s.usd) END AS usd, total(s.usd) AS usd_known,
       coalesce(sum(s.unpriced), 0) AS unpriced, total(s.seconds) AS seconds
FROM runs r LEFT JOIN steps s ON s.run = r.id
GROUP BY r.id
ORDER BY r.id;
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
ORDER BY a.step, a.ordinal;
CREATE VIEW replies AS
SELECT operator, model, outcome, count(*) AS count,
       sum(calls) AS calls, sum(tokens) AS tokens,
       CASE WHEN sum(unpriced) = 0 THEN total(usd) END AS usd, total(usd) AS usd_known,
       sum(unpriced) AS unpriced, total(seconds) AS seconds
FROM achievements
GROUP BY operator, model, outcome
ORDER BY operator, model, count(*) DESC, outcome;
CREATE VIEW operators AS
SELECT operator, count(*) AS replies, sum(outcome = 'program') AS programs, sum(ran) AS ran, sum(changed) AS changed,
       sum(kept) AS kept, sum(improved) AS improved,
       sum(calls) AS calls, sum(tokens) AS tokens,
       CASE WHEN sum(unpriced) = 0 THEN total(usd) END AS usd, total(usd) AS usd_known,
       sum(unpriced) AS unpriced, total(seconds) AS seconds,
       1.0 * sum(tokens) / nullif(sum(improved), 0) AS tokens_an_improvement,
       CASE WHEN sum(unpriced) = 0 THEN total(usd) / nullif(sum(improved), 0) END AS usd_an_improvement,
       total(seconds) / nullif(sum(improved), 0) AS seconds_an_improvement
FROM achievements
GROUP BY operator
ORDER BY operator;
CREATE VIEW models AS
SELECT model, count(*) AS replies, sum(outcome = 'program') AS programs, sum(ran) AS ran, sum(changed) AS changed,
       sum(kept) AS kept, sum(improved) AS improved,
       sum(calls) AS calls, sum(tokens) AS tokens,
       CASE WHEN sum(unpriced) = 0 THEN total(usd) END AS usd, total(usd) AS usd_known,
       sum(unpriced) AS unpriced, total(seconds) AS seconds,
       1.0 * sum(tokens) / nullif(sum(improved), 0) AS tokens_an_improvement,
       CASE WHEN sum(unpriced) = 0 THEN total(usd) / nullif(sum(improved), 0) END AS usd_an_improvement,
       total(seconds) / nullif(sum(improved), 0) AS seconds_an_improvement
FROM achievements
GROUP BY model
ORDER BY model;
CREATE VIEW calls_by_model AS
SELECT model, count(*) AS calls, sum(refusal <> '') AS refused,
       sum(NOT EXISTS (SELECT 1 FROM attempts a WHERE a.call = c.digest)) AS unused,
       sum(prompt_tokens) AS prompt_tokens, sum(completion_tokens) AS completion_tokens,
       sum(cached_tokens) AS cached_tokens, sum(NOT counted) AS uncounted,
       CASE WHEN count(usd) = count(*) THEN total(usd) END AS usd, total(usd) AS usd_known,
       count(*) - count(usd) AS unpriced, total(seconds) AS seconds, sum(tries) AS tries
FROM calls c
GROUP BY model
ORDER BY model;
COMMIT;
