//! `printing::carry_out` without a database: what a run says becomes durable first, then bytes leave.

use super::{Phase, Service};
use crate::outside::Outside;
use crate::printer::zpl;
use crate::sabotage::Sabotage;
use crate::store::Failure;
use platen::printing::{Record, RunAction, RunEnd, RunEvent};
use platen::zebra::ask_for_verification;

impl Service {
    pub(super) fn step(&mut self, event: RunEvent, outside: &mut Outside) -> Result<(), Failure> {
        let now_ms = self.now_ms(outside);
        let Some(active) = &mut self.active else { return Ok(()) };
        let actions = active.run.step(event, now_ms);
        let works = active.run.usual_works();
        self.is_verified_in_vain |= active.run.is_verified_in_vain();
        self.supervision.run_goes_on(works);
        if self.carry_out(actions, outside)? {
            self.supervision.run_ended_clean(now_ms);
        }
        outside.store.keep_former_works(self.supervision.former_works())?;
        Ok(())
    }

    /// In order: facts become durable first, then bytes leave. It may be killed between any two moments.
    fn carry_out(&mut self, actions: Vec<RunAction>, outside: &mut Outside) -> Result<bool, Failure> {
        let mut ended_clean = false;
        for action in actions {
            match action {
                RunAction::Record(mut facts) => {
                    if outside.sabotage == Some(Sabotage::DropIntent) {
                        facts.reserved_through = None;
                    }
                    if outside.sabotage == Some(Sabotage::ConfirmOnWrite) {
                        facts.confirmed_through = None;
                    }
                    let Some(active) = &self.active else { continue };
                    outside.tell(format!("service: {}", facts_in_words(&facts)));
                    outside.store.record(&facts, active.run.evidence())?;
                    self.stall(outside);
                }
                RunAction::Write { first, last } => self.write(first, last, outside)?,
                RunAction::Attention(code) => {
                    outside.tell(format!("service: attention {code:?}"));
                    outside.store.set_attention(code)?;
                }
                RunAction::End(how) => {
                    outside.tell(format!("service: the run ends {how:?}"));
                    let is_drained = self.active.as_ref().is_some_and(|active| active.run.is_drained());
                    let is_counted = is_drained
                        || outside
                            .store
                            .open_run
                            .as_ref()
                            .is_some_and(|open| open.confirmed_through == open.reserved_through);
                    ended_clean = matches!(how, RunEnd::Finished | RunEnd::Cancelled | RunEnd::Stopped)
                        || how == RunEnd::Interrupted && is_counted;
                    if ended_clean && let Some(active) = &self.active {
                        self.supervision.run_is_clean(active.run.usual_works());
                    }
                    let held = if let RunEnd::Held(code) = how { Some(code) } else { None };
                    outside.store.end_run(held, self.supervision.former_works())?;
                    self.active = None;
                    self.stall(outside);
                }
            }
        }
        Ok(ended_clean)
    }

    fn write(&mut self, first: i64, last: i64, outside: &mut Outside) -> Result<(), Failure> {
        outside.tell(format!("service: writes labels {first}-{last}"));
        for label in first..=last {
            outside.store.moment()?;
            let (Some(active), Phase::Talking(conversation)) = (&mut self.active, &mut self.phase) else {
                break;
            };
            let mut bytes = zpl((active.job, label), outside.setup.label_bytes);
            if let Some(prefix) = &active.verification {
                bytes = ask_for_verification(bytes, &format!("{prefix}{label}"));
            }
            let write = conversation.write_label(bytes, outside);
            active.writes.wrote(write, label);
        }
        if outside.sabotage == Some(Sabotage::ConfirmOnWrite) {
            self.believe_printed_through(last, outside)?;
        }
        Ok(())
    }

    /// Sabotage: an empty buffer is taken for paper.
    pub(super) fn believe_all_is_out(&mut self, outside: &mut Outside) -> Result<(), Failure> {
        let Some(open) = outside.store.open_run.clone() else { return Ok(()) };
        self.believe_printed_through(open.reserved_through, outside)?;
        self.active = None;
        outside.store.end_run(None, self.supervision.former_works())
    }

    /// Sabotage: what was sent is taken for paper.
    fn believe_printed_through(&mut self, label: i64, outside: &mut Outside) -> Result<(), Failure> {
        let Some(active) = &self.active else { return Ok(()) };
        let facts = Record { confirmed_through: Some(label), ..Default::default() };
        outside.store.record(&facts, active.run.evidence())
    }

    fn stall(&mut self, outside: &Outside) {
        self.busy_until_ms = self.busy_until_ms.max(outside.now_ms + outside.commit_stall_ms);
    }
}

fn facts_in_words(facts: &Record) -> String {
    let part = |name: &str, value: Option<i64>| value.map(|value| format!("{name} {value}"));
    let parts = [
        part("confirmed through", facts.confirmed_through),
        part("reserved through", facts.reserved_through),
        facts.unconfirmed.map(|(first, last)| format!("unconfirmed {first}-{last}")),
        part("reprints possible", facts.reprints_possible),
        part("counter from", facts.odometer_base),
        part("count in doubt through", facts.count_in_doubt_through),
    ];
    format!("records {}", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}
