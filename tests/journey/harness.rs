//! The verbs of the journeys: start and kill a service, submit jobs, wait for what the service tells.

use self::service_log::ServiceLog;
use crate::postgres::Postgres;
use futures_util::StreamExt;
use platen::simulator::{PrintedLabel, SimulatedZebra, SimulatorOptions};
use reqwest::{Client, Method, Response, StatusCode};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use uuid::Uuid;

#[path = "service_log.rs"]
mod service_log;

pub const KEY: &str = "journey-key";
/// Long enough for a loaded machine; a journey that works never comes near it.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A fast simulated printer.
pub async fn printer() -> SimulatedZebra {
    SimulatedZebra::start(SimulatorOptions::fast()).await.expect("the simulated printer starts")
}

/// A simulated printer slow enough to be interrupted: about `labels_per_second` labels of 32 mm.
pub async fn slow_printer(labels_per_second: f64) -> SimulatedZebra {
    let mut options = SimulatorOptions::fast();
    options.model.speed_ips = labels_per_second * 35.0 / 25.4;
    SimulatedZebra::start(options).await.expect("the simulated printer starts")
}

thread_local! {
    static ON_POSTGRES: Cell<bool> = const { Cell::new(false) };
}

/// Plays a journey on PostgreSQL: each runs on a thread of its own, and its places ask here.
pub fn on_postgres(journey: fn()) {
    ON_POSTGRES.set(true);
    journey();
}

/// What outlives services: a folder, and the database in it or beside it.
struct Ground {
    folder: TempDir,
    postgres: Option<Postgres>,
    /// A database elsewhere.
    url: Option<String>,
}

/// A folder with a database that outlives the services which use it.
pub struct Place {
    ground: Arc<Ground>,
    instance: String,
    printers: Vec<(String, String, Option<String>)>,
    dpmm: u32,
    environment: Vec<(&'static str, PathBuf)>,
    /// Further lines of each printer's section.
    more: String,
    /// Further lines of one printer's section, by its name.
    alone: Vec<(&'static str, String)>,
}

impl Place {
    pub fn with_printer(zebra: &SimulatedZebra) -> Self {
        Self::at(zebra.address(), zebra.json_address())
    }

    /// A printer at this address, with its second channel where there is one.
    pub fn at(address: SocketAddr, json: Option<SocketAddr>) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("data")).expect("a folder for the database");
        let postgres = ON_POSTGRES.get().then(Postgres::start);
        Self {
            ground: Arc::new(Ground { folder, postgres, url: None }),
            instance: "one".to_owned(),
            printers: vec![("line-a".to_owned(), address.to_string(), json.map(|json| json.to_string()))],
            dpmm: 8,
            environment: Vec::new(),
            more: String::new(),
            alone: Vec::new(),
        }
    }

    /// A printer at this address; what is durable is in the database of this URL.
    pub fn on(url: String, address: SocketAddr, json: Option<SocketAddr>) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let ground = Ground { folder, postgres: None, url: Some(url) };
        Self { ground: Arc::new(ground), ..Self::at(address, json) }
    }

    /// Services here are started with this in their environment.
    pub fn with_environment(mut self, name: &'static str, value: PathBuf) -> Self {
        self.environment.push((name, value));
        self
    }

    pub fn environment(&self) -> &[(&'static str, PathBuf)] {
        &self.environment
    }

    pub fn folder(&self) -> &Path {
        self.ground.folder.path()
    }

    /// The same printer without its second channel: everything goes over the raw connection.
    pub fn with_raw_printer(zebra: &SimulatedZebra) -> Self {
        let mut place = Self::with_printer(zebra);
        place.printers[0].2 = None;
        place
    }

    /// The same printers and the same database, seen by another instance.
    pub fn instance(&self, name: &str) -> Self {
        Self {
            ground: Arc::clone(&self.ground),
            instance: name.to_owned(),
            printers: self.printers.clone(),
            dpmm: self.dpmm,
            environment: self.environment.clone(),
            more: self.more.clone(),
            alone: self.alone.clone(),
        }
    }

    /// The same printer with another print head.
    pub fn with_dpmm(mut self, dpmm: u32) -> Self {
        self.dpmm = dpmm;
        self
    }

    /// The same printer with one more line in its configuration.
    pub fn configured(mut self, line: &str) -> Self {
        self.more += &format!("{line}\n");
        self
    }

    /// One printer with one more line in its configuration.
    pub fn configured_alone(mut self, name: &'static str, line: &str) -> Self {
        self.alone.push((name, format!("{line}\n")));
        self
    }

    fn config(&self) -> String {
        let own = self.ground.folder.path().join("templates");
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("zpl_templates");
        let templates = if own.exists() { own } else { shipped };
        let mut text = format!(
            "[server]\nlisten = \"127.0.0.1:0\"\ninstance = \"{}\"\n[store]\nurl = \"{}\"\n[templates]\ndir = \"{}\"\n",
            self.instance,
            self.store_url(),
            templates.display()
        );
        for (name, address, status) in &self.printers {
            text += &format!(
                "[[printers]]\nname = \"{name}\"\naddress = \"tcp://{address}\"\npools = [\"line\"]\ndpmm = {}\n",
                self.dpmm
            );
            if let Some(status) = status {
                text += &format!("status_address = \"tcp://{status}\"\n");
            }
            text += &self.more;
            self.alone.iter().filter(|(whose, _)| whose == name).for_each(|(_, line)| text += line);
        }
        text
    }

    fn config_file(&self) -> PathBuf {
        self.ground.folder.path().join(format!("{}.toml", self.instance))
    }

    /// Starts the service and waits until it listens.
    pub async fn start(&self) -> Service {
        let file = self.config_file();
        std::fs::write(&file, self.config()).expect("the configuration is written");
        let mut child = Command::new(env!("CARGO_BIN_EXE_platen"))
            .args(["serve", "--config"])
            .arg(&file)
            .env("PLATEN_API_KEY", KEY)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .env("RUST_LOG", std::env::var("JOURNEY_LOG").unwrap_or_else(|_| "info".to_owned()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the service starts");
        let stderr = child.stderr.take().expect("its log");
        let (log, base) = ServiceLog::until_it_listens(stderr).await;
        // A second installation is refused and changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // A connection kept for later may be closed by the service just when it is used again.
        let http = Client::builder().pool_max_idle_per_host(0).build().expect("a client");
        Service { child, _log: log, _ground: Arc::clone(&self.ground), base, http }
    }

    /// Another printer of the same pool, `line-b`.
    pub fn and_printer(mut self, zebra: &SimulatedZebra) -> Self {
        let json = zebra.json_address().map(|address| address.to_string());
        self.printers.push(("line-b".to_owned(), zebra.address().to_string(), json));
        self
    }

    /// The folder of a template of its own, which alone are served from the next start on.
    pub fn own_template(&self, name: &str) -> PathBuf {
        let folder = self.ground.folder.path().join("templates").join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    /// Templates of its own from the next start on: those that ship, with this text changed in `mo_label`.
    pub fn change_template(&self, from: &str, to: &str) {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("zpl_templates/mo_label");
        let own = self.own_template("mo_label");
        for name in ["label.zpl", "template.toml", "sample.json"] {
            let text = std::fs::read_to_string(shipped.join(name)).expect("a template");
            std::fs::write(own.join(name), text.replace(from, to)).expect("the template is written");
        }
    }

    /// A command beside the running service, as a person types it; answers what it says on success.
    pub async fn call(&self, service: &Service, arguments: &[&str]) -> String {
        let listen = service.base.trim_start_matches("http://");
        let output = Command::new(env!("CARGO_BIN_EXE_platen"))
            .args(arguments)
            .arg("--config")
            .arg(self.config_file())
            .env("PLATEN_API_KEY", KEY)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .env("PLATEN_SERVER__LISTEN", listen)
            .env_remove("RUST_LOG")
            .output()
            .await
            .expect("the command runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
        said
    }

    /// Nothing that was recorded of labels is altered, and all that stands of them is recorded.
    pub async fn assert_history_is_whole(&self, service: &Service) {
        let said = self.call(service, &["history", "verify"]).await;
        assert!(said.contains("as it was recorded"), "{said}");
    }

    /// The server of a journey on PostgreSQL.
    pub fn postgres(&self) -> &Postgres {
        self.ground.postgres.as_ref().expect("a journey on PostgreSQL")
    }

    fn store_url(&self) -> String {
        match (&self.ground.url, &self.ground.postgres) {
            (Some(url), _) => url.clone(),
            (None, Some(postgres)) => postgres.url(),
            (None, None) => format!("sqlite://{}", self.database().display()),
        }
    }

    pub fn database(&self) -> PathBuf {
        self.data().join("platen.db")
    }

    /// The folder of the database.
    pub fn data(&self) -> PathBuf {
        self.ground.folder.path().join("data")
    }
}

/// A running service.
pub struct Service {
    child: Child,
    _log: ServiceLog,
    _ground: Arc<Ground>,
    pub base: String,
    pub http: Client,
}

impl Service {
    /// For a signal at an exact moment.
    pub fn process_id(&self) -> Pid {
        let id = i32::try_from(self.child.id().expect("it runs")).expect("a process id");
        Pid::from_raw(id).expect("a process id")
    }

    /// Ends it as a power cut would.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("the service is killed");
    }

    /// Stops its time, as a host does that is suspended.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on as if nothing had been.
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        kill_process(self.process_id(), signal).expect("the signal is sent");
    }

    /// Asks it to stop, and waits until it has.
    pub async fn stop(mut self) {
        self.signal(Signal::TERM);
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it stops in time");
        assert!(ended.expect("its status").success(), "a stop is no failure");
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Response {
        self.send_as(KEY, method, path, body).await
    }

    /// With a key of one's own.
    pub async fn send_as(&self, key: &str, method: Method, path: &str, body: Option<&Value>) -> Response {
        let request = self.http.request(method, format!("{}{path}", self.base)).bearer_auth(key);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        request.send().await.expect("the service answers")
    }

    pub async fn get(&self, path: &str) -> Value {
        let answer = self.send(Method::GET, path, None).await;
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.expect("JSON")
    }

    pub async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        let answer = self.send(Method::POST, path, Some(body)).await;
        (answer.status(), answer.json().await.expect("JSON"))
    }

    /// Submits a job that must be accepted; answers its id.
    pub async fn submit(&self, job: &Value) -> String {
        let (status, answer) = self.post("/api/jobs", job).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
        answer["job_id"].as_str().expect("an id").to_owned()
    }

    /// Submits a job to a service that may end before it answers; the same body again is the same job.
    pub async fn try_submit(&self, job: &Value) -> Option<String> {
        let request = self.http.post(format!("{}/api/jobs", self.base)).bearer_auth(KEY).json(job);
        let answer = request.send().await.ok()?;
        let status = answer.status();
        let answer: Value = answer.json().await.ok()?;
        assert!(status.is_success(), "{answer}");
        answer["job_id"].as_str().map(str::to_owned)
    }

    pub async fn status(&self, id: &str) -> Value {
        self.get(&format!("/api/status/{id}")).await
    }

    /// Follows the live stream until the job is as wanted; answers its status then.
    pub async fn wait_for(&self, id: &str, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let stream = self.send(Method::GET, "/api/events", None).await;
        let now = self.status(id).await;
        if is_it(&now) {
            return now;
        }
        let is_this = |event: &Value| (event["job_id"] == id || event["uuid"] == id) && is_it(event);
        let found = tokio::time::timeout(PATIENCE, first_event(stream, &is_this)).await;
        match found {
            Ok(found) => found,
            Err(_) => panic!("waited for {what}; the job is {}", self.status(id).await),
        }
    }

    /// Follows the live stream until the printer is as wanted; answers it then.
    pub async fn wait_for_printer(&self, is_it: impl Fn(&Value) -> bool) -> Value {
        let stream = self.send(Method::GET, "/api/events", None).await;
        let now = self.get("/api/printers/line-a").await;
        if is_it(&now) {
            return now;
        }
        let is_this = |event: &Value| event["name"] == "line-a" && is_it(event);
        match tokio::time::timeout(PATIENCE, first_event(stream, &is_this)).await {
            Ok(found) => found,
            Err(_) => panic!("the printer is {}", self.get("/api/printers/line-a").await),
        }
    }

    pub async fn wait_for_end(&self, id: &str) -> Value {
        self.wait_for(id, "the end", |job| !matches!(job["status"].as_str(), Some("queued" | "printing")))
            .await
    }
}

async fn first_event(stream: Response, is_it: impl Fn(&Value) -> bool) -> Value {
    let mut bytes = stream.bytes_stream();
    let mut text = String::new();
    while let Some(Ok(chunk)) = bytes.next().await {
        text.push_str(&String::from_utf8_lossy(&chunk));
        while let Some(end) = text.find("\n\n") {
            let frame: String = text.drain(..end + 2).collect();
            let data = frame.lines().find_map(|line| line.strip_prefix("data: ")).unwrap_or("null");
            let event: Value = serde_json::from_str(data).expect("the stream carries JSON");
            if is_it(&event) {
                return event;
            }
        }
    }
    panic!("the live stream ended");
}

/// A job of serials SN-00001 … on `line-a`.
pub fn job(quantity: usize) -> Value {
    job_of(&(1..=quantity).collect::<Vec<_>>())
}

/// A job of just these serials.
pub fn job_of(serials: &[usize]) -> Value {
    let labels: Vec<Value> = serials.iter().map(|index| json!({"serial": serial(*index)})).collect();
    json!({
        "uuid": Uuid::now_v7(), "template": "mo_label", "printer": "line-a", "job_type": "mo_split",
        "submitted_by": "Marc Demo", "mo": {"id": 42, "name": "WH/MO/00042-001"},
        "data": {"product": "Desk Combination", "code": "FURN_7800"}, "labels": labels,
    })
}

pub fn serial(index: usize) -> String {
    format!("SN-{index:05}")
}

/// The serial that stands on a piece of paper.
pub fn serial_on(label: &PrintedLabel) -> String {
    label.texts.iter().find(|text| text.starts_with("SN-")).expect("a serial on each label").clone()
}

/// How often each serial stands on a whole piece of paper.
pub fn serials_on_paper(paper: &[PrintedLabel]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for label in paper.iter().filter(|label| label.is_whole_label()) {
        *counts.entry(serial_on(label)).or_insert(0) += 1;
    }
    counts
}

/// The paper less the labels of one serial.
pub fn without(paper: &[PrintedLabel], index: usize) -> Vec<PrintedLabel> {
    paper.iter().filter(|label| serial_on(label) != serial(index)).cloned().collect()
}

/// Every serial from 1 to `quantity` on paper, exactly once.
pub fn assert_each_once(paper: &[PrintedLabel], quantity: usize) {
    let counts = serials_on_paper(paper);
    let missing: Vec<String> =
        (1..=quantity).map(serial).filter(|serial| !counts.contains_key(serial)).collect();
    let repeated: Vec<_> = counts.iter().filter(|(_, count)| **count > 1).collect();
    assert!(missing.is_empty() && repeated.is_empty(), "missing {missing:?}, more than once {repeated:?}");
}
