//! The ledger tells every label's story, and whatever is changed behind its back is found.

mod tampering;

use self::tampering::{run, tamper, tampering};
use super::*;
use crate::domain::{Evidence, LabelOutcome, RunId};
use crate::store::labels::{self, LedgerEntry};
use crate::store::{Store, Writing, jobs};
use proptest::prelude::*;
use tempfile::TempDir;
use uuid::Uuid;

const QUANTITY: i64 = 12;

struct Place {
    _folder: TempDir,
    store: Store,
    jobs: Vec<JobId>,
}

impl Place {
    async fn with_jobs(count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("platen.db").display());
        let store = Store::open(&url).await.unwrap();
        let mut ids = Vec::new();
        let mut writing = store.write().await.unwrap();
        for _ in 0..count {
            let job = jobs::NewJob::by_hand(QUANTITY);
            jobs::insert(&mut writing, &job, now()).await.unwrap();
            ids.push(job.id);
        }
        writing.commit().await.unwrap();
        Self { _folder: folder, store, jobs: ids }
    }
}

fn now() -> Timestamp {
    "2026-03-31T12:00:00Z".parse().unwrap()
}

fn serial(label: i64) -> Option<String> {
    (label != QUANTITY).then(|| format!("SN-{label}"))
}

async fn record(
    writing: &mut Writing,
    job_id: JobId,
    attempt: i64,
    outcome: LabelOutcome,
    labels: std::ops::RangeInclusive<i64>,
) {
    record_of(writing, job_id, RunId(Uuid::now_v7()), attempt, outcome, labels).await;
}

async fn record_of(
    writing: &mut Writing,
    job_id: JobId,
    run_id: RunId,
    attempt: i64,
    outcome: LabelOutcome,
    labels: std::ops::RangeInclusive<i64>,
) {
    let evidence = if outcome == LabelOutcome::Printed { Evidence::Odometer } else { Evidence::None };
    let entry = LedgerEntry { job_id, run_id, printer: "line-a", attempt, outcome, evidence };
    let serials: Vec<Option<String>> = labels.clone().map(serial).collect();
    labels::record(writing, &entry, *labels.start(), &serials, now()).await.unwrap();
}

async fn codes(connection: &mut Connection, expected: Option<&Head>) -> Vec<&'static str> {
    let found = verify(connection, expected, |_, _| {}).await.unwrap();
    found.findings.kept().iter().map(|finding| finding.what.code()).collect()
}

#[tokio::test]
async fn a_run_cut_short_while_it_gives_up_its_labels_enters_each_once() {
    let place = Place::with_jobs(1).await;
    let (id, run_id) = (place.jobs[0], RunId(Uuid::now_v7()));
    let mut writing = place.store.write().await.unwrap();
    record_of(&mut writing, id, run_id, 1, LabelOutcome::Unconfirmed, 1..=3).await;
    record_of(&mut writing, id, run_id, 1, LabelOutcome::Unconfirmed, 1..=5).await;
    assert_eq!(head(&mut writing).await.unwrap().number, 5);
    record_of(&mut writing, id, run_id, 1, LabelOutcome::Printed, 1..=1).await;
    assert_eq!(head(&mut writing).await.unwrap().number, 6, "a late proof is news");
    writing.commit().await.unwrap();
}

#[tokio::test]
async fn a_label_asked_about_and_printed_again_keeps_its_whole_story() {
    let place = Place::with_jobs(1).await;
    let id = place.jobs[0];
    let mut writing = place.store.write().await.unwrap();
    record(&mut writing, id, 1, LabelOutcome::Printed, 1..=2).await;
    record(&mut writing, id, 1, LabelOutcome::Unconfirmed, 3..=3).await;
    assert_eq!(labels::resolve(&mut writing, id, &[2, 3], false, now()).await.unwrap(), 1, "2 is printed");
    record(&mut writing, id, 2, LabelOutcome::Printed, 3..=5).await;
    record(&mut writing, id, 2, LabelOutcome::Unconfirmed, 5..=5).await;
    record(&mut writing, id, 2, LabelOutcome::Failed, 6..=6).await;
    labels::release_given_up(&mut writing, id, now()).await.unwrap();

    let story: Vec<(i64, String, String, bool)> = of_serial(&mut writing, "SN-3", 0, 10)
        .await
        .unwrap()
        .into_iter()
        .map(|FoundEntry { entry, .. }| {
            let is_current = entry.is_current();
            (entry.content.attempt, entry.content.outcome, entry.content.evidence, is_current)
        })
        .collect();
    let told = |attempt, outcome: &str, evidence: &str, is_current| {
        (attempt, outcome.to_owned(), evidence.to_owned(), is_current)
    };
    assert_eq!(
        story,
        [
            told(1, "unconfirmed", "none", false),
            told(1, "released", "person", false),
            told(2, "printed", "odometer", true)
        ]
    );
    let of_job = of_job(&mut writing, id, (2, i64::MAX), 100).await.unwrap();
    let outcomes: Vec<(i64, &str)> =
        of_job.iter().map(|entry| (entry.content.label_index, entry.content.outcome.as_str())).collect();
    assert_eq!(
        outcomes,
        [
            (3, "unconfirmed"),
            (3, "released"),
            (3, "printed"),
            (4, "printed"),
            (5, "printed"),
            (6, "failed"),
            (6, "released")
        ],
        "what is printed stays printed"
    );
    assert_eq!(jobs::find(&mut writing, id.0).await.unwrap().unwrap().printed, 5);
    assert_eq!(codes(&mut writing, None).await, [""; 0]);
}

#[tokio::test]
async fn an_altered_label_is_named() {
    let place = Place::with_jobs(1).await;
    let id = place.jobs[0];
    let mut writing = place.store.write().await.unwrap();
    record(&mut writing, id, 1, LabelOutcome::Printed, 1..=5).await;
    sqlx::query("UPDATE ledger SET serial = 'SN-9' WHERE label_index = 3")
        .execute(&mut *writing)
        .await
        .unwrap();
    let found = verify(&mut writing, None, |_, _| {}).await.unwrap().findings;
    let first = &found.kept()[0];
    assert_eq!((first.entry, first.label, first.serial.as_deref()), (Some(3), Some(3), Some("SN-9")));
    assert!(
        found.kept()[1].sentence().contains("stands with serial `SN-3` instead of `SN-9`"),
        "{}",
        found.kept()[1]
    );
    assert_eq!(found.total(), 2);
}

#[tokio::test]
async fn a_job_that_is_gone_is_missed_though_nothing_stands_of_it() {
    let place = Place::with_jobs(1).await;
    let id = place.jobs[0];
    let mut writing = place.store.write().await.unwrap();
    record(&mut writing, id, 1, LabelOutcome::Failed, 1..=2).await;
    labels::release_given_up(&mut writing, id, now()).await.unwrap();
    sqlx::query("DELETE FROM jobs").execute(&mut *writing).await.unwrap();
    assert_eq!(codes(&mut writing, None).await, ["job_gone"]);
}

#[tokio::test]
async fn what_is_no_text_is_a_finding_and_no_failure() {
    let place = Place::with_jobs(1).await;
    let id = place.jobs[0];
    let mut writing = place.store.write().await.unwrap();
    record(&mut writing, id, 1, LabelOutcome::Printed, 1..=2).await;
    writing.commit().await.unwrap();
    for change in [
        "UPDATE ledger SET seal = CAST(x'ff' AS TEXT)",
        "UPDATE labels SET job_id = CAST(x'ff' AS TEXT) WHERE label_index = 1",
        "UPDATE jobs SET id = CAST(x'ff' AS TEXT)",
    ] {
        let mut writing = place.store.write().await.unwrap();
        sqlx::query("PRAGMA defer_foreign_keys = ON").execute(&mut *writing).await.unwrap();
        sqlx::query(change).execute(&mut *writing).await.unwrap();
        assert!(codes(&mut writing, None).await.contains(&"unreadable"), "{change}");
        writing.rollback().await.unwrap();
    }
}

/// Whoever may write the database can compute every seal anew; a head kept elsewhere tells.
#[tokio::test]
async fn only_a_head_kept_elsewhere_tells_of_an_end_cut_off_without_a_trace() {
    let place = Place::with_jobs(1).await;
    let id = place.jobs[0];
    let mut writing = place.store.write().await.unwrap();
    record(&mut writing, id, 1, LabelOutcome::Printed, 1..=3).await;
    let kept = head(&mut writing).await.unwrap();
    for statement in [
        "DELETE FROM ledger WHERE number = 3",
        "DELETE FROM labels WHERE entry = 3",
        "UPDATE jobs SET printed = 2, recorded = 2",
    ] {
        sqlx::query(statement).execute(&mut *writing).await.unwrap();
    }
    assert_eq!(codes(&mut writing, None).await, [""; 0]);
    assert_eq!(codes(&mut writing, Some(&kept)).await, ["cut_off"]);
    record(&mut writing, id, 2, LabelOutcome::Printed, 3..=4).await;
    assert_eq!(codes(&mut writing, None).await, [""; 0]);
    assert_eq!(codes(&mut writing, Some(&kept)).await, ["rewritten"]);
    assert_eq!(codes(&mut writing, Some(&Head::empty())).await, [""; 0]);
}

/// Something that is recorded.
#[derive(Debug, Clone)]
enum Act {
    Record { job: usize, first: i64, more: i64, outcome: LabelOutcome },
    Resolve { job: usize, label: i64, printed: bool },
    Release { job: usize },
}

fn act() -> impl Strategy<Value = Act> {
    let outcome = prop_oneof![
        3 => Just(LabelOutcome::Printed),
        2 => Just(LabelOutcome::Unconfirmed),
        1 => Just(LabelOutcome::Failed),
        1 => Just(LabelOutcome::Cancelled),
    ];
    prop_oneof![
        6 => (0..2_usize, 1..=QUANTITY, 0..4_i64, outcome)
            .prop_map(|(job, first, more, outcome)| Act::Record { job, first, more, outcome }),
        2 => (0..2_usize, 1..=QUANTITY, any::<bool>())
            .prop_map(|(job, label, printed)| Act::Resolve { job, label, printed }),
        1 => (0..2_usize).prop_map(|job| Act::Release { job }),
    ]
}

async fn carry_out(writing: &mut Writing, jobs: &[JobId], act: &Act) {
    match *act {
        Act::Record { job, first, more, outcome } => {
            record(writing, jobs[job], 1, outcome, first..=(first + more).min(QUANTITY)).await;
        }
        Act::Resolve { job, label, printed } => {
            labels::resolve(writing, jobs[job], &[label], printed, now()).await.unwrap();
        }
        Act::Release { job } => labels::release_given_up(writing, jobs[job], now()).await.unwrap(),
    }
}

/// `PROPTEST_CASES=1000` plays more histories than the usual run.
fn config() -> ProptestConfig {
    let usual = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_some() { usual } else { ProptestConfig { cases: 16, ..usual } }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn whatever_is_changed_behind_its_back_is_found(
        acts in proptest::collection::vec(act(), 1..12),
        changes in proptest::collection::vec(tampering(), 24),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let place = Place::with_jobs(2).await;
            let mut writing = place.store.write().await.unwrap();
            for act in &acts {
                carry_out(&mut writing, &place.jobs, act).await;
            }
            writing.commit().await.unwrap();
            for change in &changes {
                let mut writing = place.store.write().await.unwrap();
                assert_eq!(codes(&mut writing, None).await, [""; 0], "untouched: {acts:?}");
                // What the database itself would refuse is tried as well.
                run(&mut writing, "PRAGMA ignore_check_constraints = ON".to_owned()).await.unwrap();
                run(&mut writing, "PRAGMA defer_foreign_keys = ON".to_owned()).await.unwrap();
                if tamper(&mut writing, change).await {
                    assert!(!codes(&mut writing, None).await.is_empty(), "{change:?} after {acts:?}");
                }
                writing.rollback().await.unwrap();
            }
        });
    }
}
