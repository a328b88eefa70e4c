//! Configuration: one typed structure from `platen.toml` and the environment; unknown keys are refused.

pub use crate::domain::Profile as PrinterProfile;
use crate::domain::UnconfirmedPolicy;
pub use crate::odoo::OdooProtocol;
use crate::store::without_password;
use crate::zebra::PrinterAddress;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::collections::HashSet;
use std::fmt;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// Everything that can be configured.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub server: ServerConfig,
    pub store: StoreConfig,
    pub templates: TemplatesConfig,
    /// Absent: no Odoo.
    pub odoo: Option<OdooConfig>,
    pub printers: Vec<PrinterConfig>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerConfig {
    /// `host:port`.
    pub listen: String,
    /// What tells this instance from others on one database; absent: the name of the host.
    pub instance: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreConfig {
    /// `sqlite://path` or `postgres://user@host/database`.
    pub url: String,
    /// PostgreSQL's, where it wants one.
    pub password: Option<SecretString>,
    pub password_file: Option<PathBuf>,
}

impl ServerConfig {
    /// The name of this instance.
    pub fn instance_name(&self) -> String {
        self.instance
            .clone()
            .unwrap_or_else(|| rustix::system::uname().nodename().to_string_lossy().into_owned())
    }
}

impl StoreConfig {
    /// The URL to open, with the password in it.
    pub fn full_url(&self) -> String {
        let Some(password) = &self.password else { return self.url.clone() };
        let mark = if self.url.contains('?') { '&' } else { '?' };
        let password: String = password.expose_secret().bytes().map(|byte| format!("%{byte:02X}")).collect();
        format!("{}{mark}password={password}", self.url)
    }

    /// The URL as it may be shown.
    pub fn shown_url(&self) -> String {
        without_password(&self.url)
    }
}

/// A URL may hold a password.
impl fmt::Debug for StoreConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("StoreConfig").field("url", &self.shown_url()).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TemplatesConfig {
    pub dir: PathBuf,
}

/// How Odoo is told.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OdooConfig {
    pub url: String,
    pub database: String,
    pub username: String,
    pub api_key: Option<SecretString>,
    pub api_key_file: Option<PathBuf>,
    #[serde(default)]
    pub protocol: OdooProtocol,
    /// Fetch jobs from Odoo, for an Odoo that cannot reach this host.
    #[serde(default)]
    pub pull: bool,
    /// How often to look for something new to fetch; 500 to 60 000.
    #[serde(default = "default_pull_interval_ms")]
    pub pull_interval_ms: u64,
    /// The one database this service prints for (`database.uuid`); absent: the first one it meets.
    pub database_uuid: Option<String>,
    /// How long a call may take: Odoo retries a conflicting transaction by itself for up to half a minute.
    #[serde(default = "default_timeout_ms")]
    pub timeout_ms: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrinterConfig {
    pub name: String,
    /// `tcp://host:port`.
    pub address: String,
    /// `tcp://host:port` of the JSON channel.
    pub status_address: Option<String>,
    /// What the printer is; absent: found out by asking.
    pub profile: Option<PrinterProfile>,
    /// Let the printer name each label it has done (`^HV`). Off: not confirmed on real models.
    #[serde(default)]
    pub host_verification: bool,
    /// Dots per millimetre.
    pub dpmm: Option<u32>,
    /// Width and height of the labels in it, in millimetres, 3 to 1000; absent: nothing is said about sizes.
    pub label_mm: Option<[f64; 2]>,
    #[serde(default)]
    pub pools: Vec<String>,
    /// What becomes of a label that an interruption left in doubt, where a job does not say.
    #[serde(default)]
    pub unconfirmed_policy: UnconfirmedPolicy,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self { listen: "127.0.0.1:8631".to_owned(), instance: None }
    }
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self { url: "sqlite://platen.db".to_owned(), password: None, password_file: None }
    }
}

impl Default for TemplatesConfig {
    fn default() -> Self {
        Self { dir: PathBuf::from("zpl_templates") }
    }
}

/// A call costs Odoo some 10 ms: more often would be felt, more seldom too.
const PULL_INTERVALS_MS: RangeInclusive<u64> = 500..=60_000;

fn default_pull_interval_ms() -> u64 {
    2_000
}

fn default_timeout_ms() -> u64 {
    60_000
}

/// What is wrong with the configuration: one sentence with the place and the mend.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

/// Where the configuration came from, for the first line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigSource {
    File(PathBuf),
    Defaults,
}

impl Config {
    /// Reads `file`, or `platen.toml` here if there is one, then the environment, and checks the whole.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<(Self, ConfigSource), ConfigError> {
        let default = Path::new("platen.toml");
        let (text, source) = match file {
            Some(file) => (read(file)?, ConfigSource::File(file.to_owned())),
            None if default.exists() => (read(default)?, ConfigSource::File(default.to_owned())),
            None => (String::new(), ConfigSource::Defaults),
        };
        let config = Self::parse(&text, environment).map_err(|error| match &source {
            ConfigSource::File(file) => ConfigError(format!("{}: {error}", file.display())),
            ConfigSource::Defaults => error,
        })?;
        Ok((config, source))
    }

    /// Parses configuration text with what the environment says on top.
    pub fn parse(
        text: &str,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        // The file first, alone: its errors carry line and column.
        let from_file: Self = toml::from_str(text).map_err(|error| ConfigError(error.to_string()))?;
        let overrides: Vec<_> = environment.into_iter().filter(|(name, _)| is_override(name)).collect();
        let mut config = if overrides.is_empty() {
            from_file
        } else {
            let mut table: toml::Table =
                toml::from_str(text).map_err(|error| ConfigError(error.to_string()))?;
            for (name, value) in &overrides {
                override_key(&mut table, name, value)?;
            }
            table.try_into().map_err(|error| ConfigError(format!("from the environment: {error}")))?
        };
        config.check()?;
        Ok(config)
    }

    fn check(&mut self) -> Result<(), ConfigError> {
        let mut names = HashSet::new();
        for printer in &self.printers {
            if !names.insert(printer.name.as_str()) {
                return Err(ConfigError(format!("two printers are named `{}`; rename one", printer.name)));
            }
            printer.wire_address()?;
            if let Some(size) = printer.label_mm
                && size.iter().any(|side| !(3.0..=1000.0).contains(side))
            {
                let name = &printer.name;
                return Err(ConfigError(format!(
                    "printer `{name}`: label_mm is {size:?}; give width and height between 3 and 1000 mm"
                )));
            }
            if printer.profile == Some(PrinterProfile::Blind) && printer.host_verification {
                return Err(ConfigError(format!(
                    "printer `{}`: host_verification needs a printer that answers; remove it, or profile = \"blind\"",
                    printer.name
                )));
            }
        }
        if let (None, Some(file)) = (&self.store.password, &self.store.password_file) {
            self.store.password = Some(SecretString::from(read(file)?.trim().to_owned()));
        }
        if self.server.instance.as_ref().is_some_and(|name| name.trim().is_empty()) {
            return Err(ConfigError(
                "server.instance is empty; name this instance or remove the line".into(),
            ));
        }
        if let Some(odoo) = &mut self.odoo {
            if !odoo.url.starts_with("http://") && !odoo.url.starts_with("https://") {
                return Err(ConfigError(format!("odoo.url `{}` is not http:// or https://", odoo.url)));
            }
            if !PULL_INTERVALS_MS.contains(&odoo.pull_interval_ms) {
                return Err(ConfigError(format!(
                    "odoo.pull_interval_ms is {}; give {} to {} milliseconds",
                    odoo.pull_interval_ms,
                    PULL_INTERVALS_MS.start(),
                    PULL_INTERVALS_MS.end()
                )));
            }
            if let (None, Some(file)) = (&odoo.api_key, &odoo.api_key_file) {
                odoo.api_key = Some(SecretString::from(read(file)?.trim().to_owned()));
            }
            if odoo.api_key.is_none() {
                return Err(ConfigError(
                    "odoo.api_key_file is missing; write the service user's API key into a file and name it"
                        .into(),
                ));
            }
        }
        Ok(())
    }
}

impl PrinterConfig {
    /// The address as the wire needs it.
    pub fn wire_address(&self) -> Result<PrinterAddress, ConfigError> {
        Ok(PrinterAddress {
            raw: host_and_port(&self.name, "address", &self.address)?,
            status: self
                .status_address
                .as_ref()
                .map(|address| host_and_port(&self.name, "status_address", address))
                .transpose()?,
        })
    }
}

fn host_and_port(printer: &str, key: &str, address: &str) -> Result<String, ConfigError> {
    let wrong = || {
        ConfigError(format!(
            "printer `{printer}`: {key} `{address}` is not tcp://host:port; write e.g. tcp://10.0.0.5:9100"
        ))
    };
    let rest = address.strip_prefix("tcp://").ok_or_else(wrong)?.trim_end_matches('/');
    let (host, port) = rest.rsplit_once(':').ok_or_else(wrong)?;
    if host.is_empty() || port.parse::<u16>().is_err() {
        return Err(wrong());
    }
    Ok(rest.to_owned())
}

fn read(file: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(file)
        .map_err(|error| ConfigError(format!("{} cannot be read: {error}", file.display())))
}

/// `PLATEN_` + path with `__`. The administrator's key is not part of the configuration.
fn is_override(name: &str) -> bool {
    name.starts_with("PLATEN_") && name.contains("__")
}

fn override_key(table: &mut toml::Table, name: &str, value: &str) -> Result<(), ConfigError> {
    let path = name.trim_start_matches("PLATEN_").to_lowercase();
    let keys: Vec<&str> = path.split("__").collect();
    let Some((last, parents)) = keys.split_last() else { return Ok(()) };
    let mut table = table;
    for key in parents {
        table = table
            .entry((*key).to_owned())
            .or_insert_with(|| toml::Value::Table(toml::Table::new()))
            .as_table_mut()
            .ok_or_else(|| {
                ConfigError(format!("the environment variable {name} names a key inside a value"))
            })?;
    }
    // A number or a boolean is taken as one, everything else as text.
    let parsed = match value.parse::<toml::Value>() {
        Ok(parsed @ (toml::Value::Integer(_) | toml::Value::Boolean(_))) => parsed,
        _ => toml::Value::String(value.to_owned()),
    };
    table.insert((*last).to_owned(), parsed);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_environment() -> Vec<(String, String)> {
        Vec::new()
    }

    #[test]
    fn the_example_file_is_valid() {
        let config = Config::parse(include_str!("../platen.example.toml"), no_environment()).unwrap();
        assert_eq!(config.server.listen, "127.0.0.1:8631");
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_line() {
        let error =
            Config::parse("[server]\nlisten = \"127.0.0.1:1\"\nlissten = 5\n", no_environment()).unwrap_err();
        assert!(error.0.contains("line 3") && error.0.contains("lissten"), "{error}");
    }

    #[test]
    fn an_interval_that_would_be_felt_in_odoo_is_refused() {
        let odoo =
            "[odoo]\nurl = \"http://x\"\ndatabase = \"d\"\nusername = \"u\"\napi_key = \"k\"\npull = true\n";
        let error = Config::parse(&format!("{odoo}pull_interval_ms = 10\n"), no_environment()).unwrap_err();
        assert!(error.0.contains("500 to 60000"), "{error}");
        let config = Config::parse(&format!("{odoo}protocol = \"json2\"\n"), no_environment()).unwrap();
        let odoo = config.odoo.unwrap();
        assert_eq!((odoo.protocol, odoo.pull, odoo.pull_interval_ms), (OdooProtocol::Json2, true, 2_000));
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let environment = vec![
            ("PLATEN_STORE__URL".to_owned(), "sqlite://other.db".to_owned()),
            ("PLATEN_API_KEY".to_owned(), "secret".to_owned()),
        ];
        let config = Config::parse("[store]\nurl = \"sqlite://platen.db\"\n", environment).unwrap();
        assert_eq!(config.store.url, "sqlite://other.db");
    }

    #[test]
    fn a_printer_without_a_port_is_refused_by_name() {
        let text = "[[printers]]\nname = \"line-a\"\naddress = \"tcp://10.0.0.5\"\n";
        let error = Config::parse(text, no_environment()).unwrap_err();
        assert!(error.0.contains("line-a") && error.0.contains("tcp://host:port"), "{error}");
    }

    #[test]
    fn a_password_in_the_store_url_does_not_print_and_one_beside_it_is_used() {
        let text = "[store]\nurl = \"postgres://u:hid@den@host/db\"\npassword = \"a b\"\n";
        let config = Config::parse(text, no_environment()).unwrap();
        let shown = format!("{config:?}");
        assert!(shown.contains("postgres://u@host/db") && !shown.contains("hid"), "{shown}");
        assert_eq!(config.store.full_url(), "postgres://u:hid@den@host/db?password=%61%20%62");
    }

    #[test]
    fn a_secret_does_not_print() {
        let text = "[odoo]\nurl = \"http://x\"\ndatabase = \"d\"\nusername = \"u\"\napi_key = \"hidden\"\n";
        let config = Config::parse(text, no_environment()).unwrap();
        assert!(!format!("{config:?}").contains("hidden"));
    }
}
