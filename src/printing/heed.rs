//! What people want of a printer at work: wishes, a rush job, what was asked of another instance.

use super::run::RunEvent;
use super::supervision::Wanted;
use super::worker::Worker;
use super::{carry_out, claim};
use crate::domain::{Code, Job};
use crate::store::{Connection, StoreError, jobs, printers, runs, wishes};
use crate::zebra::Conversation;

impl Worker {
    /// There may be a new job, or a person wants something of the one under way.
    pub(super) async fn heed_wishes(&mut self, conversation: &mut Conversation) -> Result<(), StoreError> {
        self.supervision.ask(self.now_ms());
        // A new job at the head has not been told what its printer waits for.
        self.told_head_of_queue = None;
        let mut connection = self.options.store.read().await?;
        self.paused =
            printers::find(&mut connection, &self.name).await?.is_some_and(|printer| printer.paused);
        let Some(active) = &self.active else { return Ok(()) };
        let wishes = wishes::wishes(&mut connection, active.job.id).await?;
        let must_yield = self.must_yield(&mut connection, &active.job).await?;
        drop(connection);
        if wishes.abandon_requested {
            self.stop_waiting().await?;
            return Ok(());
        }
        let wanted = Wanted {
            is_withdrawn: wishes.cancel_requested,
            is_held: wishes.held,
            is_printer_paused: self.paused,
            must_yield,
        };
        match wanted.event() {
            Some(event) => self.step(event, conversation).await,
            None => Ok(()),
        }
    }

    /// A rush job goes next: the run under way stops behind a whole label and is taken up again afterwards.
    async fn must_yield(&self, connection: &mut Connection, job: &Job) -> Result<bool, StoreError> {
        let head = runs::head_of_queue(connection, &self.name).await?;
        let Some(head) = head.filter(|head| *head != job.id) else { return Ok(false) };
        Ok(jobs::find(connection, head.0).await?.is_some_and(|head| head.priority > job.priority))
    }

    /// A person waits no longer for what the printer holds. The connection goes too: bytes still in it must not reach
    /// the printer behind the back of the next run.
    async fn stop_waiting(&mut self) -> Result<(), StoreError> {
        let now_ms = self.now_ms();
        let Some(active) = &mut self.active else { return Ok(()) };
        let actions = active.run.step(RunEvent::Abandon, now_ms);
        self.must_hang_up = true;
        carry_out::facts(self, actions).await
    }

    /// What was asked of another instance: its hints do not reach this one.
    pub(super) async fn look_around(&mut self, conversation: &mut Conversation) -> Result<(), StoreError> {
        let mut connection = self.options.store.read().await?;
        let is_news = match &self.active {
            Some(active) => {
                let wishes = wishes::wishes(&mut connection, active.job.id).await?;
                wishes.cancel_requested
                    || wishes.held
                    || printers::is_paused(&mut connection, &self.name).await?
                    || self.must_yield(&mut connection, &active.job).await?
            }
            None => {
                let paused = printers::is_paused(&mut connection, &self.name).await?;
                let head = runs::head_of_queue(&mut connection, &self.name).await?;
                let is_waiting = head.is_some() && !self.supervision.is_asked() && !paused;
                let changed = paused != self.paused || head != self.head_of_queue;
                self.head_of_queue = head;
                changed || is_waiting
            }
        };
        drop(connection);
        if is_news { self.heed_wishes(conversation).await } else { Ok(()) }
    }

    /// Nobody answers at the address.
    pub(super) async fn gone(&mut self) -> Result<(), StoreError> {
        if let Some(active) = &self.active {
            let mut connection = self.options.store.read().await?;
            let wishes = wishes::wishes(&mut connection, active.job.id).await?;
            drop(connection);
            if wishes.abandon_requested {
                self.stop_waiting().await?;
            }
        }
        let now_ms = self.now_ms();
        let worth = self.watch.offline(now_ms);
        self.tell(worth).await?;
        if self.active.is_some() {
            carry_out::attention(self, Some(Code::PrinterOffline)).await?;
        } else {
            claim::tell_head_of_queue(self, Some(Code::PrinterOffline)).await?;
            self.told_head_of_queue = Some(Code::PrinterOffline);
        }
        Ok(())
    }
}
