//! The journeys that reach deepest into the store, once more on a real PostgreSQL; and what only a server can do.

use crate::harness::*;
use crate::{
    accounting, bad_input, doubts, faults, harness, instances, late_proofs, modes, pauses, people, readers,
    reprints, rights, templates,
};
use jiff::Timestamp;
use platen::domain::EventKind;
use platen::store::{Store, events};
use serde_json::json;
use std::time::{Duration, Instant};

macro_rules! on_postgres {
    ($($module:ident :: $journey:ident),+ $(,)?) => {
        $(#[test]
        fn $journey() {
            harness::on_postgres($module::$journey);
        })+
    };
}

on_postgres! {
    accounting::a_job_prints_in_order_and_is_counted_by_the_printer,
    accounting::a_service_killed_at_label_100_of_200_prints_exactly_the_missing_ones,
    accounting::a_printer_switched_off_leaves_at_most_the_label_in_flight_in_doubt,
    accounting::two_services_started_one_after_the_other_share_one_truth,
    people::a_cancel_answers_where_it_stopped_and_a_retry_prints_only_the_rest,
    people::a_rush_job_breaks_into_a_running_one_behind_a_whole_label,
    people::a_job_on_a_printer_that_does_not_come_back_can_be_abandoned,
    pauses::a_paused_job_lets_others_pass_and_goes_on_where_it_stopped,
    pauses::everything_paused_means_every_printer_also_after_a_restart_until_everything_is_resumed,
    doubts::a_doubtful_label_that_is_reprinted_says_so_on_the_paper_and_in_the_record,
    doubts::attempts_that_print_nothing_are_bounded_and_only_what_is_proved_missing_is_released,
    reprints::a_reprint_is_the_same_label_with_its_old_number_even_when_the_template_has_changed,
    rights::a_key_made_without_a_word_about_rights_may_everything,
    rights::a_copied_database_does_not_print_until_a_person_accepts_it,
    readers::the_stream_is_numbered_and_resumes_where_a_reader_left,
    readers::a_manager_gets_the_filtered_history_as_csv,
    readers::a_search_takes_small_and_capital_letters_alike_and_signs_as_they_are,
    readers::pollers_ask_for_many_jobs_at_once,
    bad_input::the_same_uuid_is_the_same_job_or_a_conflict,
    bad_input::a_hundred_copies_of_one_request_make_one_job,
    bad_input::each_bad_job_gets_one_clear_problem_and_leaves_nothing_behind,
    instances::an_instance_that_is_killed_is_replaced_and_no_label_is_lost_or_doubled,
    instances::an_instance_that_was_frozen_and_replaced_writes_nothing_more,
    instances::a_printer_stays_paused_and_known_while_its_instance_restarts_and_another_starts_first,
    instances::a_job_of_a_printer_that_is_configured_no_longer_can_be_given_up_and_is_settled_when_it_is_back,
    late_proofs::what_a_printer_held_when_it_was_given_up_is_settled_when_it_has_printed_it,
    faults::out_of_labels_waits_for_a_new_roll_and_loses_nothing,
    modes::a_service_killed_beside_a_blind_printer_sends_nothing_again_by_itself,
    modes::what_a_printer_can_prove_is_kept_for_it_and_forgotten_for_another,
    modes::labels_that_are_counted_and_named_are_verified,
    templates::an_uploaded_template_counts_when_it_is_approved_and_a_job_keeps_its_own,
    templates::another_instance_uses_what_was_approved_here,
}

#[test]
fn a_server_that_crashes_in_the_middle_of_a_job_costs_no_label() {
    harness::on_postgres(the_server_crashes);
}

#[tokio::main(flavor = "current_thread")]
async fn the_server_crashes() {
    let zebra = slow_printer(40.0).await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let id = service.submit(&job(100)).await;
    zebra.wait_for_labels(40, PATIENCE).await.expect("label 40");
    place.postgres().crash();
    let (status, problem) = service.post("/api/jobs", &job_of(&[9_001])).await;
    assert_eq!((status.as_u16(), &problem["code"]), (503, &json!("storage_failing")), "nothing is promised");
    place.postgres().run();
    let end = service.wait_for_end(&id).await;
    assert_eq!((&end["status"], &end["unconfirmed"]), (&json!("completed"), &json!([])));
    assert_each_once(&zebra.paper(), 100);
    let told = place.postgres().sql("SELECT count(*), max(number) FROM events");
    let (count, latest) = told.split_once('|').expect("two numbers");
    assert_eq!(count, latest, "no number is left out or used twice");
}

#[tokio::test]
async fn a_reader_of_the_log_misses_nothing_and_a_frozen_writer_stops_nobody() {
    const EVENTS: i64 = 60;
    let postgres = crate::postgres::Postgres::start();
    let stores = [
        Store::open(&postgres.url()).await.expect("the database"),
        Store::open(&postgres.url()).await.expect("the database"),
    ];
    let writers = stores.clone().map(|store| {
        tokio::spawn(async move {
            for _ in 0..EVENTS / 2 {
                let mut writing = store.write().await.expect("the database");
                events::record(&mut writing, EventKind::Job, None, "{}", Timestamp::now())
                    .await
                    .expect("the database");
                // Others get their turn between the number and the commit.
                tokio::task::yield_now().await;
                writing.commit().await.expect("the database");
            }
        })
    });
    let mut seen = Vec::new();
    let following = async {
        while seen.len() < EVENTS as usize {
            let after = seen.last().copied().unwrap_or(0);
            let mut reading = stores[0].read().await.expect("the database");
            let found = events::after(&mut reading, after, 7).await.expect("the database");
            seen.extend(found.iter().map(|event| event.number));
        }
    };
    tokio::time::timeout(PATIENCE, following).await.expect("all events come");
    assert_eq!(seen, (1..=EVENTS).collect::<Vec<_>>());
    for writer in writers {
        writer.await.expect("the database");
    }
    let _frozen = stores[0].write().await.expect("the database");
    let waited = Instant::now();
    stores[1].write().await.expect("the right to write").commit().await.expect("the database");
    assert!(waited.elapsed() < Duration::from_secs(9), "the server ended the frozen one's transaction");
}
