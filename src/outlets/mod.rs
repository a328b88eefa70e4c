//! Who hears about progress. Each outlet reads the event log; none of them calls another stage.

pub mod odoo;
