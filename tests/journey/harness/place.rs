//! What outlives a service: its folder, its database, its configuration.

use super::KEY;
use super::service::Service;
use crate::postgres::Postgres;
use platen::simulator::SimulatedZebra;
use sqlx::{AnyConnection, Connection};
use std::cell::Cell;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::process::Command;

thread_local! {
    static ON_POSTGRES: Cell<bool> = const { Cell::new(false) };
}

/// Plays a journey on PostgreSQL: each runs on a thread of its own, and its places ask here.
pub fn on_postgres(journey: fn()) {
    ON_POSTGRES.set(true);
    journey();
}

/// What outlives services: a folder, and the database in it or beside it.
pub struct Ground {
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
        let child = Command::new(env!("CARGO_BIN_EXE_platen"))
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
        Service::listening(child, Arc::clone(&self.ground)).await
    }

    /// Another printer of the same pool, `line-b`.
    pub fn and_printer(mut self, zebra: &SimulatedZebra) -> Self {
        let json = zebra.json_address().map(|address| address.to_string());
        self.printers.push(("line-b".to_owned(), zebra.address().to_string(), json));
        self
    }

    /// This printer and no other, under this name.
    pub fn with_only(mut self, name: &str, zebra: &SimulatedZebra) -> Self {
        let json = zebra.json_address().map(|address| address.to_string());
        self.printers = vec![(name.to_owned(), zebra.address().to_string(), json)];
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

    /// Alters what is durable, as damage or a person with a database tool does. Tells how many rows.
    pub async fn alter(&self, statement: &'static str) -> u64 {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&self.store_url()).await.expect("the database");
        let altered = sqlx::query(statement).execute(&mut connection).await.expect("the statement");
        connection.close().await.expect("the database");
        altered.rows_affected()
    }

    /// The database (SQLite) refuses to record that the count of a run is in doubt, as a disk does that fails just then. The
    /// service logs [`REFUSED_ON_PURPOSE`](super::REFUSED_ON_PURPOSE).
    pub async fn refuse_doubts(&self) {
        self.alter(
            "CREATE TRIGGER refused BEFORE UPDATE OF count_in_doubt_through ON runs WHEN new.count_in_doubt_through > 0
             BEGIN SELECT raise(ABORT, 'refused on purpose'); END",
        )
        .await;
    }

    /// What [`Self::refuse_doubts`] did is over.
    pub async fn accept_doubts(&self) {
        self.alter("DROP TRIGGER refused").await;
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
