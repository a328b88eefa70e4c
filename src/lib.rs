//! Platen prints labels from Odoo on Zebra printers and tells the truth about each of them.
//!
//! The modules stand in the order a label meets them; `ARCHITECTURE.md` walks one label through.

pub mod domain;

pub mod intake;
pub mod label_source;
pub mod odoo;
pub mod outlets;
pub mod printing;
pub mod progress;
pub mod render;
pub mod store;
pub mod zebra;

pub mod dashboard;
pub mod simulator;

pub mod api_client;
pub mod app;
pub mod catalogue;
pub mod cli;
pub mod clock;
pub mod config;
pub mod doctor;
pub mod heartbeat;
pub mod housekeeping;
pub mod refusal;
pub mod request_body;
pub mod server;
pub mod shutdown;
pub mod telemetry;
