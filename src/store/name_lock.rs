//! Whether this process is the only one alive under its instance's name. The operating system or the server tells:
//! both drop the lock of a process that has ended, however it ended.

use super::dialect::Source;
use super::{Connection, StoreError};
use sqlx::Executor;
use std::fs::{File, TryLockError};

/// Held for as long as it lives.
#[derive(Debug)]
pub struct NameLock {
    _held: Held,
}

#[derive(Debug)]
enum Held {
    File(#[allow(dead_code, reason = "open is locked")] File),
    Session(#[allow(dead_code, reason = "open is locked")] Connection),
}

/// The lock, or `None` while another process has it.
pub(super) async fn lock(source: &Source, instance: &str) -> Result<Option<NameLock>, StoreError> {
    let held = match source.file() {
        Some(database) => {
            let name: String = instance
                .chars()
                .map(
                    |character| if character.is_alphanumeric() || character == '-' { character } else { '_' },
                )
                .collect();
            let mut file = database.as_os_str().to_owned();
            file.push(format!(".{name}.lock"));
            let file = File::options().create(true).truncate(false).write(true).open(file)?;
            match file.try_lock() {
                Ok(()) => Held::File(file),
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
        }
        None => {
            let mut connection = source.connect().await?;
            connection.execute(source.dialect().prepare_writer()).await?;
            let statement = "SELECT pg_try_advisory_lock(hashtextextended('platen instance ' || $1, 0))";
            let is_ours: bool =
                sqlx::query_scalar(statement).bind(instance).fetch_one(&mut connection).await?;
            if !is_ours {
                return Ok(None);
            }
            Held::Session(connection)
        }
    };
    Ok(Some(NameLock { _held: held }))
}
