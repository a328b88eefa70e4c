INSERT INTO answered_wishes (uuid, code, message, action, answered_at_ms) VALUES ('w1', NULL, NULL, NULL, 5);
