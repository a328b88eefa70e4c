-- What runs on the device have shown to be usual of it (JSON); NULL: nothing yet, or it does not say which device it is.
ALTER TABLE printers ADD COLUMN former_works TEXT;
