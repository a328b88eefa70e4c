INSERT INTO runs (id, job_id, printer, attempt, first_label, last_label, reserved_through, confirmed_through, baseline_at_ms,
    ended_as, started_at_ms, ended_at_ms, count_in_doubt_through)
VALUES ('r4', 'j1', 'line-b', 4, 4, 9, 9, 5, 5, 'interrupted', 6, 7, 8);
