-- Every file of a template belongs to its version, not only the label and what it says of itself.
-- Contents by name: text as a string, anything else as {"base64": "…"}.
ALTER TABLE template_versions ADD COLUMN other_files TEXT NOT NULL DEFAULT '{}';
