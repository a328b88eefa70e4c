-- The instances of the service on this database, each with its last heartbeat.
CREATE TABLE instances (
    name          TEXT PRIMARY KEY,
    version       TEXT NOT NULL,
    started_at_ms BIGINT NOT NULL,
    -- By the clock of its host, for a person to read; whether it lives is told by `beats`, which move.
    seen_at_ms    BIGINT NOT NULL,
    beats         BIGINT NOT NULL,
    -- NULL: not stopped in an orderly way since it was started.
    stopped_at_ms BIGINT
);
