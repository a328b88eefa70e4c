//! The labels of one job, rendered one by one from the template version the job was accepted with.
//! Holds one chunk of values at a time, so a long job needs no more memory than a short one. The printer's worker makes
//! what it sends here, and the API what it shows of a job: the picture is of the very bytes.

use crate::domain::{Code, Fields, Job, JobId, LabelIndex, Reprint};
use crate::render::mark::{Mark, MarkPlace, READY_ZPL_DPMM, marked};
use crate::render::preview::Canvas;
use crate::render::{JobLabels, Template, TemplateFiles};
use crate::store::labels::Chunk;
use crate::store::{Connection, Store, StoreError, doubts, jobs, labels, templates};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Why a label of an accepted job cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("label {label} cannot be made: {reason}")]
    Label { label: LabelIndex, code: Code, reason: String },
}

/// Renders the labels of one job.
#[derive(Debug)]
pub struct LabelSource {
    job_id: JobId,
    content: Content,
    /// A reprint shows the numbers of the first paper.
    reprint: Option<Reprint>,
    possible_duplicates: BTreeSet<LabelIndex>,
    chunk: Option<Chunk>,
    no_fields: Fields,
}

/// What a job's labels are made of.
#[derive(Debug)]
enum Content {
    Template(JobLabels),
    /// For a printer of so many dots per mm, where they are known.
    ReadyZpl {
        data: Fields,
        dpmm: Option<u32>,
    },
    /// No label of it can be made, today or tomorrow: each says so, and the printer goes on with other jobs.
    Unusable {
        data: Fields,
        code: Code,
        reason: String,
    },
}

impl LabelSource {
    /// Opens the labels of a job for a printer of this many dots per mm, where they are known. What is kept of the job
    /// and cannot be read is said by each label when it is asked for.
    pub async fn open(store: &Store, job: &Job, dpmm: Option<u32>) -> Result<Self, StoreError> {
        let mut connection = store.read().await?;
        let data = jobs::shared_data(&mut connection, job.id).await?;
        let content = match serde_json::from_str(&data) {
            Ok(data) => content(&mut connection, job, data, dpmm).await?,
            Err(error) => Content::Unusable {
                data: Fields::new(),
                code: Code::StorageDamaged,
                reason: format!("the values its labels share cannot be read: {error}"),
            },
        };
        Ok(Self {
            job_id: job.id,
            content,
            reprint: job.reprint.clone(),
            possible_duplicates: doubts::possible_duplicates(&mut connection, job.id).await?,
            chunk: None,
            no_fields: Fields::new(),
        })
    }

    /// Width and height in millimetres and dots per millimetre of what is printed, where the template says so.
    pub fn canvas(&self) -> Option<Canvas> {
        let Content::Template(labels) = &self.content else { return None };
        let manifest = labels.template().manifest();
        Some(Canvas { width_mm: manifest.width_mm, height_mm: manifest.height_mm, dpmm: labels.dpmm() })
    }

    /// Height of a label in millimetres, where the template says so.
    pub fn height_mm(&self) -> Option<f64> {
        self.canvas().map(|canvas| canvas.height_mm)
    }

    /// One label's bytes.
    pub async fn zpl(&mut self, store: &Store, label: LabelIndex) -> Result<Vec<u8>, SourceError> {
        self.load(store, label).await.map_err(|error| match error {
            StoreError::Damaged(what) => {
                let reason = format!("the database holds something impossible: {what}");
                SourceError::Label { label, code: Code::StorageDamaged, reason }
            }
            error => error.into(),
        })?;
        let fields = own_fields(self.chunk.as_ref(), &self.no_fields, label);
        let failed = |reason: String| SourceError::Label { label, code: Code::InvalidField, reason };
        let zpl = match &mut self.content {
            Content::Unusable { code, reason, .. } => {
                return Err(SourceError::Label { label, code: *code, reason: reason.clone() });
            }
            Content::ReadyZpl { .. } => match fields.get("zpl") {
                Some(Value::String(zpl)) => zpl.clone(),
                _ => return Err(failed("its ZPL is missing".to_owned())),
            },
            Content::Template(labels) => {
                let index =
                    self.reprint.as_ref().and_then(|reprint| reprint.shown.at(label)).unwrap_or(label);
                labels.render(fields, index).map_err(|error| failed(error.to_string()))?
            }
        };
        Ok(self.with_mark(label, zpl).into_bytes())
    }

    fn with_mark(&self, label: LabelIndex, zpl: String) -> String {
        let mark = match &self.reprint {
            _ if self.possible_duplicates.contains(&label) => Mark::PossibleDuplicate,
            Some(Reprint { marked: true, .. }) => Mark::Reprint,
            _ => return zpl,
        };
        let (place, dpmm) = match &self.content {
            Content::Template(labels) => (labels.template().manifest().mark, labels.dpmm()),
            Content::ReadyZpl { dpmm, .. } => (MarkPlace::default(), dpmm.unwrap_or(READY_ZPL_DPMM)),
            Content::Unusable { .. } => return zpl,
        };
        marked(&zpl, mark, place, dpmm)
    }

    /// The serial or lot that stands on a label, for the ledger.
    pub async fn serial(&mut self, store: &Store, label: LabelIndex) -> Result<Option<String>, StoreError> {
        match self.load(store, label).await {
            // What became of a label is worth more than its serial.
            Err(StoreError::Damaged(what)) => {
                tracing::error!(job.id = %self.job_id, label, what, "the label's serial cannot be read");
                return Ok(None);
            }
            loaded => loaded?,
        }
        let fields = own_fields(self.chunk.as_ref(), &self.no_fields, label);
        let data = match &self.content {
            Content::Template(labels) => labels.data(),
            Content::ReadyZpl { data, .. } | Content::Unusable { data, .. } => data,
        };
        Ok(["serial", "lot"]
            .into_iter()
            .find_map(|name| fields.get(name).or_else(|| data.get(name)))
            .and_then(Value::as_str)
            .filter(|serial| !serial.is_empty())
            .map(str::to_owned))
    }

    async fn load(&mut self, store: &Store, label: LabelIndex) -> Result<(), StoreError> {
        let held = self.chunk.as_ref().is_some_and(|chunk| {
            (chunk.first_label..chunk.first_label + chunk.fields.len() as LabelIndex).contains(&label)
        });
        if !held {
            let mut connection = store.read().await?;
            self.chunk = labels::chunk_with(&mut connection, self.job_id, label).await?;
        }
        Ok(())
    }
}

/// From the template version the job was accepted with, where it has one.
async fn content(
    connection: &mut Connection,
    job: &Job,
    data: Fields,
    dpmm: Option<u32>,
) -> Result<Content, StoreError> {
    let Some(version) = &job.template_version else { return Ok(Content::ReadyZpl { data, dpmm }) };
    let kept = match templates::find(connection, version).await {
        Ok(kept) => kept.ok_or_else(|| "it is not kept any more".to_owned()),
        Err(StoreError::Damaged(what)) => Err(format!("the database holds something impossible: {what}")),
        Err(error) => return Err(error),
    };
    let loaded = kept.and_then(|kept| {
        let files = TemplateFiles::from_json(&kept.files).map_err(|error| error.to_string())?;
        Template::from_files(&kept.name, files).map_err(|error| error.to_string())
    });
    let template = match loaded {
        Ok(template) => template,
        Err(reason) => {
            let name = job.template.as_deref().unwrap_or_default();
            let reason =
                format!("the template `{name}`, as it was kept with the job, does not load: {reason}");
            return Ok(Content::Unusable { data, code: Code::InvalidTemplate, reason });
        }
    };
    // One that does not fit is refused when it is rendered, with both resolutions.
    let dpmm = dpmm.unwrap_or(template.manifest().dpmm.usual());
    let mo_name = job.mo.as_ref().map(|mo| mo.name.clone());
    let count = job.reprint.as_ref().map_or(job.quantity, |reprint| reprint.shown_count);
    Ok(Content::Template(JobLabels::new(Arc::new(template), dpmm, data, mo_name, count)))
}

/// The values of one label alone.
fn own_fields<'c>(chunk: Option<&'c Chunk>, none: &'c Fields, label: LabelIndex) -> &'c Fields {
    chunk
        .and_then(|chunk| usize::try_from(label - chunk.first_label).ok().and_then(|at| chunk.fields.get(at)))
        .unwrap_or(none)
}
