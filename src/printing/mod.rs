//! Stage 3: one owner per printer, from claim to confirmation.

mod abandoned;
mod active_run;
mod blind;
mod blind_run;
mod carry_out;
mod claim;
mod course;
mod crew;
mod hear;
mod heed;
mod late_proof;
mod lease;
mod lease_keeper;
mod means;
mod pace;
mod patience;
mod probe;
mod readiness;
mod rounds;
mod run;
mod run_plan;
mod sighting;
mod so_far;
mod supervision;
mod take_up;
mod tally;
mod verifying;
mod worker;
mod writes;

pub use crew::{Crew, CrewOptions, CrewPrinter};
pub use run::{Record, Run, RunAction, RunEnd, RunEvent};
pub use run_plan::{RunPlan, believed_ms};
pub use so_far::{Findings, RunSoFar};
pub use supervision::{Deed, Next, Supervision, UnderWay, Wanted, retry_within_ms};
pub use tally::{Baseline, FormerWorks, Tally, Verdict};
pub use writes::Writes;
