//! Lint: what would be wrong with a label, said before it is printed.

mod finding;

pub use finding::{Finding, FindingCode, Severity};
