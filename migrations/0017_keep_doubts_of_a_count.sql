-- 1: the printer's count may name the wrong labels of this run: some were perhaps dropped at the printer, or another
-- sender's came out between them.
ALTER TABLE runs ADD COLUMN count_in_doubt BIGINT NOT NULL DEFAULT 0;
