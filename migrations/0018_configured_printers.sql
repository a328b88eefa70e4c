-- Which instance has which printer in its configuration. A printer that one of them has is not forgotten by another.
CREATE TABLE configured_printers (
    printer  TEXT NOT NULL,
    instance TEXT NOT NULL,
    PRIMARY KEY (printer, instance)
);
-- What an instance has is not known before it starts the next time: until then it is taken to have every printer.
INSERT INTO configured_printers (printer, instance) SELECT p.name, i.name FROM printers p CROSS JOIN instances i;
