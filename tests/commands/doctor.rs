//! What the doctor finds.

use super::service::{NOBODY_LISTENS, Place, printer};
use crate::postgres::Postgres;
use platen::simulator::{SimulatedZebra, SimulatorOptions};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

/// The line of a check.
fn line<'a>(report: &'a str, check: &str) -> &'a str {
    report.lines().find(|line| line.contains(check)).unwrap_or_else(|| panic!("no {check}: {report}"))
}

/// A way to a printer that counts who takes it.
async fn counted_way_to(printer: SocketAddr) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let opened = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&opened);
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                let mut far = TcpStream::connect(printer).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
            });
        }
    });
    (address, opened)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_printer_is_told_by_its_own_trouble() {
    let good = printer("XXGOOD").await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stranger = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stranger_address = stranger.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = stranger.accept().await {
            let _ = stream.write_all(b"SSH-2.0-OpenSSH_9\r\n").await;
        }
    });
    let place = Place::new(&[
        ("good", good.address().to_string()),
        ("refused", NOBODY_LISTENS.to_owned()),
        ("silent", silent.local_addr().unwrap().to_string()),
        ("stranger", stranger_address),
        ("misspelt", "no-such-printer.invalid:9100".to_owned()),
    ]);
    let said = place.call_with(&["doctor"], &[("PLATEN_SERVER__LISTEN", NOBODY_LISTENS)]);
    let report = said.stdout();
    assert!(said.fails(1).contains("4 checks failed"), "{report}");
    let good_line = line(&report, "printer good");
    for word in ["✓ ok", "ZT411", "XXGOOD", "labels in its life"] {
        assert!(good_line.contains(word), "{good_line}");
    }
    for (check, word) in [
        ("printer refused", "refuses the connection"),
        ("printer silent", "does not answer"),
        ("printer stranger", "SSH-2.0-OpenSSH_9"),
        ("printer misspelt", "cannot be resolved"),
    ] {
        let line = line(&report, check);
        assert!(line.starts_with("✗ fail") && line.contains(word) && line.contains("->"), "{line}");
    }
    assert!(line(&report, "service").starts_with("! warn"), "{report}");
    assert!(line(&report, "platen.db").contains("not there yet"), "{report}");
    assert!(!place.folder.path().join("platen.db").exists(), "the doctor changes nothing");
    good.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_of_the_running_service_is_not_called_a_second_time() {
    let zebra = printer("XXOWNED").await;
    let (way, opened) = counted_way_to(zebra.address()).await;
    let mut place = Place::new(&[("line-a", way)]);
    let _service = place.serve();
    place.call(&["print", "test", "--printer", "line-a"]).succeeds();
    let report = place.call(&["doctor"]).succeeds();
    assert_eq!(opened.load(Ordering::SeqCst), 1, "the service's own");
    for (check, word) in [
        ("printer line-a", "XXOWNED"),
        ("service", "runs at"),
        ("key", "opens"),
        ("database", "is up to date"),
    ] {
        let line = line(&report, check);
        assert!(line.starts_with("✓ ok") && line.contains(word), "{line}");
    }
    let key = std::fs::read_to_string(place.folder.path().join("platen.key")).unwrap();
    assert!(!report.contains(&key));
    zebra.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_channel_must_belong_to_the_same_printer() {
    let one = printer("XXONE").await;
    let other = printer("XXOTHER").await;
    let configured = |json: std::net::SocketAddr| {
        let more = format!("status_address = \"tcp://{json}\"\n");
        let place = Place::with_configuration(&[("line-a", one.address().to_string())], &more);
        place.call_with(&["doctor", "--json"], &[("PLATEN_SERVER__LISTEN", NOBODY_LISTENS)])
    };
    let own = configured(one.json_address().unwrap());
    assert_eq!(own.code(), Some(0), "{}", own.stdout());
    let foreign = configured(other.json_address().unwrap());
    assert_eq!(foreign.code(), Some(1));
    let report: serde_json::Value = serde_json::from_str(&foreign.stdout()).unwrap();
    let found =
        report["findings"].as_array().unwrap().iter().find(|finding| finding["verdict"] == "fail").unwrap();
    assert!(found["found"].as_str().unwrap().contains("XXOTHER"), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_without_labels_is_a_warning_with_advice() {
    let zebra = SimulatedZebra::start(SimulatorOptions::fast()).await.unwrap();
    zebra.media_out();
    let place = Place::new(&[("line-a", zebra.address().to_string())]);
    let report = place.call_with(&["doctor"], &[("PLATEN_SERVER__LISTEN", NOBODY_LISTENS)]).succeeds();
    let line = line(&report, "printer line-a");
    assert!(line.starts_with("! warn") && line.contains("Load a new roll"), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_server_is_named_and_what_keeps_it_away_is_said_in_one_sentence() {
    let postgres = Postgres::start();
    postgres.sql("CREATE ROLE guest LOGIN PASSWORD 'right-word'");
    postgres.sql("CREATE ROLE stranger LOGIN PASSWORD 'other-word'");
    postgres.sql("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    let place = Place::new(&[]);
    let asked = |user: &str, database: &str| {
        let url = postgres.url_of(user, database);
        let environment = [
            ("PLATEN_STORE__URL", url.as_str()),
            ("PLATEN_STORE__PASSWORD", "right-word"),
            ("PLATEN_SERVER__LISTEN", NOBODY_LISTENS),
        ];
        let report = place.call_with(&["doctor"], &environment).stdout();
        assert!(!report.contains("right-word"), "a password is nobody's to read: {report}");
        report
    };
    let report = asked("platen", "postgres");
    let version = postgres.sql("SELECT split_part(current_setting('server_version'), ' ', 1)");
    assert!(line(&report, "behind").contains(&format!("PostgreSQL {version}")), "{report}");
    assert!(line(&report, "fsync = off").contains("✗ fail"), "{report}");
    for (user, database, word, mend) in [
        ("stranger", "postgres", "refuses the password of user `stranger`", "store.password_file"),
        ("guest", "postgres", "does not let this user make tables", "the owner of the database"),
        ("platen", "nowhere", "has no database `nowhere`", "createdb nowhere"),
    ] {
        let report = asked(user, database);
        let line = line(&report, word);
        assert!(line.contains("✗ fail") && line.contains(mend), "{line}");
    }
    let from = postgres.url_of("stranger", "postgres");
    let said = place
        .call_with(&["serve"], &[("PLATEN_STORE__URL", &from), ("PLATEN_STORE__PASSWORD", "right-word")]);
    let sentence = said.fails(1);
    assert!(sentence.contains("refuses the password") && !sentence.contains("right-word"), "{sentence}");
    postgres.crash();
    let report = asked("platen", "postgres");
    assert!(line(&report, "cannot be reached").contains("start it or correct store.url"), "{report}");
}
