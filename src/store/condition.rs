//! Whether the database can be used: proved by reading and by writing, not supposed.

use super::dialect::Source;
use super::{Store, StoreError, Trouble};
use rustix::fs::statvfs;
use sqlx::{ConnectOptions, Connection};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// A database up to this size is read through before the service starts; that costs milliseconds.
const READ_THROUGH_BYTES: u64 = 32 * 1024 * 1024;
/// Somebody who asks for readiness wants an answer.
const PROOF_WITHIN: Duration = Duration::from_secs(2);
/// A proof is a synced write: whoever asks more often gets the last one.
const PROOF_HOLDS: Duration = Duration::from_millis(500);
/// Below it the next job may not find room.
const ROOM_BYTES: u64 = 1024 * 1024;

/// The file of a database that is open: it must stay where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OpenFile {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl OpenFile {
    /// The file as it lies there now; `None` for a database in memory.
    pub(super) fn at(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        Some(Self { path: path.to_owned(), device: metadata.dev(), inode: metadata.ino() })
    }

    /// A file that was moved or removed can still be written, and what is written is lost.
    pub(super) fn prove_in_place(&self) -> Result<(), StoreError> {
        let reason = match std::fs::metadata(&self.path) {
            Ok(metadata) if (metadata.dev(), metadata.ino()) == (self.device, self.inode) => return Ok(()),
            Ok(_) => format!("another file lies at {}", self.path.display()),
            Err(error) => format!("{}: {error}", self.path.display()),
        };
        Err(StoreError::Unusable { trouble: Trouble::Missing, reason })
    }

    fn prove_room(&self) -> Result<(), StoreError> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let Ok(disk) = statvfs(folder.unwrap_or(Path::new("."))) else { return Ok(()) };
        if disk.f_bavail.saturating_mul(disk.f_frsize) >= ROOM_BYTES {
            return Ok(());
        }
        let reason = "less than 1 MiB is free".to_owned();
        Err(StoreError::Unusable { trouble: Trouble::Full, reason })
    }
}

/// Refuses a file that is damaged or cannot be read, before anything has been written to it.
/// A server looks after its own files.
pub(super) async fn prove_sound(source: &Source) -> Result<(), StoreError> {
    let Some(file) = source.file() else { return Ok(()) };
    let Ok(metadata) = std::fs::metadata(file) else {
        return match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
                let reason = format!("there is no folder {}", folder.display());
                Err(StoreError::Unusable { trouble: Trouble::Missing, reason })
            }
            _ => Ok(()),
        };
    };
    if metadata.len() == 0 || metadata.len() > READ_THROUGH_BYTES {
        return Ok(());
    }
    match read_through(source).await.map_err(StoreError::from) {
        // What a power cut left half done wants to be finished first: opening it for writing does that, or fails.
        Err(StoreError::Unusable { trouble: Trouble::ReadOnly | Trouble::Missing, .. }) => Ok(()),
        Ok(found) if found != "ok" => {
            let reason = found.replace('\n', " ");
            Err(StoreError::Unusable { trouble: Trouble::Damaged, reason })
        }
        checked => checked.map(|_| ()),
    }
}

async fn read_through(source: &Source) -> Result<String, sqlx::Error> {
    sqlx::any::install_default_drivers();
    let mut connection = source.reading()?.connect().await?;
    let found = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(found)
}

/// A file that is there and cannot be opened is one that may not be written, or its folder may not.
pub(super) fn of_file(error: StoreError, file: Option<&Path>) -> StoreError {
    match error {
        StoreError::Unusable { trouble: Trouble::Missing, reason } if file.is_some_and(Path::exists) => {
            StoreError::Unusable { trouble: Trouble::ReadOnly, reason }
        }
        error => error,
    }
}

/// When the last proof was made, and the trouble it found with its reason.
type Proof = (Instant, Option<(Trouble, String)>);

/// The last proof, if there was one.
#[derive(Debug, Default)]
pub(super) struct LastProof(Mutex<Option<Proof>>);

impl Store {
    /// Proves by a write of its own that the database can be written. The error names the trouble.
    pub async fn prove_writable(&self) -> Result<(), StoreError> {
        let mut last = self.last_proof.0.lock().await;
        if let Some((at, found)) = &*last
            && at.elapsed() < PROOF_HOLDS
        {
            return match found.clone() {
                None => Ok(()),
                Some((trouble, reason)) => Err(StoreError::Unusable { trouble, reason }),
            };
        }
        let proof = match tokio::time::timeout(PROOF_WITHIN, self.write_once()).await {
            Ok(proof) => proof,
            Err(_) => {
                let reason = format!("a write did not begin within {} s", PROOF_WITHIN.as_secs());
                Err(StoreError::Unusable { trouble: Trouble::Busy, reason })
            }
        };
        let found = proof.as_ref().err().map(|error| match error {
            StoreError::Unusable { trouble, reason } => (*trouble, reason.clone()),
            error => (error.trouble(), error.to_string()),
        });
        *last = Some((Instant::now(), found));
        proof
    }

    async fn write_once(&self) -> Result<(), StoreError> {
        let mut writing = self.write().await?;
        sqlx::query(
            "INSERT INTO write_proofs (id, proofs) VALUES (1, 1)
             ON CONFLICT (id) DO UPDATE SET proofs = write_proofs.proofs + 1",
        )
        .execute(&mut *writing)
        .await?;
        writing.commit().await?;
        match &self.file {
            Some(file) => file.prove_room(),
            None => Ok(()),
        }
    }
}
