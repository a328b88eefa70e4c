INSERT INTO instances (name, version, started_at_ms, seen_at_ms, beats, stopped_at_ms) VALUES ('one', '0.1.0', 5, 6, 2, NULL);
