//! A folder with a configuration, the binary called in it, and a service that runs from it.

use platen::simulator::{SimulatedZebra, SimulatorOptions};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_platen");
const SOON: Duration = Duration::from_secs(60);

/// No service listens here. A port that was free a moment ago may be that of the next test's.
pub const NOBODY_LISTENS: &str = "127.0.0.1:1";

/// A printer of its own in each test.
pub async fn printer(serial: &str) -> SimulatedZebra {
    let options = SimulatorOptions { serial: serial.to_owned(), ..SimulatorOptions::fast() };
    SimulatedZebra::start(options).await.unwrap()
}

/// Where a test's platen lives.
pub struct Place {
    pub folder: TempDir,
    /// What the service listens on, once it runs.
    listen: Option<String>,
}

impl Place {
    /// A configuration with these printers by name and address.
    pub fn new(printers: &[(&str, String)]) -> Self {
        Self::with_configuration(printers, "")
    }

    /// With more lines of configuration behind them.
    pub fn with_configuration(printers: &[(&str, String)], more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let templates = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("zpl_templates");
        let mut text = format!(
            "[server]\nlisten = \"127.0.0.1:0\"\n[store]\nurl = \"sqlite://{}\"\n[templates]\ndir = \"{}\"\n",
            folder.path().join("platen.db").display(),
            templates.display()
        );
        for (name, address) in printers {
            text.push_str(&format!(
                "[[printers]]\nname = \"{name}\"\naddress = \"tcp://{address}\"\npools = [\"line\"]\n"
            ));
        }
        text.push_str(more);
        std::fs::write(folder.path().join("platen.toml"), text).unwrap();
        Self { folder, listen: None }
    }

    /// Writes a file into the folder and returns its path.
    pub fn write(&self, name: &str, text: &str) -> String {
        let file = self.folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        file.display().to_string()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command.args(arguments).current_dir(self.folder.path()).env_remove("RUST_LOG");
        command.env_remove("PLATEN_API_KEY");
        if let Some(listen) = &self.listen {
            command.env("PLATEN_SERVER__LISTEN", listen);
        }
        command
    }

    /// Calls platen and waits for its end, while the simulated printer goes on in this process.
    pub fn call(&self, arguments: &[&str]) -> Said {
        self.call_with(arguments, &[])
    }

    /// With these variables in the environment.
    pub fn call_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Said {
        let mut command = assert_cmd::Command::from_std(self.command(arguments));
        command.envs(environment.iter().copied()).timeout(SOON);
        Said(tokio::task::block_in_place(|| command.output()).unwrap())
    }

    /// Starts a call whose lines on stdout are read while it runs.
    pub fn start(&self, arguments: &[&str]) -> Started {
        let mut child = self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let (said, heard) = mpsc::channel();
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                let _ = said.send(line);
            }
        });
        Started { process: Running(child), heard }
    }

    /// Starts `platen serve` and waits until it says where it listens.
    pub fn serve(&mut self) -> Running {
        let mut child = self.command(&["serve"]).stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let service = Running(child);
        let (found, address) = mpsc::channel();
        // Read to the end: a full pipe would stop the service.
        std::thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                let entry: Value = serde_json::from_str(&line).unwrap_or_default();
                if let Some(address) = entry["address"].as_str() {
                    let _ = found.send(address.trim_start_matches("http://").to_owned());
                }
            }
        });
        let listen = tokio::task::block_in_place(|| address.recv_timeout(SOON));
        self.listen = Some(listen.expect("the service did not start"));
        service
    }
}

/// As when the journal or the terminal behind it has gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_whose_log_nobody_reads_any_more_stops_when_it_is_told() {
    let place = Place::new(&[]);
    let mut child = place.command(&["serve"]).stderr(Stdio::piped()).spawn().unwrap();
    let log = BufReader::new(child.stderr.take().unwrap());
    let listens = log.lines().map_while(Result::ok).any(|line| line.contains("\"address\""));
    assert!(listens, "the reader ends here, and closes the log");
    let id = Pid::from_child(&child);
    kill_process(id, Signal::TERM).unwrap();
    let (ended, end) = mpsc::channel();
    std::thread::spawn(move || ended.send(child.wait()));
    let end = tokio::task::block_in_place(|| end.recv_timeout(SOON));
    if end.is_err() {
        kill_process(id, Signal::KILL).unwrap();
    }
    assert!(end.expect("it stops").unwrap().success());
}

/// A call that runs.
pub struct Started {
    process: Running,
    heard: mpsc::Receiver<String>,
}

impl Started {
    /// Waits for a line with these words.
    pub fn says(&self, words: &str) -> String {
        tokio::task::block_in_place(|| {
            loop {
                let line =
                    self.heard.recv_timeout(SOON).unwrap_or_else(|_| panic!("it never said `{words}`"));
                if line.contains(words) {
                    return line;
                }
            }
        })
    }

    /// Its exit code, when it ends.
    pub fn ends(mut self) -> Option<i32> {
        tokio::task::block_in_place(|| self.process.0.wait()).unwrap().code()
    }
}

/// A process of a test; ends with it.
pub struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a call said and how it ended.
pub struct Said(Output);

impl Said {
    pub fn code(&self) -> Option<i32> {
        self.0.status.code()
    }

    pub fn stdout(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    pub fn stderr(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    /// Stdout of a call that must succeed.
    #[track_caller]
    pub fn succeeds(self) -> String {
        assert_eq!(self.code(), Some(0), "{}{}", self.stdout(), self.stderr());
        self.stdout()
    }

    /// The one sentence of a call that must fail so.
    #[track_caller]
    pub fn fails(self, code: i32) -> String {
        let stderr = self.stderr();
        assert_eq!(self.code(), Some(code), "{}{stderr}", self.stdout());
        assert!(stderr.starts_with("platen: "), "{stderr}");
        stderr
    }

    #[track_caller]
    pub fn json(self) -> Value {
        serde_json::from_str(&self.succeeds()).unwrap()
    }
}
