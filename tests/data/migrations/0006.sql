INSERT INTO ledger (number, job_id, label_index, outcome, evidence, serial, printer, run_id, attempt, recorded_at_ms, format, seal)
VALUES (3000000000, 'j1', 2, 'printed', 'person', 'SN-2', 'line-a', 'r1', 1, 7, 1, 's3');
