//! One job: what a person should know about it, and what is wished of it.

use super::Failure;
use super::output::{self, Table};
use crate::api_client::ApiClient;
use crate::clock::Clock;
use serde_json::Value;

const LABELS_PER_PAGE: usize = 5_000;

/// How far it is, e.g. `150 of 200`.
pub fn labels_of(job: &Value) -> String {
    format!("{} of {}", output::text(job, "current_label"), output::text(job, "quantity"))
}

/// What a person should do, else why the job failed.
pub fn remark(job: &Value) -> Option<String> {
    let error = output::text(job, "error_message");
    let advice = output::advice(&job["attention"])
        .or_else(|| (!error.is_empty()).then(|| format!("{error} {}", output::text(job, "error_action"))));
    let advice = match (job["paused"] == true, advice) {
        (true, None) => {
            Some(format!("Paused; let it go on with `platen jobs resume {}`.", output::text(job, "job_id")))
        }
        (_, advice) => advice,
    };
    let unconfirmed = unconfirmed(job);
    if unconfirmed.is_empty() {
        return advice;
    }
    let id = output::text(job, "job_id");
    let answer =
        format!("Answer with `platen jobs resolve {id} --labels {unconfirmed} --printed`, or --not-printed.");
    Some(advice.map_or(answer.clone(), |advice| format!("{advice} {answer}")))
}

/// The unconfirmed labels as a person writes them, e.g. `3,7-12`.
fn unconfirmed(job: &Value) -> String {
    let mut ranges: Vec<(i64, i64)> = Vec::new();
    for label in job["unconfirmed"].as_array().into_iter().flatten().filter_map(Value::as_i64) {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == label => *last = label,
            _ => ranges.push((label, label)),
        }
    }
    let ranges = ranges.into_iter().map(|(first, last)| match last - first {
        0 => first.to_string(),
        _ => format!("{first}-{last}"),
    });
    ranges.collect::<Vec<_>>().join(",")
}

/// Everything about one job.
pub async fn show(client: &ApiClient, id: &str, with_labels: bool, as_json: bool) -> Result<(), Failure> {
    let mut job = client.get(&["api", "jobs", id], &[]).await?;
    let labels = if with_labels { labels(client, id).await? } else { Vec::new() };
    if as_json {
        if with_labels {
            job["labels"] = Value::Array(labels);
        }
        return output::json(&job);
    }
    let now = Clock::system().now();
    let mut table = Table::new(&["job", &output::text(&job, "job_id")]);
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            table.row(vec![name.to_owned(), value], None);
        }
    };
    line("uuid", output::text(&job, "uuid"));
    line("status", output::text(&job, "status").replace('_', " "));
    line("labels", format!("{} printed", labels_of(&job)));
    line("printer", output::text(&job, "printer"));
    line("template", output::text(&job, "template"));
    line("order", output::text(&job["mo"], "name"));
    line("type", output::text(&job, "job_type"));
    line("priority", output::text(&job, "priority"));
    line("submitted by", output::text(&job, "submitted_by"));
    line("reprint of", output::text(&job, "reprint_of"));
    line("its labels", output::text(&job, "reprint_labels"));
    line("reason", output::text(&job, "reprint_reason"));
    for reprint in job["reprints"].as_array().into_iter().flatten() {
        line(
            "reprinted",
            format!("{} ({})", output::text(reprint, "labels"), output::text(reprint, "job_id")),
        );
    }
    line("stopped after", output::text(&job, "stopped_after"));
    line("created", output::text(&job, "created_at"));
    line("finished", output::text(&job, "finished_at"));
    line("changed", output::age(&job["updated_at"], now));
    line("unconfirmed", unconfirmed(&job));
    line("attention", remark(&job).unwrap_or_default());
    table.print()?;
    if with_labels { label_table(&labels).print() } else { Ok(()) }
}

async fn labels(client: &ApiClient, id: &str) -> Result<Vec<Value>, Failure> {
    let mut labels = Vec::new();
    let mut after = Some(0);
    while let Some(last) = after {
        let query = [("after", last.to_string()), ("limit", LABELS_PER_PAGE.to_string())];
        let mut page = client.get(&["api", "jobs", id, "labels"], &query).await?;
        if let Value::Array(found) = page["labels"].take() {
            labels.extend(found);
        }
        after = page["next_after"].as_i64();
    }
    Ok(labels)
}

fn label_table(labels: &[Value]) -> Table {
    let mut table = Table::new(&["LABEL", "OUTCOME", "EVIDENCE", "SERIAL", "PRINTER", "RECORDED"]);
    for label in labels {
        let names = ["label", "outcome", "evidence", "serial", "printer", "recorded_at"];
        table.row(names.iter().map(|name| output::text(label, name)).collect(), None);
    }
    table
}

/// Sends a wish and tells where the job stands after it.
pub async fn wish(client: &ApiClient, id: &str, verb: &str, body: Option<&Value>) -> Result<(), Failure> {
    let job = client.post(&["api", "jobs", id, verb], body).await?;
    let status = output::text(&job, "status").replace('_', " ");
    let mut sentence =
        format!("job {} is {status}, {} labels printed", output::text(&job, "job_id"), labels_of(&job));
    let missing = output::text(&job, "not_printed");
    match verb {
        "cancel" if job["cancelling"] == true => sentence.push_str(&format!(
            "; {} labels are still in the printer and come out when it goes on, unless you --abandon them",
            output::text(&job, "in_printer")
        )),
        "cancel" => sentence.push_str(&format!(
            "; it stopped after label {}, {missing} never came out",
            output::text(&job, "stopped_after")
        )),
        "retry" => {
            sentence.push_str(&format!("; {} missing labels are printed", output::text(&job, "missing")))
        }
        "reprint" => sentence.push_str(&format!(
            "; it prints once more: {} (of job {})",
            output::text(&job, "reprint_labels"),
            output::text(&job, "reprint_of")
        )),
        _ => {}
    }
    output::line(&sentence)?;
    remark(&job).map_or(Ok(()), |remark| output::line(&format!("  ! {remark}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_answer_about_unconfirmed_labels_can_be_copied() {
        let job =
            json!({"job_id": "x", "unconfirmed": [3, 7, 8, 9], "attention": null, "error_message": null});
        assert!(remark(&job).unwrap().contains("resolve x --labels 3,7-9 --printed"));
        assert_eq!(remark(&json!({"job_id": "x", "unconfirmed": []})), None);
    }
}
