//! What is kept of one job cannot be used any more: that job ends, says why, and holds up no other.

use crate::harness::*;
use serde_json::{Value, json};

const SPOIL_TEMPLATE: &str = "UPDATE template_versions SET source = '{% if %}' WHERE name = 'mo_label'";
const SPOIL_VALUES: &str = "UPDATE label_chunks SET fields = 'no JSON'";

/// Labels are given up some hundreds at a time.
const MORE_THAN_AT_ONCE: usize = 1_100;

/// A job that needs nothing of what is spoiled; it is printed.
async fn another_job_prints(service: &Service) {
    let id = service.submit(&json!({"printer": "line-a", "zpl": "^XA^FO20,20^FDSN-90000^FS^XZ"})).await;
    assert_eq!(service.wait_for_end(&id).await["status"], "completed");
}

fn assert_says(job: &Value, code: &str, words: &str) {
    assert_eq!(job["error_code"], code, "{job}");
    let message = job["error_message"].as_str().expect("words");
    assert!(message.contains(words), "{message}");
}

#[tokio::test]
async fn a_job_whose_kept_template_or_values_cannot_be_read_fails_and_the_next_one_prints() {
    for (spoil, code, words) in [
        (
            SPOIL_TEMPLATE,
            "invalid_template",
            "the template `mo_label`, as it was kept with the job, does not load",
        ),
        (SPOIL_VALUES, "storage_damaged", "label values"),
    ] {
        let zebra = printer().await;
        let place = Place::with_printer(&zebra);
        let service = place.start().await;
        service.post("/api/printers/line-a/pause", &json!({})).await;
        let id = service.submit(&job(MORE_THAN_AT_ONCE)).await;
        assert!(place.alter(spoil).await > 0);
        service.post("/api/printers/line-a/resume", &json!({})).await;
        let end = service.wait_for_end(&id).await;
        assert_eq!((&end["status"], &end["not_printed"]), (&json!("failed"), &json!(MORE_THAN_AT_ONCE)));
        assert_says(&end, code, words);
        another_job_prints(&service).await;
        assert_eq!(serials_on_paper(&zebra.paper()).len(), 1);
        place.assert_history_is_whole(&service).await;
    }
}

#[tokio::test]
async fn a_job_that_was_under_way_when_its_template_was_spoiled_counts_what_came_out_and_fails_the_rest() {
    let zebra = slow_printer(30.0).await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let id = service.submit(&job(100)).await;
    zebra.wait_for_labels(20, PATIENCE).await.expect("label 20");
    service.kill().await;
    assert_eq!(place.alter(SPOIL_TEMPLATE).await, 1);
    let service = place.start().await;
    let end = service.wait_for_end(&id).await;
    assert_eq!((&end["status"], &end["unconfirmed"]), (&json!("completed_with_errors"), &json!([])));
    assert_eq!(
        end["current_label"],
        json!(serials_on_paper(&zebra.paper()).len()),
        "what is on paper is counted"
    );
    assert_says(&end, "invalid_template", "does not load");
    another_job_prints(&service).await;
    place.assert_history_is_whole(&service).await;
}
