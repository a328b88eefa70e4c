-- 1: what the run left in doubt may still be told by the printer's label counter, when that printer is heard again.
ALTER TABLE runs ADD COLUMN late_proof BIGINT NOT NULL DEFAULT 0;
CREATE INDEX runs_that_may_be_proved_later ON runs (printer) WHERE late_proof = 1;
