-- The label that comes out next is this one at most, and the count may name it wrongly; 0: the count is right.
ALTER TABLE runs ADD COLUMN count_in_doubt_through BIGINT NOT NULL DEFAULT 0;
UPDATE runs SET count_in_doubt_through = reserved_through WHERE count_in_doubt = 1;
ALTER TABLE runs DROP COLUMN count_in_doubt;
