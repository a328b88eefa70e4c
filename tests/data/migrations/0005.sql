INSERT INTO runs (id, job_id, printer, attempt, first_label, last_label, reserved_through, confirmed_through, baseline_at_ms,
    ended_as, started_at_ms, ended_at_ms, late_proof)
VALUES ('r2', 'j1', 'line-b', 2, 3, 3, 3, 2, 5, 'held', 5, 6, 1);
