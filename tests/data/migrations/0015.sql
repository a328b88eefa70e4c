INSERT INTO odoo_database (id, uuid, pinned_at_ms) VALUES (1, 'd0d0', 5);
