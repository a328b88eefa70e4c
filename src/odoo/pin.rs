//! Which Odoo database this service prints for: the first one it met, or the one configured. A copy of it – restored
//! for a test, say – has the same address and key of this service, and must not print.

use crate::clock::Clock;
use crate::store::{Store, StoreError, odoo_database};

/// Longest uuid kept, in characters.
const UUID_CHARACTERS_MAX: usize = 64;

/// Why another database is not served.
#[derive(Debug, thiserror::Error)]
pub enum PinError {
    /// Not the database this service prints for.
    #[error("Odoo's database {given} is not the one this service prints for, which is {pinned}.")]
    Foreign { given: String, pinned: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Remembers the database, durably.
#[derive(Debug, Clone)]
pub struct DatabasePin {
    store: Store,
    clock: Clock,
    /// `odoo.database_uuid`: wins over what was met first.
    configured: Option<String>,
}

impl DatabasePin {
    /// `configured` is `odoo.database_uuid`, where it is set.
    pub fn new(store: Store, clock: Clock, configured: Option<String>) -> Self {
        Self { store, clock, configured }
    }

    /// The database this service prints for, once it has met one.
    pub async fn pinned(&self) -> Result<Option<String>, StoreError> {
        match &self.configured {
            Some(uuid) => Ok(Some(uuid.clone())),
            None => odoo_database::pinned(&mut *self.store.read().await?).await,
        }
    }

    /// Lets the pinned database pass, and pins the first one there is. An Odoo that does not tell passes: older versions
    /// of the addon, and callers that are no Odoo.
    pub async fn check(&self, given: &str) -> Result<(), PinError> {
        let given: String =
            given.trim().chars().filter(|letter| !letter.is_control()).take(UUID_CHARACTERS_MAX).collect();
        if given.is_empty() {
            return Ok(());
        }
        let pinned = match self.pinned().await? {
            Some(pinned) => pinned,
            None => self.pin_first(&given).await?,
        };
        if pinned.eq_ignore_ascii_case(&given) { Ok(()) } else { Err(PinError::Foreign { given, pinned }) }
    }

    async fn pin_first(&self, uuid: &str) -> Result<String, StoreError> {
        let mut writing = self.store.write().await?;
        let pinned = odoo_database::pin_first(&mut writing, uuid, self.clock.now()).await?;
        writing.commit().await?;
        tracing::info!(database = %pinned, "this service prints for this Odoo database from now on, and for no other");
        Ok(pinned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_database_is_the_only_one_until_a_person_accepts_another() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/platen.db", folder.path().display());
        let store = Store::open(&url).await.unwrap();
        let pin = DatabasePin::new(store.clone(), Clock::system(), None);
        assert!(pin.check("").await.is_ok(), "nobody told");
        assert!(pin.check("the-first").await.is_ok());
        assert!(pin.check(" The-First ").await.is_ok());
        let copy = pin.check("the-copy").await;
        assert!(matches!(&copy, Err(PinError::Foreign { pinned, .. }) if pinned == "the-first"), "{copy:?}");
        store.close().await;

        let store = Store::open(&url).await.unwrap();
        let pin = DatabasePin::new(store.clone(), Clock::system(), None);
        assert!(pin.check("the-copy").await.is_err(), "a restart forgets nothing");
        let mut writing = store.write().await.unwrap();
        odoo_database::pin(&mut writing, "the-copy", Clock::system().now()).await.unwrap();
        writing.commit().await.unwrap();
        assert!(pin.check("the-copy").await.is_ok());
        assert!(pin.check("the-first").await.is_err());
        let configured = DatabasePin::new(store.clone(), Clock::system(), Some("the-third".to_owned()));
        assert!(configured.check("the-third").await.is_ok() && configured.check("the-copy").await.is_err());
        store.close().await;
    }
}
