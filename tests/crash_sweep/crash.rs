//! One crash: a job, a blow at an exact place, a new start, and the paper counted afterwards.

use crate::harness::{PATIENCE, Place, Service, job, job_of, serial, serials_on_paper};
use crate::postgres::Postgres;
use crate::recipe::{At, Blow, Evidence, Printer, Recipe};
use crate::tap::Tap;
use platen::simulator::{SimulatedZebra, SimulatorOptions};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// The printer has no power for so long.
const POWER_OFF: Duration = Duration::from_millis(100);
/// A stream that is shorter than the recipe says is struck at its end.
const STREAM_ENDS_WITHIN: Duration = Duration::from_secs(3);

const SHORT_LABEL: &str = "^XA^FO24,24^A0N,30,30^FH_^FD{{ serial }}^FS^XZ";
const SHORT_MANIFEST: &str = "title = 'Short'\nwidth_mm = 57\nheight_mm = 32\ndpmm = 8\n\
    [fields.product]\n[fields.code]\n[fields.serial]\n";

/// Serials of the labels by which a printer's pace becomes known; no job is as long.
const KNOWN_BY: std::ops::RangeInclusive<usize> = 9_001..=9_040;

/// What a crash cost, where nothing was lost and nothing doubled.
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    pub unconfirmed: usize,
    /// From the new start of the process to the first byte of the next label.
    pub to_first_byte: Option<Duration>,
    /// The part of it in which the printer still printed what it had.
    pub busy: Option<Duration>,
    /// From the new start of the process until it listens.
    pub to_listening: Option<Duration>,
}

/// Plays one crash. The error says what is wrong on the paper or in what people are told.
pub async fn play(recipe: Recipe, postgres: Option<Arc<Postgres>>) -> Result<Outcome, String> {
    let zebra = Arc::new(printer(recipe).await);
    let _told = told_on_panic(&zebra);
    let tap = Tap::start(zebra.address(), recipe.hang_up).await;
    let json = if recipe.evidence == Evidence::Json { zebra.json_address() } else { None };
    let place = match &postgres {
        Some(postgres) => Place::on(new_database(postgres).await, tap.address, json),
        None => Place::at(tap.address, json),
    };
    if matches!(recipe.at, At::Byte(_)) {
        print_short_labels(&place);
    }
    let mut service = place.start().await;
    if recipe.printer == Printer::Known {
        let id = service.submit(&job_of(&KNOWN_BY.collect::<Vec<_>>())).await;
        service.wait_for_end(&id).await;
        tap.begin_anew();
    }
    let (striker, mut struck) = mpsc::unbounded_channel();
    let blow = blow(recipe.blow, &zebra, service.process_id(), striker);
    let whole_job = job(recipe.labels);
    let id = match recipe.at {
        At::Byte(bytes) => {
            tap.arm(bytes, Box::new(blow));
            service.try_submit(&whole_job).await
        }
        At::Label(labels) => {
            let paper = zebra.follow_paper();
            let id = service.submit(&whole_job).await;
            if labels == 0 {
                blow();
            } else {
                tokio::spawn(strike_at_label(paper, labels, blow));
            }
            Some(id)
        }
    };
    let patience = if matches!(recipe.at, At::Byte(_)) { STREAM_ENDS_WITHIN } else { PATIENCE };
    if tokio::time::timeout(patience, struck.recv()).await.is_err() {
        match tap.disarm() {
            Some(blow) => blow(),
            None => return Err("the place was not reached".to_owned()),
        }
    }
    let mut outcome = Outcome { unconfirmed: 0, to_first_byte: None, busy: None, to_listening: None };
    let started = Instant::now();
    let prints = note_when_it_prints(&zebra);
    if recipe.kills() {
        tap.begin_anew();
        drop(service);
        service = place.start().await;
        outcome.to_listening = Some(started.elapsed());
    }
    let id = match id {
        Some(id) => id,
        // It may have ended between the commit and its answer.
        None => service.try_submit(&whole_job).await.ok_or("the job cannot be submitted again")?,
    };
    let settled = settle(&service, &id).await;
    if recipe.kills()
        && let Some(first_byte_at) = tap.first_label_at()
    {
        outcome.to_first_byte = Some(first_byte_at - started);
        let prints = prints.lock().unwrap_or_else(PoisonError::into_inner);
        let last = prints.iter().rfind(|at| **at <= first_byte_at);
        outcome.busy = Some(last.map_or(Duration::ZERO, |at| *at - started));
    }
    outcome.unconfirmed = judge_paper(recipe.labels, recipe.most_unconfirmed(), &zebra, &settled)?;
    answer_from_the_table(&service, &zebra, &id, recipe.labels).await?;
    Ok(outcome)
}

/// Tells how the printer is when something is waited for in vain.
pub fn told_on_panic(zebra: &Arc<SimulatedZebra>) -> ToldOnPanic {
    ToldOnPanic(Arc::clone(zebra))
}

pub struct ToldOnPanic(Arc<SimulatedZebra>);

impl Drop for ToldOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let connects = std::net::TcpStream::connect(self.0.address()).map(|_| ());
            eprintln!("the printer at {}: connecting {connects:?}; {:?}", self.0.address(), self.0.state());
        }
    }
}

/// The sweep over all bytes ends sooner so; a label begins with the same commands as any other, and holds one value.
fn print_short_labels(place: &Place) {
    let folder = place.own_template("mo_label");
    let sample = json!({"labels": [{"serial": serial(1)}]}).to_string();
    for (name, text) in
        [("label.zpl", SHORT_LABEL), ("template.toml", SHORT_MANIFEST), ("sample.json", &sample)]
    {
        std::fs::write(folder.join(name), text).expect("the template is written");
    }
}

/// A database of its own on a server that all crashes share.
pub async fn new_database(postgres: &Arc<Postgres>) -> String {
    let postgres = Arc::clone(postgres);
    let made = tokio::task::spawn_blocking(move || {
        let name = format!("crash_{}", uuid::Uuid::now_v7().simple());
        postgres.sql(&format!("CREATE DATABASE {name}"));
        postgres.url_of("platen", &name)
    });
    made.await.expect("a database")
}

/// Notes the moment of each piece of paper from now on.
fn note_when_it_prints(zebra: &Arc<SimulatedZebra>) -> Arc<Mutex<Vec<Instant>>> {
    let moments = Arc::new(Mutex::new(Vec::new()));
    let (noted, mut paper) = (Arc::clone(&moments), zebra.follow_paper());
    tokio::spawn(async move {
        while paper.recv().await.is_ok() {
            noted.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
        }
    });
    moments
}

async fn printer(recipe: Recipe) -> SimulatedZebra {
    let mut options = SimulatorOptions::fast();
    options.knobs.boot_s = 0.1;
    options.knobs.label_counter_present = recipe.evidence != Evidence::Blind;
    options.knobs.print_speed_present = recipe.printer == Printer::Told;
    // About 10 ms a label: slow enough to be struck between two of them.
    options.model.speed_ips = 140.0;
    SimulatedZebra::start(options).await.expect("the simulated printer starts")
}

fn blow(
    blow: Blow,
    zebra: &Arc<SimulatedZebra>,
    service: Pid,
    struck: mpsc::UnboundedSender<()>,
) -> impl FnOnce() + Send + 'static {
    let zebra = Arc::clone(zebra);
    move || {
        if blow != Blow::Power {
            kill_process(service, Signal::KILL).expect("the service is killed");
        }
        if blow != Blow::Kill {
            zebra.power_cycle(POWER_OFF);
        }
        let _ = struck.send(());
    }
}

async fn strike_at_label(
    mut paper: tokio::sync::broadcast::Receiver<platen::simulator::PrintedLabel>,
    labels: usize,
    blow: impl FnOnce(),
) {
    let mut whole = 0;
    while let Ok(label) = paper.recv().await {
        whole += usize::from(label.is_whole_label());
        if whole == labels {
            return blow();
        }
    }
}

/// Waits until every label has an outcome, or the job is held.
pub async fn settle(service: &Service, id: &str) -> Value {
    let is_settled = |job: &Value| {
        let unconfirmed = job["unconfirmed"].as_array().map_or(0, Vec::len) as i64;
        is_held(job).is_some() || job["current_label"].as_i64().unwrap_or(0) + unconfirmed == job["quantity"]
    };
    service.wait_for(id, "an outcome for each label", is_settled).await
}

/// What a job is held for, if it is.
fn is_held(job: &Value) -> Option<&str> {
    let codes = ["foreign_labels", "counter_contradiction", "wrong_printer", "job_expired"];
    job["attention"]["code"].as_str().filter(|code| codes.contains(code))
}

/// Counts the paper. Answers how many labels are a question.
pub fn judge_paper(
    labels: usize,
    most_unconfirmed: usize,
    zebra: &SimulatedZebra,
    job: &Value,
) -> Result<usize, String> {
    let unconfirmed: Vec<usize> = job["unconfirmed"]
        .as_array()
        .map(|list| list.iter().filter_map(|label| usize::try_from(label.as_i64()?).ok()).collect())
        .unwrap_or_default();
    let counts = serials_on_paper(&zebra.paper());
    let mut wrong = Vec::new();
    for index in 1..=labels {
        let on_paper = counts.get(&serial(index)).copied().unwrap_or(0);
        match (on_paper, unconfirmed.contains(&index)) {
            (1, _) | (0, true) => {}
            (0, false) => wrong.push(format!("label {index} is lost in silence")),
            (count, _) => wrong.push(format!("label {index} is {count} times on paper")),
        }
    }
    if unconfirmed.len() > most_unconfirmed {
        wrong.push(format!("{unconfirmed:?} are unconfirmed, at most {most_unconfirmed}"));
    }
    wrong.extend(is_held(job).map(|code| format!("the job is held with {code}")));
    if wrong.is_empty() { Ok(unconfirmed.len()) } else { Err(wrong.join("; ")) }
}

/// A person looks at the table and answers; then each label is there once.
pub async fn answer_from_the_table(
    service: &Service,
    zebra: &SimulatedZebra,
    id: &str,
    labels: usize,
) -> Result<(), String> {
    let job = service.status(id).await;
    let unconfirmed = job["unconfirmed"].as_array().cloned().unwrap_or_default();
    let counts = serials_on_paper(&zebra.paper());
    for label in &unconfirmed {
        let index = usize::try_from(label.as_i64().unwrap_or(0)).unwrap_or(0);
        let answer = json!({"labels": index.to_string(), "printed": counts.contains_key(&serial(index))});
        let (status, said) = service.post(&format!("/api/jobs/{id}/resolve"), &answer).await;
        if !status.is_success() {
            return Err(format!("an answer about label {index} is refused: {said}"));
        }
    }
    let end = service.wait_for_end(id).await;
    let counts = serials_on_paper(&zebra.paper());
    let wrong: Vec<String> =
        (1..=labels).map(serial).filter(|serial| counts.get(serial) != Some(&1)).collect();
    if end["status"] != "completed" || !wrong.is_empty() {
        return Err(format!("after the answers the job is {}, not once on paper: {wrong:?}", end["status"]));
    }
    Ok(())
}

/// Plays one as a task, so that what it waits for in vain is one more finding.
pub async fn guarded<T: Send + 'static>(
    play: impl Future<Output = Result<T, String>> + Send + 'static,
) -> Result<T, String> {
    let played = tokio::spawn(tokio::time::timeout(PATIENCE + PATIENCE, play));
    match played.await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err("it did not come to an end".to_owned()),
        Err(error) => Err(match error.try_into_panic() {
            Ok(words) => words
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| words.downcast_ref::<&str>().map(|words| (*words).to_owned()))
                .unwrap_or_else(|| "it panicked".to_owned()),
            Err(error) => error.to_string(),
        }),
    }
}
