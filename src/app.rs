//! The composition root: the only file that knows every module.

use crate::catalogue::{LiveCatalogue, LoadError};
use crate::clock::Clock;
use crate::config::{Config, ConfigError, OdooConfig};
use crate::dashboard::Gallery;
use crate::heartbeat::Heartbeat;
use crate::housekeeping::Housekeeping;
use crate::intake::odoo_pull::OdooPull;
use crate::intake::{Intake, IntakePrinter, Keys};
use crate::odoo::{Answers, DatabasePin, OdooClient, OdooError, OdooSettings, Turn, questions};
use crate::outlets::Views;
use crate::outlets::odoo::{Answering, Reporter};
use crate::printing::{Crew, CrewOptions, CrewPrinter};
use crate::progress::Progress;
use crate::render::CatalogueError;
use crate::render::preview::Painter;
use crate::server::{self, ServerParts};
use crate::store::{Store, StoreError, configured, printers};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How long the workers may finish what is in the pipe.
const LEAVE_WITHIN: Duration = Duration::from_secs(10);

/// What a service is started with.
#[derive(Debug)]
pub struct AppOptions {
    pub config: Config,
    /// `PLATEN_API_KEY`: one accepted administrator key.
    pub environment_key: Option<SecretString>,
    pub clock: Clock,
    pub shutdown: CancellationToken,
    /// Pictures for the dashboard of a demo.
    pub gallery: Option<Gallery>,
}

/// Why the service does not start: one sentence with the mend.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Templates(#[from] CatalogueError),
    #[error("{address} cannot be listened on: {error}; choose another server.listen")]
    Listen { address: String, error: std::io::Error },
    #[error("{0}")]
    Odoo(#[from] OdooError),
    #[error("the schedule does not start: {0}")]
    Schedule(#[from] tokio_cron_scheduler::JobSchedulerError),
    #[error("the HTTP server does not start: {0}")]
    Server(std::io::Error),
}

/// A service that runs.
#[derive(Debug)]
pub struct App {
    /// Where it listens; the port is the real one, also when 0 was asked for.
    pub address: SocketAddr,
    pub store: Store,
    shutdown: CancellationToken,
    server: JoinHandle<std::io::Result<()>>,
    handle: actix_web::dev::ServerHandle,
    crew: Crew,
    /// Those who speak with Odoo.
    correspondents: Vec<JoinHandle<()>>,
    heartbeat: JoinHandle<()>,
    housekeeping: Housekeeping,
}

impl App {
    /// Opens, migrates, loads, listens. Nothing is half started when it fails.
    pub async fn start(options: AppOptions) -> Result<Self, StartError> {
        let AppOptions { config, environment_key, clock, shutdown, gallery } = options;
        let listener = TcpListener::bind(&config.server.listen)
            .map_err(|error| StartError::Listen { address: config.server.listen.clone(), error })?;
        let client = config.odoo.as_ref().map(odoo_client).transpose()?.map(Arc::new);
        let store = Store::open(&config.store.full_url()).await?;
        let catalogue =
            LiveCatalogue::load(store.clone(), &config.templates.dir).await.map_err(|error| match error {
                LoadError::Folder(error) => StartError::Templates(error),
                LoadError::Store(error) => StartError::Store(error),
            })?;
        let mut crew_printers = Vec::new();
        let mut writing = store.write().await?;
        for printer in &config.printers {
            printers::configure(&mut writing, &printer.name, &printer.address, printer.profile).await?;
            crew_printers.push(CrewPrinter {
                name: printer.name.clone(),
                address: printer.wire_address()?,
                profile: printer.profile,
                host_verification: printer.host_verification,
                dpmm: printer.dpmm,
                paper_mm: printer.label_mm.map(|[_, length_mm]| length_mm),
            });
        }
        let names: Vec<&str> = config.printers.iter().map(|printer| printer.name.as_str()).collect();
        configured::set(&mut writing, &config.server.instance_name(), &names).await?;
        configured::forget_nobodys_printers(&mut writing).await?;
        writing.commit().await.map_err(StoreError::from)?;

        let progress = Progress::default();
        let database_uuid = config.odoo.as_ref().and_then(|odoo| odoo.database_uuid.clone());
        let pin = DatabasePin::new(store.clone(), clock.clone(), database_uuid);
        let parts = ServerParts {
            pin: pin.clone(),
            intake: Intake {
                store: store.clone(),
                progress: progress.clone(),
                clock: clock.clone(),
                catalogue: catalogue.clone(),
                printers: Arc::new(intake_printers(&config)),
            },
            views: Views {
                store: store.clone(),
                progress: progress.clone(),
                catalogue: catalogue.clone(),
                painter: painter()?,
                resolutions: Arc::new(resolutions(&config)),
            },
            keys: Keys::new(store.clone(), environment_key.as_ref()),
            gallery,
        };
        let intake = parts.intake.clone();
        let views = parts.views.clone();
        let (server, address) = server::start(listener, parts).map_err(StartError::Server)?;
        let handle = server.handle();
        let crew_options = CrewOptions {
            store: store.clone(),
            progress: progress.clone(),
            clock: clock.clone(),
            instance: config.server.instance_name(),
            shutdown: shutdown.clone(),
            leave_within: LEAVE_WITHIN,
        };
        // Holds a connection only for moments, and ends with the shutdown.
        tokio::spawn(progress.clone().follow(store.clone(), shutdown.clone()));
        tokio::spawn(catalogue.clone().watch(shutdown.clone()));
        let crew = Crew::start(&crew_options, crew_printers);
        let correspondents = match (client, &config.odoo) {
            (Some(client), Some(odoo)) => {
                let desk = OdooDesk { views, intake, client, pin, catalogue, shutdown: shutdown.clone() };
                desk.open(&config, odoo)
            }
            _ => Vec::new(),
        };
        let heartbeat = Heartbeat {
            store: store.clone(),
            clock: clock.clone(),
            instance: config.server.instance_name(),
            shutdown: shutdown.clone(),
        };
        let heartbeat = tokio::spawn(heartbeat.keep());
        let housekeeping = Housekeeping::start(store.clone(), clock).await?;
        Ok(Self {
            housekeeping,
            address,
            store,
            shutdown,
            server: tokio::spawn(server),
            handle,
            crew,
            correspondents,
            heartbeat,
        })
    }

    /// Runs until the shutdown token is cancelled, then leaves in order: printers first, then Odoo's last report,
    /// then the server, then the database.
    pub async fn run(mut self) -> Result<(), StartError> {
        tokio::select! {
            () = self.shutdown.cancelled() => {}
            ended = &mut self.server => {
                // A server that ends by itself stops the process loudly.
                self.shutdown.cancel();
                self.crew.leave().await;
                return match ended {
                    Ok(Err(error)) => Err(StartError::Server(error)),
                    _ => Err(StartError::Server(std::io::Error::other("it ended by itself"))),
                };
            }
        }
        self.crew.leave().await;
        for correspondent in self.correspondents {
            let _ = correspondent.await;
        }
        let _ = self.heartbeat.await;
        // Not gracefully: live streams never end by themselves.
        self.housekeeping.stop().await;
        self.handle.stop(false).await;
        let _ = self.server.await;
        self.store.close().await;
        Ok(())
    }
}

/// What those who speak with Odoo share.
struct OdooDesk {
    views: Views,
    intake: Intake,
    client: Arc<OdooClient>,
    pin: DatabasePin,
    catalogue: LiveCatalogue,
    shutdown: CancellationToken,
}

impl OdooDesk {
    /// Starts the reporter, the one who fetches where that is wished, and the lease both work under.
    fn open(self, config: &Config, odoo: &OdooConfig) -> Vec<JoinHandle<()>> {
        let Self { views, intake, client, pin, catalogue, shutdown } = self;
        let instance = config.server.instance_name();
        let turn = Turn::new(intake.store.clone(), intake.clock.clone(), instance.clone());
        let answers = Answers::default();
        let pools = intake.printers.iter().map(|printer| (printer.name.clone(), printer.pools.clone()));
        let reporter = Reporter {
            store: intake.store.clone(),
            progress: intake.progress.clone(),
            clock: intake.clock.clone(),
            client: Arc::clone(&client),
            pin: pin.clone(),
            answers: answers.clone(),
            catalogue,
            pools: pools.collect(),
            turn: turn.subscribe(),
            instance: instance.clone(),
            shutdown: shutdown.clone(),
        };
        let mut tasks = vec![tokio::spawn(reporter.work())];
        if odoo.pull {
            let (asking, asked) = questions();
            let answering =
                Answering { views, questions: asked, answers: answers.clone(), shutdown: shutdown.clone() };
            tasks.push(tokio::spawn(answering.work()));
            let pull = OdooPull {
                intake,
                client,
                pin,
                answers,
                questions: asking,
                instance,
                interval: Duration::from_millis(odoo.pull_interval_ms),
                turn: turn.subscribe(),
                shutdown: shutdown.clone(),
            };
            tasks.push(tokio::spawn(pull.work()));
        }
        tasks.push(tokio::spawn(turn.keep(shutdown)));
        tasks
    }
}

/// Pictures are drawn by this same program in a child process.
fn painter() -> Result<Painter, StartError> {
    std::env::current_exe().map(Painter::new).map_err(StartError::Server)
}

fn resolutions(config: &Config) -> BTreeMap<String, u32> {
    config.printers.iter().filter_map(|printer| Some((printer.name.clone(), printer.dpmm?))).collect()
}

/// The client for Odoo as configured.
pub fn odoo_client(config: &OdooConfig) -> Result<OdooClient, OdooError> {
    let key = config.api_key.clone().unwrap_or_default();
    let mut settings =
        OdooSettings::new(config.url.clone(), config.database.clone(), config.username.clone(), key);
    settings.protocol = config.protocol;
    settings.total_timeout = Duration::from_millis(config.timeout_ms);
    OdooClient::new(settings)
}

fn intake_printers(config: &Config) -> Vec<IntakePrinter> {
    config
        .printers
        .iter()
        .map(|printer| IntakePrinter {
            name: printer.name.clone(),
            pools: printer.pools.clone(),
            dpmm: printer.dpmm,
            label_mm: printer.label_mm,
            unconfirmed_policy: printer.unconfirmed_policy,
        })
        .collect()
}
