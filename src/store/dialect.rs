//! Where SQLite and PostgreSQL differ. All other statements of the store are one text for both.

use super::StoreError;
use sqlx::any::AnyConnectOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AnyConnection, ConnectOptions};
use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

/// A server that has not answered by then is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// What a connection speaks.
    pub(super) fn of(connection: &AnyConnection) -> Self {
        if connection.backend_name() == "PostgreSQL" { Self::Postgres } else { Self::Sqlite }
    }

    /// Said once on each new connection that writes.
    pub(super) fn prepare_writer(self) -> &'static str {
        match self {
            // FULL: a commit is on the disk when it returns. What was acknowledged survives a power cut.
            Self::Sqlite => "PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
            // A commit is on the disk when it returns, also where the server's default says otherwise.
            // An instance that freezes within a transaction, or whose host is gone, does not keep the others from
            // writing: the server ends its session.
            Self::Postgres => {
                "SELECT set_config('synchronous_commit', 'on', false)
                    WHERE current_setting('synchronous_commit') = 'off';
                 SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '5s'; SET tcp_keepalives_idle = 10;
                 SET tcp_keepalives_interval = 3; SET tcp_keepalives_count = 3; SET client_min_messages = 'warning'"
            }
        }
    }

    /// Said once on each new connection that only reads.
    pub(super) fn prepare_reader(self) -> &'static str {
        match self {
            Self::Sqlite => "PRAGMA busy_timeout = 10000",
            Self::Postgres => {
                "SET default_transaction_read_only = on; SET idle_in_transaction_session_timeout = '60s'"
            }
        }
    }

    /// How a transaction begins that is the only one writing until it ends.
    pub(super) fn begin_writing(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            // READ COMMITTED: each statement sees what was committed before the lock was given. The lock is given up
            // only after the commit can be seen, so numbers of events appear in their order. Its key is `platen`.
            Self::Postgres => {
                "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(123610793796974)"
            }
        }
    }

    /// How a transaction begins in which everything is read as it is at one moment.
    pub(super) fn begin_snapshot(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// A text in small letters for comparison, A to Z only, whatever the locale of the server.
    pub(super) fn lower(self, text: &str) -> String {
        match self {
            Self::Sqlite => format!("lower({text})"),
            Self::Postgres => format!("lower({text} COLLATE \"C\")"),
        }
    }
}

/// Where the database is, as `store.url` says.
#[derive(Clone)]
pub(super) enum Source {
    Sqlite(SqliteConnectOptions),
    /// As written: what sqlx makes of it again would lose a part.
    Postgres(AnyConnectOptions),
}

/// Without the password.
impl fmt::Debug for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.place())
    }
}

impl Source {
    /// Reads `store.url`. Its errors never repeat a password.
    pub(super) fn parse(url: &str) -> Result<Self, StoreError> {
        let unusable = |reason: String| StoreError::Url { url: without_password(url), reason };
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => {
                if url.contains(":memory:") {
                    return Err(unusable(
                        "a database in memory forgets accepted jobs; name a file".to_owned(),
                    ));
                }
                let options =
                    SqliteConnectOptions::from_str(url).map_err(|error| unusable(error.to_string()))?;
                // Only an absolute path keeps its meaning in a URL.
                let file = std::path::absolute(options.get_filename())
                    .map_err(|error| unusable(error.to_string()))?;
                Ok(Self::Sqlite(options.filename(file)))
            }
            Some("postgres" | "postgresql") => {
                PgConnectOptions::from_str(url).map_err(|error| unusable(error.to_string()))?;
                let options =
                    AnyConnectOptions::from_str(url).map_err(|error| unusable(error.to_string()))?;
                Ok(Self::Postgres(options))
            }
            _ => Err(unusable("write sqlite://platen.db or postgres://user@host/database".to_owned())),
        }
    }

    pub(super) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// The file, where it is one.
    pub(super) fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(options) => Some(options.get_filename()),
            Self::Postgres(_) => None,
        }
    }

    /// The server in words: host, port and database. Never the password.
    pub(super) fn place(&self) -> String {
        match self {
            Self::Sqlite(options) => options.get_filename().display().to_string(),
            Self::Postgres(options) => match PgConnectOptions::try_from(options) {
                Ok(options) => {
                    let host = options.get_socket().map_or_else(
                        || format!("{}:{}", options.get_host(), options.get_port()),
                        |socket| format!("{} (port {})", socket.display(), options.get_port()),
                    );
                    format!("PostgreSQL at {host}")
                }
                Err(_) => "PostgreSQL".to_owned(),
            },
        }
    }

    /// One connection of its own that can write. What keeps it away is said in one sentence.
    pub(super) async fn connect(&self) -> Result<AnyConnection, StoreError> {
        sqlx::any::install_default_drivers();
        let options = self.writing()?;
        match tokio::time::timeout(CONNECT_TIMEOUT, options.connect()).await {
            Ok(connection) => connection.map_err(|error| self.explain(error)),
            Err(_) => {
                let waited = CONNECT_TIMEOUT.as_secs();
                Err(StoreError::Refused(format!(
                    "{} does not answer within {waited} s; check store.url and the network",
                    self.place()
                )))
            }
        }
    }

    /// What people can act on instead of what the driver says.
    fn explain(&self, error: sqlx::Error) -> StoreError {
        let Self::Postgres(options) = self else { return error.into() };
        let options = PgConnectOptions::try_from(options);
        let user = options.as_ref().map_or("?", |options| options.get_username());
        let database = options.as_ref().ok().and_then(|options| options.get_database()).unwrap_or(user);
        let place = self.place();
        let code = error.as_database_error().and_then(|error| error.code());
        StoreError::Refused(match (&error, code.as_deref()) {
            (_, Some("28P01")) => {
                format!("{place} refuses the password of user `{user}`; correct store.password_file")
            }
            (_, Some("28000")) => format!(
                "{place} does not let user `{user}` in ({error}); correct store.url or the server's pg_hba.conf"
            ),
            (_, Some("3D000")) => {
                format!("{place} has no database `{database}`; make it with: createdb {database}")
            }
            (_, Some("53300")) => {
                format!("{place} has no connection left; raise its max_connections or end some")
            }
            (_, Some("57P03")) => format!("{place} is starting or stopping; try again in a moment"),
            (sqlx::Error::Io(error), _) => {
                format!("{place} cannot be reached ({error}); start it or correct store.url")
            }
            _ => format!("{place} cannot be used: {error}; correct store.url"),
        })
    }

    /// For connections that write; a missing file is made.
    pub(super) fn writing(&self) -> Result<AnyConnectOptions, sqlx::Error> {
        match self {
            Self::Sqlite(options) => file_options(&options.clone().create_if_missing(true)),
            Self::Postgres(options) => Ok(options.clone()),
        }
    }

    /// For connections that only read.
    pub(super) fn reading(&self) -> Result<AnyConnectOptions, sqlx::Error> {
        match self {
            Self::Sqlite(options) => file_options(&options.clone().read_only(true)),
            Self::Postgres(options) => Ok(options.clone()),
        }
    }
}

fn file_options(options: &SqliteConnectOptions) -> Result<AnyConnectOptions, sqlx::Error> {
    AnyConnectOptions::from_url(&options.to_url_lossy())
}

/// The URL as it may be shown and logged.
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
    let rest = match rest.rsplit_once('@') {
        Some((user, place)) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{user}@{place}")
        }
        None => rest.to_owned(),
    };
    let kept: Vec<&str> = query
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.to_ascii_lowercase().starts_with("password"))
        .collect();
    let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    format!("{scheme}://{rest}{query}")
}
