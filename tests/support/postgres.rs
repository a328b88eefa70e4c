//! A PostgreSQL of one's own: made, started and thrown away by the test that uses it.
#![allow(dead_code, reason = "each program of tests uses its part")]

use rustix::process::{Pid, Signal, kill_process};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const STARTS_WITHIN: Duration = Duration::from_secs(30);

/// A server that listens on a socket in its own folder, and nowhere else.
pub struct Postgres {
    folder: TempDir,
    programs: PathBuf,
    server: Mutex<Option<Child>>,
}

impl Postgres {
    /// Makes a cluster and starts it.
    pub fn start() -> Self {
        // In /tmp: a socket's path may hold 107 bytes, and PostgreSQL's own account must be able to walk there.
        let folder = tempfile::Builder::new().prefix("platen-pg-").tempdir_in("/tmp").expect("a folder");
        if let Some((user, group)) = lent_account() {
            std::os::unix::fs::chown(folder.path(), Some(user), Some(group)).expect("a folder of its own");
        }
        let postgres = Self { folder, programs: programs(), server: Mutex::new(None) };
        let made = postgres
            .program("initdb")
            .arg("-D")
            .arg(postgres.data())
            .args(["-U", "platen", "--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", "--no-sync"])
            .output()
            .expect("initdb runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        // `stranger` needs a password; fsync is only worth its time where a power cut is played.
        let rules = "local all platen trust\nlocal all all scram-sha-256\n";
        std::fs::write(postgres.data().join("pg_hba.conf"), rules).expect("its rules");
        let settings = "listen_addresses = ''\nfsync = off\nshared_buffers = 16MB\nmax_connections = 200\n\
                        max_wal_senders = 0\nwal_level = minimal\nautovacuum = off\n";
        std::fs::write(postgres.data().join("postgresql.auto.conf"), settings).expect("its settings");
        postgres.run();
        postgres
    }

    /// Starts it again after [`Self::crash`].
    pub fn run(&self) {
        let server = self
            .program("postgres")
            .arg("-D")
            .arg(self.data())
            .arg("-k")
            .arg(self.folder.path())
            .spawn()
            .expect("PostgreSQL starts");
        *self.server.lock().expect("the server") = Some(server);
        let deadline = Instant::now() + STARTS_WITHIN;
        let is_ready = |postgres: &Self| {
            postgres
                .program("pg_isready")
                .args(["-q", "-h"])
                .arg(postgres.folder.path())
                .status()
                .expect("pg_isready runs")
                .success()
        };
        while !is_ready(self) {
            assert!(Instant::now() < deadline, "PostgreSQL did not start");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends it at once, as a crash would: what is under way is lost, what was committed is found again.
    pub fn crash(&self) {
        let Some(mut server) = self.server.lock().expect("the server").take() else { return };
        let id = i32::try_from(server.id()).ok().and_then(Pid::from_raw).expect("a process id");
        kill_process(id, Signal::QUIT).expect("the signal is sent");
        server.wait().expect("it ends");
    }

    /// What `store.url` is to say.
    pub fn url(&self) -> String {
        self.url_of("platen", "postgres")
    }

    /// For another user or database.
    pub fn url_of(&self, user: &str, database: &str) -> String {
        format!("postgres:///{database}?host={}&user={user}", self.folder.path().display())
    }

    /// Runs SQL as the owner of everything; answers what psql prints.
    pub fn sql(&self, statement: &str) -> String {
        let said = self
            .program("psql")
            .args(["-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-U", "platen", "-d", "postgres", "-h"])
            .arg(self.folder.path())
            .args(["-c", statement])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .output()
            .expect("psql runs");
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        String::from_utf8_lossy(&said.stdout).trim().to_owned()
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        if let Some((user, group)) = lent_account() {
            command.uid(user).gid(group);
        }
        command.current_dir("/").env("LC_ALL", "C.UTF-8").stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.crash();
    }
}

/// PostgreSQL refuses to run as root, so root lends it the account of Debian's package.
fn lent_account() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let accounts = std::fs::read_to_string("/etc/passwd").expect("the accounts");
    let account =
        accounts.lines().find_map(|line| line.strip_prefix("postgres:")).expect("an account postgres");
    let ids: Vec<u32> = account.split(':').skip(1).take(2).filter_map(|id| id.parse().ok()).collect();
    Some((ids[0], ids[1]))
}

/// The newest server on this machine.
fn programs() -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|folder| folder.join("initdb").exists())
        .collect();
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    found.extend(std::env::split_paths(&on_path).filter(|folder| folder.join("initdb").exists()));
    found.sort_by_key(|folder| !folder.starts_with("/usr/lib/postgresql"));
    found.into_iter().next().unwrap_or_else(|| {
        panic!("PostgreSQL's server is missing: apt-get install postgresql (tests/run.sh does so)")
    })
}
