// The tables of the live store, as migrations. Never edit one that was released: add the next.
//
// Live tables hold raw text and never leave this machine. Committed tables (checkpoints, links, statements) hold
// redacted text only, are an index over `refs/bitloops/checkpoints`, and refuse UPDATE and DELETE.

/** `MIGRATIONS[n]` brings a database from `user_version` n to n + 1. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE sessions (
    id               INTEGER PRIMARY KEY,
    agent            TEXT NOT NULL,
    session_id       TEXT NOT NULL,
    worktree         TEXT,                       -- root of the worktree of its project folder
    cwd              TEXT,
    started_at       INTEGER NOT NULL,           -- ms; the first we heard of it
    last_event_at    INTEGER NOT NULL,           -- ms; the last we heard of it
    ended_at         INTEGER,                    -- ms; cleared when it goes on
    end_reason       TEXT,
    open_turn        TEXT,                       -- the turn that is under way
    agent_version    TEXT,
    model            TEXT,
    forked           INTEGER NOT NULL DEFAULT 0, -- began as a copy of another session
    found_by         TEXT NOT NULL DEFAULT 'hook', -- hook | git-hook | scan | import
    transcript_state TEXT NOT NULL DEFAULT 'none', -- none | read | missing | refused
    sliced_lines     INTEGER NOT NULL DEFAULT 0, -- native lines of the main transcript that are in checkpoints
    sliced_digest    TEXT NOT NULL DEFAULT '',   -- chain digest over these slices
    last_checkpoint  TEXT,
    UNIQUE (agent, session_id)
  ) STRICT;
  CREATE INDEX sessions_open ON sessions (id) WHERE open_turn IS NOT NULL;

  -- One telling of an event; (session, event_id) is the event. checkpoint: the first checkpoint that took the event.
  CREATE TABLE events (
    id         INTEGER PRIMARY KEY,
    session    INTEGER NOT NULL REFERENCES sessions,
    event_id   TEXT NOT NULL,
    source     TEXT NOT NULL,
    rank       INTEGER NOT NULL,                 -- position in EVENT_SOURCES; the highest is the one to read
    kind       TEXT NOT NULL,
    turn       TEXT,
    subagent   TEXT,
    at         INTEGER NOT NULL,
    ord        INTEGER NOT NULL DEFAULT 0,       -- offset in the transcript, else 0
    body       TEXT NOT NULL,                    -- JSON of the EventBody
    known_by   TEXT,                             -- digest of the text that recognises it (prompts, responses)
    unnamed    INTEGER NOT NULL DEFAULT 0,
    copied     INTEGER NOT NULL DEFAULT 0,       -- belongs to the session this one was forked from
    checkpoint TEXT,
    UNIQUE (session, event_id, source)
  ) STRICT;
  CREATE INDEX events_draft ON events (session, at) WHERE checkpoint IS NULL AND copied = 0;
  CREATE INDEX events_named ON events (event_id);
  CREATE INDEX events_known ON events (session, known_by) WHERE known_by IS NOT NULL;
  CREATE INDEX events_turns ON events (session, turn, kind);
  CREATE TRIGGER events_never_change
    BEFORE UPDATE OF session, event_id, source, kind, turn, subagent, at, body ON events
    BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
  CREATE TRIGGER events_claimed_once BEFORE UPDATE OF checkpoint ON events WHEN OLD.checkpoint IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'an event is claimed once'); END;

  -- The file changes among the events, by worktree and path, for matching with commits.
  CREATE TABLE edits (
    id        INTEGER PRIMARY KEY,
    session   INTEGER NOT NULL REFERENCES sessions,
    event_id  TEXT NOT NULL,
    turn      TEXT,
    worktree  TEXT NOT NULL,                     -- absolute root
    path      TEXT NOT NULL,                     -- from the root, '/' between; bytes not in UTF-8 as they are in git
    from_path TEXT,
    change    TEXT NOT NULL,                     -- create | modify | delete | rename
    evidence  TEXT NOT NULL,                     -- tool | inferred | unknown
    at        INTEGER NOT NULL,
    settled   TEXT,                              -- NULL: not yet in a commit; else a checkpoint id, 'lost', 'imported'
    UNIQUE (session, event_id, worktree, path)
  ) STRICT;
  CREATE INDEX edits_pending ON edits (worktree, path) WHERE settled IS NULL;
  CREATE INDEX edits_pending_session ON edits (session) WHERE settled IS NULL;

  CREATE TABLE transcripts (
    session     INTEGER NOT NULL REFERENCES sessions,
    subagent    TEXT NOT NULL DEFAULT '',
    path        TEXT NOT NULL,
    offset      INTEGER NOT NULL DEFAULT 0,      -- bytes read; always at the start of a line
    tail        TEXT NOT NULL DEFAULT '',        -- SHA-256 of the last bytes before the offset, to notice another file
    tail_bytes  INTEGER NOT NULL DEFAULT 0,
    state       TEXT NOT NULL DEFAULT '{}',      -- what the adapter remembers
    PRIMARY KEY (session, subagent)
  ) STRICT, WITHOUT ROWID;

  -- Transcripts that import has looked at, as they were then.
  CREATE TABLE imports (
    path       TEXT PRIMARY KEY,
    agent      TEXT NOT NULL,
    session_id TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    changed_at INTEGER NOT NULL                  -- ms
  ) STRICT, WITHOUT ROWID;
  -- Sessions whose old commits import still looks for: until then nothing else makes checkpoints of them.
  CREATE TABLE importing (session INTEGER PRIMARY KEY REFERENCES sessions) STRICT;

  -- The agent's own lines, redacted, until a checkpoint took them.
  CREATE TABLE native_lines (
    session  INTEGER NOT NULL REFERENCES sessions,
    subagent TEXT NOT NULL DEFAULT '',
    digest   TEXT NOT NULL,                      -- SHA-256 of the raw line: the same line is kept once
    offset   INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    line     TEXT NOT NULL,
    rules    INTEGER NOT NULL,                   -- version of the redaction rules
    checkpoint TEXT,
    PRIMARY KEY (session, subagent, digest)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX native_draft ON native_lines (session, subagent, offset) WHERE checkpoint IS NULL;

  -- The working tree at the start and the end of a turn: changed paths and their blob ids.
  CREATE TABLE fingerprints (
    session  INTEGER NOT NULL REFERENCES sessions,
    turn     TEXT NOT NULL,
    moment   TEXT NOT NULL,                      -- start | end
    worktree TEXT NOT NULL,
    at       INTEGER NOT NULL,
    head     TEXT,
    entries  TEXT NOT NULL,                      -- JSON: {path: blob id, '' when deleted, '?' when too large}
    PRIMARY KEY (session, turn, moment, worktree)
  ) STRICT, WITHOUT ROWID;

  -- The working tree before and after a turn, as a Git tree that a ref keeps: what rewind goes back to.
  CREATE TABLE snapshots (
    id       INTEGER PRIMARY KEY,
    session  INTEGER NOT NULL REFERENCES sessions,
    turn     TEXT NOT NULL,
    moment   TEXT NOT NULL,                      -- start | end
    worktree TEXT NOT NULL,
    told_at  INTEGER NOT NULL,                   -- ms; when the turn began or ended
    at       INTEGER NOT NULL,                   -- ms; when the look at the worktree was over
    head     TEXT,
    tree     TEXT NOT NULL,
    state    TEXT NOT NULL DEFAULT 'taken',      -- taken (nobody judged it yet) | exact | mended | late
    left_out TEXT NOT NULL DEFAULT '[]',         -- JSON: paths it does not hold though they are not ignored
    UNIQUE (session, turn, moment, worktree)
  ) STRICT;
  CREATE INDEX snapshots_worktree ON snapshots (worktree, at);

  -- What rewind did. Either went to a snapshot or undid another.
  CREATE TABLE rewinds (
    id       INTEGER PRIMARY KEY,
    worktree TEXT NOT NULL,
    at       INTEGER NOT NULL,                   -- ms; when it was done
    kept     TEXT NOT NULL UNIQUE,               -- ref of what was there before
    tree     TEXT NOT NULL,                      -- the worktree afterwards
    target   INTEGER,                            -- of snapshots
    reset    TEXT,                               -- the commit that HEAD went to
    undoes   INTEGER,                            -- of rewinds
    undone   INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX rewinds_worktree ON rewinds (worktree, at);

  CREATE TABLE redactions (
    event  INTEGER PRIMARY KEY REFERENCES events ON DELETE CASCADE,
    rules  INTEGER NOT NULL,
    body   TEXT NOT NULL,                        -- the event's body, redacted
    counts TEXT NOT NULL DEFAULT '{}'            -- JSON: {kind: how many}
  ) STRICT;

  -- What a promotion will write, frozen before anything is written. A retry replays this row.
  CREATE TABLE plans (
    id         INTEGER PRIMARY KEY,
    checkpoint TEXT UNIQUE,                      -- NULL: the commit only gets links
    "commit"   TEXT NOT NULL,                    -- of a session checkpoint: what HEAD was
    kind       TEXT NOT NULL,                    -- commit | continuation | session
    worktree   TEXT,
    made_at    INTEGER NOT NULL,                 -- ms; when it was frozen
    cutoff     INTEGER NOT NULL,                 -- ms; events up to here were taken
    seq        INTEGER NOT NULL,
    state      TEXT NOT NULL DEFAULT 'frozen', -- frozen | done (refs moved, projections written)
    files      TEXT NOT NULL,                    -- JSON: {path below the checkpoint: text}
    links      TEXT NOT NULL,                    -- JSON list of the links
    note       TEXT NOT NULL                     -- JSON: the note's lines
  ) STRICT;
  CREATE INDEX plans_open ON plans (state) WHERE state <> 'done';
  CREATE INDEX plans_commit ON plans ("commit");

  -- The commit each worktree was at when we last looked; what came since is looked at for missed commits.
  CREATE TABLE heads (
    worktree TEXT PRIMARY KEY,
    oid      TEXT NOT NULL,
    at       INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- What doctor must tell: payloads that made no sense, tools and lines we do not know, transcripts that are missing.
  CREATE TABLE findings (
    kind   TEXT NOT NULL,
    what   TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT '',
    count  INTEGER NOT NULL DEFAULT 1,
    first_at INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    PRIMARY KEY (kind, what)
  ) STRICT, WITHOUT ROWID;

  -- What commits hold that got their checkpoints by a link: to find them again under other ids. A cache.
  CREATE TABLE contents (
    "commit" TEXT PRIMARY KEY,
    tree     TEXT NOT NULL,                      -- '' when the commit is not here
    patch_id TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX contents_tree ON contents (tree);
  CREATE INDEX contents_patch_id ON contents (patch_id) WHERE patch_id IS NOT NULL;

  -- Committed tables.
  CREATE TABLE checkpoints (
    id        TEXT PRIMARY KEY,
    "commit"  TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    made_at   INTEGER NOT NULL,                  -- ms, of the commit
    intent    TEXT NOT NULL,
    agents    TEXT NOT NULL,                     -- JSON list
    session   TEXT NOT NULL,                     -- session.json
    tree      TEXT NOT NULL,                     -- of the commit it was made for
    patch_id  TEXT                               -- of that commit; NULL for merges and empty ones
  ) STRICT;
  CREATE INDEX checkpoints_tree ON checkpoints (tree);
  CREATE INDEX checkpoints_patch_id ON checkpoints (patch_id) WHERE patch_id IS NOT NULL;
  CREATE INDEX checkpoints_commit ON checkpoints ("commit");
  CREATE TABLE links (
    "commit"   TEXT NOT NULL,
    checkpoint TEXT NOT NULL,
    evidence   TEXT NOT NULL,
    body       TEXT NOT NULL,
    PRIMARY KEY ("commit", checkpoint)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX links_checkpoint ON links (checkpoint);
  CREATE INDEX links_carried ON links ("commit") WHERE evidence <> 'commit';
  -- Decisions, constraints and rejected alternatives of a checkpoint.
  CREATE TABLE statements (
    checkpoint TEXT NOT NULL,
    ordinal    INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    turn       INTEGER,
    text       TEXT NOT NULL,
    why        TEXT,
    PRIMARY KEY (checkpoint, ordinal)
  ) STRICT, WITHOUT ROWID;
  ${['checkpoints', 'links', 'statements'].map((table) => `
  CREATE TRIGGER ${table}_no_update BEFORE UPDATE ON ${table}
    BEGIN SELECT RAISE(ABORT, 'a checkpoint never changes'); END;
  CREATE TRIGGER ${table}_no_delete BEFORE DELETE ON ${table}
    BEGIN SELECT RAISE(ABORT, 'a checkpoint never changes'); END;`).join('')}
  `,
]

export const SCHEMA_VERSION = MIGRATIONS.length
