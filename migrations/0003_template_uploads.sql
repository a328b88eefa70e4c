-- Templates that were uploaded, beside those in the folder, and which version counts.

-- Versions in the order they came. The content is in template_versions.
CREATE TABLE template_uploads (
    number         BIGINT PRIMARY KEY,
    name           TEXT NOT NULL,
    version        TEXT NOT NULL REFERENCES template_versions (version),
    comment        TEXT,
    uploaded_by    TEXT NOT NULL,
    -- Name of the API key it came with.
    api_key        TEXT NOT NULL,
    uploaded_at_ms BIGINT NOT NULL,
    UNIQUE (name, version)
);

-- Only ever added to: the last of a name says which version new jobs use. One of the folder means the folder, as it is
-- and as it will be.
CREATE TABLE template_approvals (
    number         BIGINT PRIMARY KEY,
    name           TEXT NOT NULL,
    version        TEXT NOT NULL,
    origin         TEXT NOT NULL CHECK (origin IN ('folder', 'uploaded')),
    approved_by    TEXT NOT NULL,
    api_key        TEXT NOT NULL,
    approved_at_ms BIGINT NOT NULL
);

CREATE INDEX template_approvals_by_name ON template_approvals (name, number);
