-- What became of a wish that Odoo handed out, kept with the deed: the same wish, handed out again because its answer was
-- lost, is answered and not carried out on whatever has become of the job since.
CREATE TABLE answered_wishes (
    uuid           TEXT PRIMARY KEY,
    -- NULL: carried out. Else why not.
    code           TEXT,
    message        TEXT,
    action         TEXT,
    answered_at_ms BIGINT NOT NULL
);
