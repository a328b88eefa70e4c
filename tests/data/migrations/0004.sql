INSERT INTO printers (name, address, status, label_ms, label_um) VALUES ('line-b', 'tcp://127.0.0.1:9101', 'idle', 90, 32500);
