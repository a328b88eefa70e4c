INSERT INTO template_versions (version, name, source, manifest, created_at_ms, other_files)
VALUES ('v2', 'mo_label', '^XA^XZ', '', 2, '{"sample.json": "{}"}');
