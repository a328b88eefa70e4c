-- PostgreSQL's INTEGER ends at two billion; SQLite's, as a primary key, has 64 bits.
ALTER TABLE ledger ALTER COLUMN number TYPE BIGINT;
