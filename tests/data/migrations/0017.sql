INSERT INTO runs (id, job_id, printer, attempt, first_label, last_label, reserved_through, confirmed_through, baseline_at_ms,
    ended_as, started_at_ms, ended_at_ms, count_in_doubt)
VALUES ('r3', 'j1', 'line-b', 3, 3, 3, 3, 2, 5, 'interrupted', 6, 7, 1);
