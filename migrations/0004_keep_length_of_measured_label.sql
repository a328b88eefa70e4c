-- How long the label is whose time is kept in label_ms, micrometres: a longer one takes longer. NULL: measured before
-- this was kept, and measured anew. Whole numbers, because a missing fraction cannot be bound on PostgreSQL.
ALTER TABLE printers ADD COLUMN label_um BIGINT;
