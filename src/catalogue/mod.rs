//! The templates as they are now: those of the folder, which is watched, and those that were uploaded and approved.
//! Whoever asks gets one version whole; a job keeps the one it was accepted with.

mod describe;
mod folder;
mod state;

pub use describe::{findings_json, listed_json, template_json};
pub use state::{Listed, State};

use crate::render::{CatalogueError, Entry, Template, TemplateFiles, judge_files};
use crate::store::{Connection, Store, StoreError, template_uploads, templates};
use folder::Folder;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

/// The folder is looked at so often, and what other instances uploaded or approved is noticed so soon.
pub const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Why there is no catalogue.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Folder(#[from] CatalogueError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The catalogue of a running service. Cheap to clone.
#[derive(Debug, Clone)]
pub struct LiveCatalogue {
    store: Store,
    state: Arc<RwLock<Arc<State>>>,
    making: Arc<Mutex<Making>>,
}

/// What a state is made from; one at a time makes one.
#[derive(Debug)]
struct Making {
    folder: Folder,
    /// Uploaded versions that are in use, compiled, by name and version.
    uploaded: BTreeMap<(String, String), Entry>,
    /// The uploads and approvals they were made from.
    revision: Option<(i64, i64)>,
}

impl LiveCatalogue {
    /// Loads everything. A template that cannot be used is told in the log and left out; a folder that cannot be
    /// read is an error.
    pub async fn load(store: Store, dir: &Path) -> Result<Self, LoadError> {
        let mut folder = Folder::new(dir);
        folder.load()?;
        let making = Making { folder, uploaded: BTreeMap::new(), revision: None };
        let catalogue = Self { store, state: Arc::default(), making: Arc::new(Mutex::new(making)) };
        catalogue.refresh().await?;
        Ok(catalogue)
    }

    /// Everything as it is at this moment.
    pub fn state(&self) -> Arc<State> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The template that new jobs of that name use.
    pub fn get(&self, name: &str) -> Option<Arc<Template>> {
        let state = self.state();
        state.templates.get(name)?.approved.as_ref().map(|entry| Arc::clone(&entry.template))
    }

    /// Reads again what was uploaded and approved.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        let mut making = self.making.lock().await;
        self.make(&mut making).await
    }

    /// Looks at the folder and at the database until the service stops.
    pub async fn watch(self, shutdown: CancellationToken) {
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            if let Err(error) = self.look().await {
                // Those who need an answer from the database tell what is the matter with it.
                tracing::debug!(%error, "the templates were not looked up");
            }
        }
    }

    async fn look(&self) -> Result<(), StoreError> {
        let mut making = self.making.clone().lock_owned().await;
        let looking = tokio::task::spawn_blocking(move || {
            let is_new = making.folder.look();
            (making, is_new)
        });
        // Nothing in it is left half done: a state is made from it only below.
        let Ok((mut making, is_new)) = looking.await else { return Ok(()) };
        let revision = template_uploads::revision(&mut *self.store.read().await?).await?;
        if is_new || making.revision != Some(revision) {
            self.make(&mut making).await?;
        }
        Ok(())
    }

    async fn make(&self, making: &mut Making) -> Result<(), StoreError> {
        let mut connection = self.store.read().await?;
        // First the number, then what it stands for: what comes in between is seen the next time.
        let revision = template_uploads::revision(&mut connection).await?;
        let standings = template_uploads::standings(&mut connection).await?;
        let mut uploaded = BTreeMap::new();
        let mut unusable = BTreeMap::new();
        for standing in &standings {
            let has_other = making.folder.good.contains_key(&standing.name) || standing.approved.is_some();
            let shown_draft = standing.draft.as_ref().filter(|_| !has_other);
            for version in standing.approved.iter().chain(shown_draft) {
                let key = (standing.name.clone(), version.clone());
                match making.uploaded.remove(&key) {
                    Some(entry) => _ = uploaded.insert(key, entry),
                    None => match self.judge_kept(&mut connection, &standing.name, version).await? {
                        Ok(entry) => _ = uploaded.insert(key, entry),
                        Err(problem) => _ = unusable.insert(key, problem),
                    },
                }
            }
        }
        drop(connection);
        let state = state::assemble(&making.folder, standings, |name, version| {
            let key = (name.to_owned(), version.to_owned());
            uploaded.get(&key).cloned().ok_or_else(|| unusable.get(&key).cloned().unwrap_or_default())
        });
        making.uploaded = uploaded;
        making.revision = Some(revision);
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(state);
        Ok(())
    }

    async fn judge_kept(
        &self,
        connection: &mut Connection,
        name: &str,
        version: &str,
    ) -> Result<Result<Entry, String>, StoreError> {
        let kept = templates::find(connection, version)
            .await?
            .ok_or(StoreError::Damaged("an uploaded template without its files"))?;
        let name = name.to_owned();
        let judging = tokio::task::spawn_blocking(move || {
            let judged = TemplateFiles::from_json(&kept.files).and_then(|files| judge_files(&name, files));
            judged.map_err(|error| {
                let problem = format!("the uploaded version cannot be used: {error}");
                tracing::error!(template = %name, %problem, "a template cannot be used");
                problem
            })
        });
        Ok(judging.await.unwrap_or_else(|_| Err("the uploaded version could not be judged".to_owned())))
    }
}
