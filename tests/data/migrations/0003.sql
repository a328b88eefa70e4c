INSERT INTO template_uploads (number, name, version, uploaded_by, api_key, uploaded_at_ms)
VALUES (1, 'mo_label', 'v2', 'Marc Demo', 'odoo', 3);
INSERT INTO template_approvals (number, name, version, origin, approved_by, api_key, approved_at_ms)
VALUES (1, 'mo_label', 'v2', 'uploaded', 'Marc Demo', 'odoo', 4);
