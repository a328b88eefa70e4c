-- 1: the printer's count may name the wrong labels of this run, for some were perhaps dropped at the printer.
ALTER TABLE runs ADD COLUMN count_in_doubt BIGINT NOT NULL DEFAULT 0;
