-- Times are milliseconds since 1970 UTC. Booleans are 0 or 1. Every statement runs on SQLite and PostgreSQL.

-- Templates as they were when a job was accepted: a job keeps its own for life.
CREATE TABLE template_versions (
    version       TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    source        TEXT NOT NULL,
    manifest      TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);

CREATE TABLE jobs (
    id                 TEXT PRIMARY KEY,
    uuid               TEXT NOT NULL UNIQUE,
    -- SHA-256 of the accepted body: tells a repeat from another job under the same uuid.
    body_digest        TEXT NOT NULL,
    status             TEXT NOT NULL CHECK (status IN
        ('queued', 'printing', 'completed', 'completed_with_errors', 'failed', 'cancelled')),
    quantity           BIGINT NOT NULL CHECK (quantity BETWEEN 1 AND 100000),
    -- Labels with evidence; equals the labels of outcome 'printed'.
    printed            BIGINT NOT NULL DEFAULT 0 CHECK (printed BETWEEN 0 AND quantity),
    -- Labels with a recorded outcome, whatever it is; below quantity there is something left to print.
    recorded           BIGINT NOT NULL DEFAULT 0 CHECK (recorded BETWEEN printed AND quantity),
    printer            TEXT NOT NULL,
    template           TEXT,
    template_version   TEXT REFERENCES template_versions (version),
    job_type           TEXT NOT NULL,
    priority           BIGINT NOT NULL CHECK (priority BETWEEN 0 AND 9),
    submitted_by       TEXT,
    mo_id              BIGINT,
    mo_name            TEXT,
    -- Values shared by all labels, JSON.
    data               TEXT NOT NULL,
    -- The answer to a person's wish; the worker carries it out.
    cancel_requested   BIGINT NOT NULL DEFAULT 0,
    -- Labels that an interruption left in doubt: ask a person, print them again marked, or leave them so.
    unconfirmed_policy TEXT NOT NULL CHECK (unconfirmed_policy IN ('ask', 'reprint', 'skip')),
    -- Wait no longer for what a printer holds that does not answer.
    abandon_requested  BIGINT NOT NULL DEFAULT 0,
    -- Of a cancelled job: the last label that was printed, 0 for none.
    stopped_after      BIGINT,
    -- Attempts in a row that sent labels and printed none.
    fruitless_runs     BIGINT NOT NULL DEFAULT 0,
    -- A reprint repeats labels of another job, with the numbers that stood on the first paper.
    reprint_of         TEXT REFERENCES jobs (id) ON DELETE SET NULL,
    reprint_shown      TEXT,
    reprint_count      BIGINT,
    reprint_reason     TEXT,
    reprint_marked     BIGINT NOT NULL DEFAULT 0,
    -- A contradiction or its age holds it: no run begins before a person lets it go.
    held               BIGINT NOT NULL DEFAULT 0,
    -- A person paused it.
    paused             BIGINT NOT NULL DEFAULT 0,
    attention_code     TEXT,
    attention_message  TEXT,
    attention_action   TEXT,
    attention_since_ms BIGINT,
    error_code         TEXT,
    error_message      TEXT,
    error_action       TEXT,
    eta_seconds        BIGINT,
    revision           BIGINT NOT NULL,
    -- The last revision Odoo has acknowledged.
    reported_revision  BIGINT NOT NULL DEFAULT 0,
    created_at_ms      BIGINT NOT NULL,
    updated_at_ms      BIGINT NOT NULL,
    started_at_ms      BIGINT,
    finished_at_ms     BIGINT,
    expires_at_ms      BIGINT,
    CHECK (template IS NULL OR template_version IS NOT NULL)
);

-- What a worker claims next on its printer.
CREATE INDEX jobs_to_print ON jobs (printer, priority DESC, created_at_ms) WHERE status IN ('queued', 'printing');
-- What Odoo has not been told yet.
CREATE INDEX jobs_to_report ON jobs (updated_at_ms) WHERE revision > reported_revision;
-- Lists and the CSV walk by birth.
CREATE INDEX jobs_by_birth ON jobs (created_at_ms, id);
CREATE INDEX jobs_by_mo ON jobs (mo_name);
CREATE INDEX jobs_by_original ON jobs (reprint_of) WHERE reprint_of IS NOT NULL;

-- What stands on each label, a chunk a row: accepting 100 000 labels costs some hundred rows.
CREATE TABLE label_chunks (
    job_id      TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    first_label BIGINT NOT NULL,
    last_label  BIGINT NOT NULL,
    -- A JSON array with an object of values per label (ready ZPL: one value, `zpl`).
    fields      TEXT NOT NULL,
    PRIMARY KEY (job_id, first_label)
);

-- One attempt to print a contiguous range of a job's labels on one printer.
CREATE TABLE runs (
    id                   TEXT PRIMARY KEY,
    job_id               TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    printer              TEXT NOT NULL,
    attempt              BIGINT NOT NULL,
    first_label          BIGINT NOT NULL,
    last_label           BIGINT NOT NULL,
    -- Durable before any byte of these labels leaves.
    reserved_through     BIGINT NOT NULL,
    confirmed_through    BIGINT NOT NULL,
    -- The idle printer before the first byte.
    baseline_odometer    BIGINT,
    baseline_uptime_s    BIGINT,
    baseline_at_ms       BIGINT NOT NULL,
    printer_unique_id    TEXT,
    reprints_possible    BIGINT NOT NULL DEFAULT 0,
    -- NULL while it is under way.
    ended_as             TEXT CHECK (ended_as IN ('finished', 'interrupted', 'held', 'cancelled', 'stopped')),
    started_at_ms        BIGINT NOT NULL,
    ended_at_ms          BIGINT,
    CHECK (first_label <= last_label AND confirmed_through <= reserved_through AND reserved_through <= last_label)
);
-- One run at a time per printer, whatever else goes wrong.
CREATE UNIQUE INDEX runs_under_way ON runs (printer) WHERE ended_as IS NULL;
CREATE INDEX runs_by_job ON runs (job_id, attempt);

-- The ledger: every outcome ever recorded of a label, a row each, numbered without a gap. Rows are only added; each
-- carries a seal over its content and the seal before it (docs/decisions/0006-ledger.md). It refers to no other table:
-- what became of a label stays known when its job is gone.
CREATE TABLE ledger (
    -- INTEGER: in SQLite the place of the row itself, which spares an index. Enough for two billion on PostgreSQL.
    number         INTEGER PRIMARY KEY,
    job_id         TEXT NOT NULL,
    label_index    BIGINT NOT NULL,
    -- 'released': let go to be printed again: a person says it is not there or asked for a retry, or the job's policy.
    outcome        TEXT NOT NULL CHECK (outcome IN ('printed', 'unconfirmed', 'failed', 'cancelled', 'released')),
    evidence       TEXT NOT NULL CHECK (evidence IN ('odometer', 'verified', 'buffer_drained', 'person', 'none')),
    -- The label's serial or lot, where it has one.
    serial         TEXT,
    printer        TEXT NOT NULL,
    run_id         TEXT,
    attempt        BIGINT NOT NULL,
    recorded_at_ms BIGINT NOT NULL,
    -- How the content was written down for the seal.
    format         BIGINT NOT NULL,
    -- SHA-256 in hexadecimal.
    seal           TEXT NOT NULL,
    -- Nothing is printed without evidence.
    CHECK (outcome <> 'printed' OR evidence <> 'none')
);
CREATE INDEX ledger_by_serial ON ledger (serial) WHERE serial IS NOT NULL;
CREATE INDEX ledger_by_label ON ledger (job_id, label_index);

-- What stands of each label: its last entry in the ledger, unless that released it. No row: pending, or sent within an
-- open run.
CREATE TABLE labels (
    job_id         TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    label_index    BIGINT NOT NULL,
    -- Number of its entry in the ledger.
    entry          BIGINT NOT NULL,
    outcome        TEXT NOT NULL CHECK (outcome IN ('printed', 'unconfirmed', 'failed', 'cancelled')),
    evidence       TEXT NOT NULL CHECK (evidence IN ('odometer', 'verified', 'buffer_drained', 'person', 'none')),
    serial         TEXT,
    printer        TEXT NOT NULL,
    run_id         TEXT,
    attempt        BIGINT NOT NULL,
    recorded_at_ms BIGINT NOT NULL,
    PRIMARY KEY (job_id, label_index),
    CHECK (outcome <> 'printed' OR evidence <> 'none')
);
CREATE INDEX labels_to_resolve ON labels (job_id, label_index) WHERE outcome = 'unconfirmed';

-- Every time a label was left in doubt, and what settled it: the record of each attempt that proved nothing.
CREATE TABLE label_doubts (
    job_id         TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    label_index    BIGINT NOT NULL,
    attempt        BIGINT NOT NULL,
    run_id         TEXT NOT NULL,
    printer        TEXT NOT NULL,
    recorded_at_ms BIGINT NOT NULL,
    settled_as     TEXT CHECK (settled_as IN ('printed', 'not_printed', 'reprinted')),
    -- person, policy, or the evidence that came late.
    settled_by     TEXT,
    settled_at_ms  BIGINT,
    PRIMARY KEY (job_id, label_index, attempt)
);

-- The numbered log all readers follow. Written in the transaction of the change it tells.
CREATE TABLE events (
    number         BIGINT PRIMARY KEY,
    kind           TEXT NOT NULL,
    job_id         TEXT,
    payload        TEXT NOT NULL,
    recorded_at_ms BIGINT NOT NULL
);
-- What happened to one job, in order.
CREATE INDEX events_by_job ON events (job_id, number) WHERE job_id IS NOT NULL;

CREATE TABLE printers (
    name              TEXT PRIMARY KEY,
    address           TEXT NOT NULL,
    status            TEXT NOT NULL,
    fault_code        TEXT,
    fault_since_ms    BIGINT,
    -- Paused by a person, here rather than at the device.
    paused            BIGINT NOT NULL DEFAULT 0,
    unique_id         TEXT,
    model             TEXT,
    firmware          TEXT,
    odometer          BIGINT,
    -- As configured; NULL: found out by asking.
    profile           TEXT,
    -- What was found out by asking, JSON, with the device it is true of.
    capabilities      TEXT,
    -- Measured time of one label: how long an idle printer must keep still to be believed.
    label_ms          BIGINT,
    last_seen_at_ms   BIGINT,
    revision          BIGINT NOT NULL DEFAULT 1,
    reported_revision BIGINT NOT NULL DEFAULT 0
);

-- A row `everything`: no printer begins anything.
CREATE TABLE pauses (
    name     TEXT PRIMARY KEY,
    since_ms BIGINT NOT NULL
);

-- Which instance may write to a printer. Others wait until expires_at_ms has stood still for long enough by their own
-- clock, so clocks of different hosts are never compared; what it says is only of use to a person.
CREATE TABLE printer_leases (
    printer       TEXT PRIMARY KEY,
    -- NULL: given back.
    instance      TEXT,
    -- Rises with every holder; whatever is recorded of a run is checked against it.
    fence         BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL
);

-- Keys are random, so a plain SHA-256 is enough.
CREATE TABLE api_keys (
    name          TEXT PRIMARY KEY,
    digest        TEXT NOT NULL UNIQUE,
    -- What it may do, words with a space between: read, submit, operate, reprint, admin.
    scopes        TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    revoked_at_ms BIGINT
);

-- One row, written to prove that the database can be written.
CREATE TABLE write_proofs (
    id     BIGINT PRIMARY KEY CHECK (id = 1),
    proofs BIGINT NOT NULL
);
