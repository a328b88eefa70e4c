//! A running service: signals, requests, and what its live stream tells.

use super::place::Ground;
use super::service_log::ServiceLog;
use super::{KEY, PATIENCE};
use futures_util::StreamExt;
use reqwest::{Client, Method, Response, StatusCode};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::sync::Arc;
use tokio::process::Child;

/// A running service.
pub struct Service {
    child: Child,
    log: ServiceLog,
    _ground: Arc<Ground>,
    pub base: String,
    pub http: Client,
}

impl Service {
    /// This process, once it listens. What it stands on outlives it.
    pub async fn listening(mut child: Child, ground: Arc<Ground>) -> Self {
        let stderr = child.stderr.take().expect("its log");
        let (log, base) = ServiceLog::until_it_listens(stderr).await;
        // A second installation is refused and changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // A connection kept for later may be closed by the service just when it is used again.
        let http = Client::builder().pool_max_idle_per_host(0).build().expect("a client");
        Self { child, log, _ground: ground, base, http }
    }

    /// Waits until its log has these words.
    pub async fn until_it_says(&self, words: &str) {
        tokio::time::timeout(PATIENCE, self.log.until_it_says(words)).await.expect(words);
    }

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
