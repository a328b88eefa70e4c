//! Printers as last seen.

use super::{Connection, StoreError, events, from_ms, to_ms};
use crate::domain::{
    Attention, Capabilities, Code, EventKind, LabelPace, PrinterState, PrinterStatus, Profile,
};
use jiff::Timestamp;
use sqlx::FromRow;

const MICROMETRES_PER_MM: f64 = 1_000.0;

#[derive(FromRow)]
struct PrinterRow {
    name: String,
    address: String,
    status: String,
    fault_code: Option<String>,
    fault_since_ms: Option<i64>,
    /// By its own name.
    paused: i64,
    profile: Option<String>,
    capabilities: Option<String>,
    everything_paused: i64,
    unique_id: Option<String>,
    model: Option<String>,
    firmware: Option<String>,
    odometer: Option<i64>,
    last_seen_at_ms: Option<i64>,
    revision: i64,
    queue_length: i64,
    current_job: Option<String>,
}

const SELECT_PRINTER: &str = "SELECT p.name, p.address, p.status, p.fault_code, p.fault_since_ms, p.paused,
    p.profile, p.capabilities, (SELECT count(*) FROM pauses) AS everything_paused,
    p.unique_id, p.model, p.firmware, p.odometer, p.last_seen_at_ms, p.revision,
    (SELECT count(*) FROM jobs j WHERE j.printer = p.name AND j.status IN ('queued', 'printing')) AS queue_length,
    (SELECT r.job_id FROM runs r WHERE r.printer = p.name AND r.ended_as IS NULL) AS current_job
    FROM printers p";

impl TryFrom<PrinterRow> for PrinterState {
    type Error = StoreError;

    fn try_from(row: PrinterRow) -> Result<Self, StoreError> {
        let fault = match (row.fault_code.as_deref().and_then(Code::parse), row.fault_since_ms) {
            (Some(code), Some(since)) => Some(Attention::of(code, from_ms(since)?)),
            _ => None,
        };
        Ok(Self {
            name: row.name,
            address: row.address,
            status: PrinterStatus::parse(&row.status).ok_or(StoreError::Damaged("a printer status"))?,
            fault,
            profile: row.profile.as_deref().and_then(Profile::parse),
            capabilities: parse_capabilities(row.capabilities.as_deref())?,
            unique_id: row.unique_id,
            model: row.model,
            firmware: row.firmware,
            odometer: row.odometer,
            last_seen_at: row.last_seen_at_ms.map(from_ms).transpose()?,
            paused: row.paused != 0 || row.everything_paused != 0,
            everything_paused: row.everything_paused != 0,
            queue_length: row.queue_length,
            current_job: row.current_job,
            revision: row.revision,
        })
    }
}

fn parse_capabilities(text: Option<&str>) -> Result<Capabilities, StoreError> {
    text.map_or(Ok(Capabilities::default()), |text| {
        serde_json::from_str(text).map_err(|_| StoreError::Damaged("what a printer can prove"))
    })
}

/// Makes the configured printers known; their state stays what it was.
pub async fn configure(
    connection: &mut Connection,
    name: &str,
    address: &str,
    profile: Option<Profile>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO printers (name, address, status, profile) VALUES ($1, $2, 'unknown', $3)
         ON CONFLICT (name) DO UPDATE SET address = excluded.address, profile = excluded.profile",
    )
    .bind(name)
    .bind(address)
    .bind(profile.map(Profile::as_str))
    .execute(connection)
    .await?;
    Ok(())
}

/// All printers by name.
pub async fn all(connection: &mut Connection) -> Result<Vec<PrinterState>, StoreError> {
    let rows: Vec<PrinterRow> =
        sqlx::query_as(sqlx::AssertSqlSafe(format!("{SELECT_PRINTER} ORDER BY p.name")))
            .fetch_all(connection)
            .await?;
    rows.into_iter().map(PrinterState::try_from).collect()
}

/// The printer of that name.
pub async fn find(connection: &mut Connection, name: &str) -> Result<Option<PrinterState>, StoreError> {
    let row: Option<PrinterRow> =
        sqlx::query_as(sqlx::AssertSqlSafe(format!("{SELECT_PRINTER} WHERE p.name = $1")))
            .bind(name)
            .fetch_optional(connection)
            .await?;
    row.map(PrinterState::try_from).transpose()
}

/// What a worker has seen of its printer; absent identity and counters stay what they were.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sighting {
    pub status: Option<PrinterStatus>,
    pub fault: Option<Code>,
    pub unique_id: Option<String>,
    pub model: Option<String>,
    pub firmware: Option<String>,
    pub odometer: Option<i64>,
    pub pace: Option<LabelPace>,
    /// Answered just now.
    pub seen: bool,
}

/// Stores a sighting and tells of it. The pace of another device at the address is forgotten.
pub async fn see(
    connection: &mut Connection,
    name: &str,
    sighting: &Sighting,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE printers SET status = coalesce($2, status),
            fault_since_ms = CASE WHEN $3 IS NULL THEN NULL WHEN fault_code = $3 THEN fault_since_ms ELSE $4 END,
            fault_code = $3, unique_id = coalesce($5, unique_id), model = coalesce($6, model),
            firmware = coalesce($7, firmware), odometer = coalesce($8, odometer),
            label_ms = CASE WHEN unique_id <> $5 THEN $9 ELSE coalesce($9, label_ms) END,
            label_um = CASE WHEN unique_id <> $5 THEN $10 ELSE coalesce($10, label_um) END,
            last_seen_at_ms = CASE WHEN $11 THEN $4 ELSE last_seen_at_ms END, revision = revision + 1
         WHERE name = $1",
    )
    .bind(name)
    .bind(sighting.status.map(PrinterStatus::as_str))
    .bind(sighting.fault.map(Code::as_str))
    .bind(to_ms(now))
    .bind(&sighting.unique_id)
    .bind(&sighting.model)
    .bind(&sighting.firmware)
    .bind(sighting.odometer)
    .bind(sighting.pace.map(|pace| pace.label_ms))
    .bind(sighting.pace.map(|pace| (pace.label_mm * MICROMETRES_PER_MM).round() as i64))
    .bind(sighting.seen)
    .execute(&mut *connection)
    .await?;
    announce(connection, name, now).await
}

/// Keeps what a printer was found to be able to prove, and tells of it.
pub async fn learn(
    connection: &mut Connection,
    name: &str,
    capabilities: &Capabilities,
    now: Timestamp,
) -> Result<(), StoreError> {
    let text =
        serde_json::to_string(capabilities).map_err(|_| StoreError::Damaged("what a printer can prove"))?;
    sqlx::query("UPDATE printers SET capabilities = $2, revision = revision + 1 WHERE name = $1")
        .bind(name)
        .bind(text)
        .execute(&mut *connection)
        .await?;
    announce(connection, name, now).await
}

/// Notes that a printer answered, without telling anyone: nothing changed.
pub async fn touch(connection: &mut Connection, name: &str, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("UPDATE printers SET last_seen_at_ms = $2 WHERE name = $1")
        .bind(name)
        .bind(to_ms(now))
        .execute(connection)
        .await?;
    Ok(())
}

/// Pauses a printer, or lets it go on; the worker heeds it.
pub async fn set_paused(
    connection: &mut Connection,
    name: &str,
    paused: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE printers SET paused = $2, revision = revision + 1 WHERE name = $1")
        .bind(name)
        .bind(i64::from(paused))
        .execute(&mut *connection)
        .await?;
    announce(connection, name, now).await
}

/// Raises a printer's revision and tells of it, after a change that stands elsewhere.
pub async fn changed(connection: &mut Connection, name: &str, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("UPDATE printers SET revision = revision + 1 WHERE name = $1")
        .bind(name)
        .execute(&mut *connection)
        .await?;
    announce(connection, name, now).await
}

/// A person has paused the printer, or everything.
pub async fn is_paused(connection: &mut Connection, name: &str) -> Result<bool, StoreError> {
    let paused: Option<i64> =
        sqlx::query_scalar("SELECT paused + (SELECT count(*) FROM pauses) FROM printers WHERE name = $1")
            .bind(name)
            .fetch_optional(connection)
            .await?;
    Ok(paused.is_some_and(|paused| paused != 0))
}

/// How long a label took on this printer when that was measured last.
pub async fn pace(connection: &mut Connection, name: &str) -> Result<Option<LabelPace>, StoreError> {
    let found: Option<(Option<i64>, Option<i64>)> =
        sqlx::query_as("SELECT label_ms, label_um FROM printers WHERE name = $1")
            .bind(name)
            .fetch_optional(connection)
            .await?;
    let (label_ms, label_um) = found.unwrap_or_default();
    let pace = |(label_ms, label_um)| LabelPace { label_ms, label_mm: label_um as f64 / MICROMETRES_PER_MM };
    Ok(label_ms.zip(label_um).map(pace))
}

/// What runs on this printer have learnt of it, in the words of the one that keeps it.
pub async fn former_works(connection: &mut Connection, name: &str) -> Result<Option<String>, StoreError> {
    let found: Option<Option<String>> =
        sqlx::query_scalar("SELECT former_works FROM printers WHERE name = $1")
            .bind(name)
            .fetch_optional(connection)
            .await?;
    Ok(found.flatten())
}

/// Keeps what runs on this printer have learnt, without telling anyone: nobody looks at it.
pub async fn keep_former_works(
    connection: &mut Connection,
    name: &str,
    text: &str,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE printers SET former_works = $2 WHERE name = $1")
        .bind(name)
        .bind(text)
        .execute(connection)
        .await?;
    Ok(())
}

async fn announce(connection: &mut Connection, name: &str, now: Timestamp) -> Result<(), StoreError> {
    if let Some(printer) = find(connection, name).await? {
        events::record(connection, EventKind::Printer, None, &printer.to_json().to_string(), now).await?;
    }
    Ok(())
}
