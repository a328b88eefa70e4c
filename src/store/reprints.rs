//! Jobs that repeat labels of another job.

use super::{Connection, StoreError, from_ms, labels};
use crate::domain::{JobId, LabelIndex, LabelRanges, LabelTexts};
use jiff::Timestamp;
use sqlx::FromRow;

/// A reprint as its original lists it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ListedReprint {
    pub id: String,
    pub status: String,
    /// The label numbers that stand on the paper.
    pub shown: String,
    pub reason: String,
    created_at_ms: i64,
}

impl ListedReprint {
    /// When it was asked for.
    pub fn created_at(&self) -> Result<Timestamp, StoreError> {
        from_ms(self.created_at_ms)
    }
}

/// The reprints of a job, oldest first.
pub async fn of_job(connection: &mut Connection, id: JobId) -> Result<Vec<ListedReprint>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT id, status, coalesce(reprint_shown, '') AS shown, coalesce(reprint_reason, '') AS reason, created_at_ms
         FROM jobs WHERE reprint_of = $1 ORDER BY id",
    )
    .bind(id.to_string())
    .fetch_all(connection)
    .await?)
}

/// The labels among these that are neither printed nor in doubt: they never came out.
pub async fn never_printed(
    connection: &mut Connection,
    id: JobId,
    chosen: &LabelRanges,
) -> Result<LabelRanges, StoreError> {
    let mut missing = Vec::new();
    for (first, last) in chosen.stretches() {
        let there: Vec<i64> = sqlx::query_scalar(
            "SELECT label_index FROM labels WHERE job_id = $1 AND label_index BETWEEN $2 AND $3
                AND outcome IN ('printed', 'unconfirmed') ORDER BY label_index",
        )
        .bind(id.to_string())
        .bind(first)
        .bind(last)
        .fetch_all(&mut *connection)
        .await?;
        let mut there = there.into_iter().peekable();
        missing.extend((*first..=*last).filter(|label| there.next_if_eq(label).is_none()));
    }
    Ok(missing.into_iter().collect())
}

/// All printed labels of a job.
pub async fn printed(connection: &mut Connection, id: JobId) -> Result<LabelRanges, StoreError> {
    let labels: Vec<LabelIndex> = sqlx::query_scalar(
        "SELECT label_index FROM labels WHERE job_id = $1 AND outcome = 'printed' ORDER BY label_index",
    )
    .bind(id.to_string())
    .fetch_all(connection)
    .await?;
    Ok(labels.into_iter().collect())
}

/// The values of these labels, in order; none where the job gave a quantity and no values.
pub async fn contents(
    connection: &mut Connection,
    id: JobId,
    chosen: &LabelRanges,
) -> Result<LabelTexts, StoreError> {
    let mut contents = LabelTexts::default();
    for (first, last) in chosen.stretches() {
        let mut next = *first;
        while next <= *last {
            let Some(chunk) = labels::chunk_with(connection, id, next).await? else {
                return Ok(LabelTexts::default());
            };
            let skip = usize::try_from(next - chunk.first_label).unwrap_or(0);
            let take = usize::try_from(last - next + 1).unwrap_or(0);
            let mut taken: LabelIndex = 0;
            for fields in chunk.fields.iter().skip(skip).take(take) {
                contents.push(fields).map_err(|_| StoreError::Damaged("label values"))?;
                taken += 1;
            }
            if taken == 0 {
                return Err(StoreError::Damaged("a chunk of labels without its labels"));
            }
            next += taken;
        }
    }
    Ok(contents)
}
