INSERT INTO template_versions (version, name, source, manifest, created_at_ms) VALUES ('v1', 'mo_label', '^XA^XZ', '', 1);
INSERT INTO jobs (id, uuid, body_digest, status, quantity, printed, recorded, printer, template, template_version, job_type,
    priority, data, unconfirmed_policy, revision, created_at_ms, updated_at_ms)
VALUES ('j1', 'u1', 'd1', 'printing', 3, 1, 2, 'line-a', 'mo_label', 'v1', 'mo_split', 5, '{}', 'ask', 4, 1, 2),
    ('j2', 'u2', 'd2', 'queued', 1, 0, 0, 'line-a', NULL, NULL, 'manual', 5, '{}', 'skip', 1, 3, 3);
INSERT INTO label_chunks (job_id, first_label, last_label, fields) VALUES ('j1', 1, 3, '[{},{},{}]');
INSERT INTO runs (id, job_id, printer, attempt, first_label, last_label, reserved_through, confirmed_through, baseline_odometer,
    baseline_uptime_s, baseline_at_ms, printer_unique_id, ended_as, started_at_ms, ended_at_ms)
VALUES ('r1', 'j1', 'line-a', 1, 1, 3, 2, 1, 100, 50, 1, 'XX1', 'interrupted', 1, 2);
INSERT INTO ledger (number, job_id, label_index, outcome, evidence, serial, printer, run_id, attempt, recorded_at_ms, format, seal)
VALUES (1, 'j1', 1, 'printed', 'odometer', 'SN-1', 'line-a', 'r1', 1, 2, 1, 's1'),
    (2, 'j1', 2, 'unconfirmed', 'none', 'SN-2', 'line-a', 'r1', 1, 2, 1, 's2');
INSERT INTO labels (job_id, label_index, entry, outcome, evidence, serial, printer, run_id, attempt, recorded_at_ms)
VALUES ('j1', 1, 1, 'printed', 'odometer', 'SN-1', 'line-a', 'r1', 1, 2),
    ('j1', 2, 2, 'unconfirmed', 'none', 'SN-2', 'line-a', 'r1', 1, 2);
INSERT INTO label_doubts (job_id, label_index, attempt, run_id, printer, recorded_at_ms) VALUES ('j1', 2, 1, 'r1', 'line-a', 2);
INSERT INTO events (number, kind, job_id, payload, recorded_at_ms) VALUES (1, 'job', 'j1', '{}', 2);
INSERT INTO printers (name, address, status, unique_id, label_ms) VALUES ('line-a', 'tcp://127.0.0.1:9100', 'idle', 'XX1', 120);
INSERT INTO printer_leases (printer, instance, fence, expires_at_ms) VALUES ('line-a', 'one', 3, 9);
INSERT INTO api_keys (name, digest, scopes, created_at_ms) VALUES ('odoo', 'd', 'read submit', 1);
INSERT INTO pauses (name, since_ms) VALUES ('everything', 1);
INSERT INTO write_proofs (id, proofs) VALUES (1, 1);
