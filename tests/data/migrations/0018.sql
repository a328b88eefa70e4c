INSERT INTO configured_printers (printer, instance) VALUES ('line-c', 'one');
