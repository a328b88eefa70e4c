//! How many statements the database is asked for a long job. Counted on PostgreSQL, whose driver says them on the
//! thread of the test.

use jiff::Timestamp;
use platen::domain::{JobId, JobType, LabelIndex, RunId, UnconfirmedPolicy};
use platen::store::doubts::{self, DoubtfulRun, Settled};
use platen::store::jobs::{self, NewJob};
use platen::store::{Store, Writing};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use uuid::Uuid;

/// Counts what the driver says to the server.
struct Statements(Arc<AtomicUsize>);

impl<S: tracing::Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

async fn accept(writing: &mut Writing, quantity: i64) -> JobId {
    let job = NewJob {
        id: JobId(Uuid::now_v7()),
        uuid: Uuid::now_v7(),
        body_digest: String::new(),
        quantity,
        printer: "line-a".to_owned(),
        template: None,
        template_version: None,
        job_type: JobType::Manual,
        priority: 5,
        submitted_by: None,
        mo: None,
        data: "{}".to_owned(),
        expires_at: None,
        unconfirmed_policy: UnconfirmedPolicy::Ask,
        reprint: None,
    };
    jobs::insert(writing, &job, Timestamp::now()).await.expect("the database");
    job.id
}

/// A statement a label takes a server longer than a lease lasts, and nobody else may write meanwhile.
#[tokio::test]
async fn a_long_run_is_left_in_doubt_and_answered_in_as_many_statements_as_a_short_one() {
    let postgres = crate::postgres::Postgres::start();
    let store = Store::open(&postgres.url()).await.expect("the database");
    let said = Arc::new(AtomicUsize::new(0));
    let _counting =
        tracing::subscriber::set_default(tracing_subscriber::registry().with(Statements(Arc::clone(&said))));
    let now = Timestamp::now();
    let mut statements = Vec::new();
    for quantity in [10, 1_000] {
        let mut writing = store.write().await.expect("the database");
        let job_id = accept(&mut writing, quantity).await;
        let run = DoubtfulRun { job_id, run_id: RunId(Uuid::now_v7()), attempt: 1, printer: "line-a" };
        let before = said.load(Ordering::Relaxed);
        doubts::record(&mut writing, run, (1, quantity), now).await.expect("the database");
        let labels: Vec<LabelIndex> = (1..=quantity).filter(|label| *label != 3).collect();
        doubts::settle(&mut writing, job_id, &labels, (Settled::Printed, "person"), now)
            .await
            .expect("the database");
        statements.push(said.load(Ordering::Relaxed) - before);
        let kept = doubts::between(&mut writing, job_id, (1, quantity)).await.expect("the database");
        assert_eq!(kept.len() as i64, quantity);
        let open: Vec<i64> =
            kept.iter().filter(|doubt| doubt.settled_as.is_none()).map(|doubt| doubt.label_index).collect();
        assert_eq!(open, [3]);
        writing.commit().await.expect("the database");
    }
    assert_eq!(statements, [3, 3], "one to record, one a stretch to settle");
}
