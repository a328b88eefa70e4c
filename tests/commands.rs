//! The commands as people call them: the real binary, a real service in a process of its own, a simulated printer.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/postgres.rs"]
mod postgres;

mod commands {
    mod doctor;
    mod folder;
    mod follow;
    mod history;
    mod odoo;
    mod service;
}
