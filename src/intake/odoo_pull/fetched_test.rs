use super::OdooPull;
use super::fetched::FetchedWish;
use crate::catalogue::LiveCatalogue;
use crate::clock::Clock;
use crate::domain::{Evidence, Job, JobId, LabelOutcome, RunId};
use crate::intake::Intake;
use crate::odoo::{Answers, DatabasePin, OdooClient, OdooSettings, questions};
use crate::progress::Progress;
use crate::store::doubts::{self, DoubtfulRun};
use crate::store::jobs::{self, NewJob};
use crate::store::labels::{self, LedgerEntry};
use crate::store::{Store, printers};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// A service that has just started: what it was about to tell is gone.
async fn started(store: &Store) -> OdooPull {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("zpl_templates");
    let settings = OdooSettings::new("http://127.0.0.1:9", "database", "user", "key".to_owned().into());
    let clock = Clock::system();
    OdooPull {
        intake: Intake {
            store: store.clone(),
            progress: Progress::default(),
            clock: clock.clone(),
            catalogue: LiveCatalogue::load(store.clone(), &templates).await.unwrap(),
            printers: Arc::default(),
        },
        client: Arc::new(OdooClient::new(settings).unwrap()),
        pin: DatabasePin::new(store.clone(), clock, None),
        answers: Answers::default(),
        questions: questions().0,
        instance: "one".to_owned(),
        interval: Duration::from_secs(2),
        turn: watch::channel(true).1,
        shutdown: CancellationToken::new(),
    }
}

async fn accept_a_job(store: &Store) -> JobId {
    let job = NewJob::by_hand(60);
    let mut writing = store.write().await.unwrap();
    jobs::insert(&mut writing, &job, Timestamp::UNIX_EPOCH).await.unwrap();
    writing.commit().await.unwrap();
    job.id
}

/// An attempt leaves label 58 in doubt.
async fn leave_in_doubt(store: &Store, job_id: JobId, attempt: i64) {
    let (run_id, printer) = (RunId(Uuid::now_v7()), "line-a");
    let (outcome, evidence) = (LabelOutcome::Unconfirmed, Evidence::None);
    let entry = LedgerEntry { job_id, run_id, printer, attempt, outcome, evidence };
    let now = Timestamp::UNIX_EPOCH;
    let mut writing = store.write().await.unwrap();
    labels::record(&mut writing, &entry, 58, &[None], now).await.unwrap();
    let run = DoubtfulRun { job_id, run_id, attempt, printer };
    doubts::record(&mut writing, run, (58, 58), now).await.unwrap();
    writing.commit().await.unwrap();
}

async fn job(store: &Store, id: JobId) -> Job {
    jobs::find(&mut store.read().await.unwrap(), id.0).await.unwrap().unwrap()
}

fn wish(verb: &str, job: Value, printer: Value, body: &Value) -> FetchedWish {
    let (uuid, verb, body) = ("wish-of-a-person".to_owned(), verb.to_owned(), body.to_string());
    FetchedWish { uuid, verb, job, printer, body, attempt: 1 }
}

#[tokio::test]
async fn a_wish_whose_answer_was_lost_is_answered_again_and_not_carried_out_on_what_came_later() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite://{}/platen.db", folder.path().display())).await.unwrap();
    let id = accept_a_job(&store).await;
    leave_in_doubt(&store, id, 1).await;
    let mut resolve = wish("resolve", json!(id), json!(false), &json!({"labels": "58", "printed": false}));
    started(&store).await.take_wish(&resolve).await;
    assert_eq!(job(&store, id).await.unconfirmed, [0; 0], "it is printed again");

    // Killed before the answer went; label 58 was sent once more, and the power went.
    leave_in_doubt(&store, id, 2).await;
    resolve.attempt = 2;
    let service = started(&store).await;
    service.take_wish(&resolve).await;
    assert_eq!(job(&store, id).await.unconfirmed, [58], "nobody has looked for this one");
    let told = service.answers.oldest(10);
    assert_eq!((told.len(), &told[0]["uuid"], &told[0]["code"]), (1, &json!(resolve.uuid), &json!(null)));
    store.close().await;
}

#[tokio::test]
async fn a_wish_that_was_refused_stays_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite://{}/platen.db", folder.path().display())).await.unwrap();
    let mut pause = wish("pause", json!(false), json!("line-a"), &json!({}));
    started(&store).await.take_wish(&pause).await;
    let mut writing = store.write().await.unwrap();
    printers::configure(&mut writing, "line-a", "127.0.0.1:9100", None).await.unwrap();
    writing.commit().await.unwrap();
    pause.attempt = 2;
    let service = started(&store).await;
    service.take_wish(&pause).await;
    assert_eq!(service.answers.oldest(10)[0]["code"], "not_found");
    let printer = printers::find(&mut store.read().await.unwrap(), "line-a").await.unwrap().unwrap();
    assert!(!printer.paused);
    store.close().await;
}
