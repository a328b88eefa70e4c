//! What a worker makes of what its printer can prove: keeps it, and begins no run on less than was promised.

use super::active_run::Press;
use super::run::RunEvent;
use super::tally::{Baseline, FormerWorks};
use super::worker::Worker;
use crate::domain::{LabelPace, Profile};
use crate::store::{StoreError, Writing, printers};
use crate::zebra::Conversation;

impl Worker {
    /// The printer says that it has done a label.
    pub(super) async fn verified(
        &mut self,
        token: &str,
        conversation: &mut Conversation,
    ) -> Result<(), StoreError> {
        self.probe.observe_verification(true);
        self.keep_capabilities().await?;
        let label = self.active.as_ref().and_then(|active| active.label_of_token(token));
        match label {
            Some(label) => self.step(RunEvent::Verified { label }, conversation).await,
            // Of a run before this one. Named is not printed: some name a label when they have read it.
            None => Ok(()),
        }
    }

    /// What the printer can prove is kept for the next life of the service, and told.
    pub(super) async fn keep_capabilities(&mut self) -> Result<(), StoreError> {
        if *self.probe.known() == self.kept {
            return Ok(());
        }
        let known = self.probe.known().clone();
        let mut writing = self.lease.write().await?;
        printers::learn(&mut writing, &self.name, &known, self.options.clock.now()).await?;
        writing.commit().await?;
        self.options.progress.recorded();
        self.kept = known;
        Ok(())
    }

    /// What is usual of the printer is kept for the next life of the service. It is soon learnt, and then changes seldom.
    pub(super) async fn keep_former_works(&mut self) -> Result<(), StoreError> {
        if *self.supervision.former_works() == self.kept_works {
            return Ok(());
        }
        let mut writing = self.lease.write().await?;
        self.write_former_works(&mut writing).await?;
        writing.commit().await?;
        self.kept_works.clone_from(self.supervision.former_works());
        Ok(())
    }

    /// The same, together with what else is written: the next life knows of a run that ended what that run has learnt.
    pub(super) async fn write_former_works(&self, writing: &mut Writing) -> Result<(), StoreError> {
        let former = self.supervision.former_works();
        if !former.is_of_a_told_device() || *former == self.kept_works {
            return Ok(());
        }
        let text = serde_json::to_string(former).map_err(|_| StoreError::Damaged("what runs have learnt"))?;
        printers::keep_former_works(writing, &self.name, &text).await
    }

    /// What the runs of a former life have learnt. What cannot be read is learnt anew.
    pub(super) fn know_former_works(&mut self, text: Option<&str>) {
        let former: FormerWorks = text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        self.kept_works = former.clone();
        self.supervision.know_former_works(former);
    }

    pub(super) fn is_blind(&self) -> bool {
        self.profile == Some(Profile::Blind)
    }

    /// What is known of the printer, for a run on it.
    pub(super) fn press(&self, known_pace: Option<LabelPace>) -> Press {
        Press { known_pace, dpmm: self.dpmm, paper_mm: self.paper_mm, is_blind: self.is_blind() }
    }

    /// Labels carry a question for themselves (`^HV`).
    pub(super) fn asks_for_verification(&self) -> bool {
        self.host_verification && self.probe.known().host_verification != Some(false)
    }

    /// A Link-OS printer counts; one that has not told its counter yet is waited for.
    pub(super) fn lacks_counter(&self, baseline: &Baseline) -> bool {
        self.profile == Some(Profile::Zebra)
            && baseline.odometer.is_none()
            && !self.supervision.is_counter_missing()
    }

    /// Some makes say nothing before they were sent their first label: it is sent alone, and waited for.
    pub(super) fn may_begin_unheard(&self, now_ms: i64) -> bool {
        self.profile == Some(Profile::ZplGeneric)
            && self.probe.known().host_status.is_none()
            && self.supervision.is_silent(now_ms)
    }
}
