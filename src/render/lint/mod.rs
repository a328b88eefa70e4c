//! Lint: what would be wrong with a label, said before it is printed.
//!
//! The label's ZPL is read as a printer reads it, into elements with their places; then each is judged. Nothing is
//! drawn, so that a label costs microseconds and every label of a job can be looked at.

mod area;
mod code_128;
mod element;
mod field_data;
mod finding;
mod font;
mod grammar;
mod gs1;
mod label;
mod layout;
mod legibility;
mod linear;
mod matrix;
mod placement;
mod preflight;
mod reader;
mod ready;
mod setting;
mod symbol;
mod template;
mod trace;
mod worst_case;

pub use finding::{Finding, FindingCode, Severity};
pub use label::{Paper, lint_label};
pub use preflight::Preflight;
pub use ready::ReadyPreflight;
pub use template::{Linter, lint_template};
