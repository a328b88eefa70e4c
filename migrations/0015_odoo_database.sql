-- The Odoo database this service prints for. One row; a copy of that database bears the same name but another uuid.
CREATE TABLE odoo_database (
    id           BIGINT PRIMARY KEY CHECK (id = 1),
    uuid         TEXT NOT NULL,
    pinned_at_ms BIGINT NOT NULL
);
