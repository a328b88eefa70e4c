-- How long the label is whose time is kept in label_ms, millimetres: a longer one takes longer. NULL: measured before
-- this was kept, and measured anew.
ALTER TABLE printers ADD COLUMN label_mm DOUBLE PRECISION;
