//! At submission: the printer is not well. The job is accepted all the same; the caller hears it at once. A warning
//! that cannot be read is none: it must not look as if the job were refused, which is durable by then.

use super::accept::Intake;
use crate::domain::PrinterState;
use crate::store::{StoreError, printers};
use serde_json::{Value, json};

impl Intake {
    /// What is wrong with a printer, what to do, and another of the same pool that could take the job instead.
    pub(super) async fn warning(&self, printer: &str) -> Option<Value> {
        self.fault_of(printer).await.unwrap_or_else(|error| {
            tracing::warn!(printer.name = %printer, %error, "whether the printer is well cannot be read");
            None
        })
    }

    async fn fault_of(&self, printer: &str) -> Result<Option<Value>, StoreError> {
        let all = printers::all(&mut *self.store.read().await?).await?;
        let Some(fault) =
            all.iter().find(|state| state.name == printer).and_then(|state| state.fault.clone())
        else {
            return Ok(None);
        };
        let suggested = self.suggested_instead_of(printer, &all);
        Ok(Some(json!({
            "code": fault.code, "message": fault.message, "action": fault.action, "since": fault.since,
            "printer": printer, "suggested_printer": suggested,
        })))
    }

    /// A printer that is well, stands in the same pool, has the same resolution and labels as far as they are known,
    /// and has the least to do.
    fn suggested_instead_of(&self, printer: &str, all: &[PrinterState]) -> Option<String> {
        let known = |name: &str| self.printers.iter().find(|known| known.name == name);
        let asked = known(printer)?;
        let could_take_it = |state: &&PrinterState| {
            let is_well = state.fault.is_none() && !state.paused && state.last_seen_at.is_some();
            is_well
                && state.name != printer
                && known(&state.name).is_some_and(|other| {
                    let same_dots = other.dpmm.is_none() || asked.dpmm.is_none() || other.dpmm == asked.dpmm;
                    let same_labels = other.label_mm.is_none()
                        || asked.label_mm.is_none()
                        || other.label_mm == asked.label_mm;
                    same_dots && same_labels && other.pools.iter().any(|pool| asked.pools.contains(pool))
                })
        };
        let best = all.iter().filter(could_take_it).min_by_key(|state| state.queue_length);
        best.map(|state| state.name.clone())
    }
}
