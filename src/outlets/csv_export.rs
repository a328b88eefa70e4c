//! History as a streamed CSV file: a row a job, or a row for every outcome recorded of a label. Read by cursor, so a
//! million rows cost no memory.

use super::Views;
use super::queries::JobQuery;
use crate::domain::{Code, Job, JobId, LabelIndex};
use crate::refusal::Refusal;
use crate::store::job_lists::JobFilter;
use crate::store::ledger::{self, Entry};
use crate::store::{Store, StoreError, job_lists};
use actix_web::HttpResponse;
use actix_web::web::{Bytes, Data, Query};
use futures_util::stream::{Stream, unfold};
use jiff::Timestamp;

const JOBS_PER_READ: i64 = 200;
const ENTRIES_PER_READ: i64 = 1_000;
/// Spreadsheets read a file without it in the local code page.
const BYTE_ORDER_MARK: &str = "\u{feff}";

const JOB_COLUMNS: [&str; 18] = [
    "job_id",
    "uuid",
    "mo",
    "template",
    "job_type",
    "printer",
    "submitted_by",
    "status",
    "quantity",
    "printed",
    "unconfirmed",
    "error_code",
    "error_message",
    "created_at",
    "started_at",
    "finished_at",
    // Of a reprint: whose labels it repeats, and why.
    "reprint_of",
    "reason",
];
const LABEL_COLUMNS: [&str; 16] = [
    "job_id",
    "uuid",
    "mo",
    "template",
    "label",
    "serial",
    "outcome",
    "evidence",
    "printer",
    "attempt",
    "recorded_at",
    "run_id",
    "entry",
    // `yes` in one row a label at most: filter by it to count labels instead of attempts.
    "current",
    "reprint_of",
    "reason",
];

/// `GET /api/history.csv`
#[utoipa::path(get, path = "/api/history.csv", tag = "history", params(JobQuery), responses(
    (status = 200, description = "text/csv, UTF-8 with byte order mark, newest first; formula characters are defused with an apostrophe. With detail=labels a row for every outcome recorded of a label, in order; `current` is yes in the row that counts now"),
    (status = 422, description = "invalid_field"),
), security(("key" = [])))]
pub async fn history_csv(views: Data<Views>, query: Query<JobQuery>) -> Result<HttpResponse, Refusal> {
    let by_label = match query.detail.as_deref() {
        None | Some("" | "jobs") => false,
        Some("labels") => true,
        Some(other) => {
            let shown: String = other.chars().take(60).collect();
            return Err(Refusal::with_action(
                Code::InvalidField,
                format!("`detail` is `{shown}`."),
                "Write detail=labels, or leave it out.",
            ));
        }
    };
    let export =
        Export { store: views.store.clone(), filter: query.filter()?, by_label, place: Place::Header };
    let name = if by_label { "labels.csv" } else { "jobs.csv" };
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{name}\"")))
        .insert_header(("Cache-Control", "no-store"))
        .streaming(export.into_stream()))
}

struct Export {
    store: Store,
    filter: JobFilter,
    by_label: bool,
    place: Place,
}

enum Place {
    Header,
    Jobs {
        before: Option<JobId>,
    },
    /// Rest of a page of jobs, last first, and how far into the one at its end: label and entry.
    Labels {
        jobs: Vec<Job>,
        after: (LabelIndex, i64),
    },
    End,
}

impl Export {
    fn into_stream(self) -> impl Stream<Item = Result<Bytes, StoreError>> {
        unfold(self, |mut export| async move {
            loop {
                match export.next().await {
                    Ok(None) => return None,
                    Ok(Some(bytes)) if bytes.is_empty() => {}
                    Ok(Some(bytes)) => return Some((Ok(bytes), export)),
                    Err(error) => {
                        // The body breaks off without its end, so the client sees that it is not whole.
                        tracing::error!(%error, "an export broke off");
                        export.place = Place::End;
                        return Some((Err(error), export));
                    }
                }
            }
        })
    }

    async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        match std::mem::replace(&mut self.place, Place::End) {
            Place::End => Ok(None),
            Place::Header => {
                self.place = Place::Jobs { before: None };
                let columns: &[&str] = if self.by_label { &LABEL_COLUMNS } else { &JOB_COLUMNS };
                let header = rows([columns.iter().map(|name| (*name).to_owned()).collect()])?;
                Ok(Some(Bytes::from([BYTE_ORDER_MARK.as_bytes(), &header].concat())))
            }
            Place::Jobs { before } => self.next_jobs(before).await,
            Place::Labels { jobs, after } => self.next_labels(jobs, after).await,
        }
    }

    async fn next_jobs(&mut self, before: Option<JobId>) -> Result<Option<Bytes>, StoreError> {
        let mut connection = self.store.read().await?;
        let mut page = job_lists::page(&mut connection, &self.filter, before, JOBS_PER_READ).await?;
        let Some(last) = page.last() else { return Ok(None) };
        if self.by_label {
            page.reverse();
            self.place = Place::Labels { jobs: page, after: (0, 0) };
            return Ok(Some(Bytes::new()));
        }
        self.place = Place::Jobs { before: Some(last.id) };
        Ok(Some(Bytes::from(rows(page.iter().map(job_row))?)))
    }

    async fn next_labels(
        &mut self,
        mut jobs: Vec<Job>,
        after: (LabelIndex, i64),
    ) -> Result<Option<Bytes>, StoreError> {
        let Some(job) = jobs.last() else { return Ok(None) };
        let mut connection = self.store.read().await?;
        let entries = ledger::of_job(&mut connection, job.id, after, ENTRIES_PER_READ).await?;
        let id = job.id;
        let written =
            rows(entries.iter().map(|entry| label_row(job, entry)).collect::<Result<Vec<_>, _>>()?)?;
        self.place = match entries.last() {
            Some(last) => Place::Labels { jobs, after: (last.content.label_index, last.number) },
            None => {
                jobs.pop();
                if jobs.is_empty() {
                    Place::Jobs { before: Some(id) }
                } else {
                    Place::Labels { jobs, after: (0, 0) }
                }
            }
        };
        Ok(Some(Bytes::from(written)))
    }
}

/// The job whose labels a reprint repeats, and the reason; empty for all others.
fn reprint_cells(job: &Job) -> [String; 2] {
    let Some(reprint) = &job.reprint else { return Default::default() };
    [reprint.of.to_string(), reprint.reason.clone()]
}

fn job_row(job: &Job) -> Vec<String> {
    let [reprint_of, reason] = reprint_cells(job);
    let unconfirmed: Vec<String> = job.unconfirmed.iter().map(i64::to_string).collect();
    vec![
        job.id.to_string(),
        job.uuid.to_string(),
        job.mo.as_ref().map(|mo| mo.name.clone()).unwrap_or_default(),
        job.template.clone().unwrap_or_default(),
        job.job_type.as_str().to_owned(),
        job.printer.clone(),
        job.submitted_by.clone().unwrap_or_default(),
        job.status.as_str().to_owned(),
        job.quantity.to_string(),
        job.printed.to_string(),
        unconfirmed.join(" "),
        job.error_code.clone().unwrap_or_default(),
        job.error_message.clone().unwrap_or_default(),
        job.created_at.to_string(),
        optional_time(job.started_at),
        optional_time(job.finished_at),
        reprint_of,
        reason,
    ]
}

fn label_row(job: &Job, entry: &Entry) -> Result<Vec<String>, StoreError> {
    let content = &entry.content;
    let [reprint_of, reason] = reprint_cells(job);
    Ok(vec![
        job.id.to_string(),
        job.uuid.to_string(),
        job.mo.as_ref().map(|mo| mo.name.clone()).unwrap_or_default(),
        job.template.clone().unwrap_or_default(),
        content.label_index.to_string(),
        content.serial.clone().unwrap_or_default(),
        content.outcome.clone(),
        content.evidence.clone(),
        content.printer.clone(),
        content.attempt.to_string(),
        entry.recorded_at()?.to_string(),
        content.run_id.clone().unwrap_or_default(),
        entry.number.to_string(),
        if entry.is_current() { "yes" } else { "no" }.to_owned(),
        reprint_of,
        reason,
    ])
}

fn optional_time(time: Option<Timestamp>) -> String {
    time.map(|time| time.to_string()).unwrap_or_default()
}

fn rows(rows: impl IntoIterator<Item = Vec<String>>) -> Result<Vec<u8>, StoreError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer
            .write_record(row.into_iter().map(defused))
            .map_err(|_| StoreError::Damaged("a row that cannot be written"))?;
    }
    writer.into_inner().map_err(|_| StoreError::Damaged("a row that cannot be written"))
}

/// A cell that a spreadsheet would run as a formula gets an apostrophe in front.
fn defused(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_defused_and_quotes_are_doubled() {
        let written = rows([vec!["=1+1".into(), "@x".into(), "a \"b\", c".into(), "-5".into()]]).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), "'=1+1,'@x,\"a \"\"b\"\", c\",'-5\r\n");
    }
}
