//! What the doctor finds at Odoo, here a server on loopback that answers as Odoo does.

use super::service::{NOBODY_LISTENS, Place};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const KEY: &str = "0123456789abcdef0123456789abcdef01234567";

/// Answers each method with what stands beside its name.
async fn odoo(answers: &'static [(&'static str, &'static str)]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, answers));
        }
    });
    url
}

async fn serve(mut stream: TcpStream, answers: &[(&str, &str)]) {
    let mut request = String::new();
    let mut buffer = [0_u8; 4096];
    while !request.contains("</methodCall>") {
        let count = stream.read(&mut buffer).await.unwrap();
        assert!(count > 0, "the request ended early");
        request.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    let (_, answer) = answers.iter().find(|(method, _)| request.contains(method)).unwrap();
    let body = format!("<?xml version='1.0'?><methodResponse>{answer}</methodResponse>");
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
}

const VERSION: (&str, &str) = (
    ">version<",
    "<params><param><value><struct><member><name>server_version</name><value><string>19.0</string></value></member></struct></value></param></params>",
);
const LOGIN: (&str, &str) = (">authenticate<", "<params><param><value><int>7</int></value></param></params>");

fn examine(url: &str) -> (Option<i32>, String) {
    let section = format!(
        "[odoo]\nurl = \"{url}\"\ndatabase = \"prod\"\nusername = \"label-service\"\napi_key = \"{KEY}\"\ntimeout_ms = 2000\n"
    );
    let place = Place::with_configuration(&[], &section);
    let said = place.call_with(&["doctor"], &[("PLATEN_SERVER__LISTEN", NOBODY_LISTENS)]);
    let (code, report) = (said.code(), said.stdout());
    assert!(!report.contains(KEY) && !said.stderr().contains(KEY), "a key was told");
    (code, report)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_odoo_is_told_with_its_versions_and_its_clock() {
    let url = odoo(&[
        VERSION,
        LOGIN,
        (
            ">service_hello<",
            "<params><param><value><struct>\
             <member><name>addon</name><value><string>label_print</string></value></member>\
             <member><name>version</name><value><string>19.0.1.0.0</string></value></member>\
             <member><name>server_time</name><value><string>2020-01-31 09:26:03</string></value></member>\
             <member><name>database_uuid</name><value><string>0e6f-11</string></value></member>\
             <member><name>is_fetched</name><value><boolean>0</boolean></value></member>\
             <member><name>keys</name><value><array><data></data></array></value></member>\
             </struct></value></param></params>",
        ),
    ])
    .await;
    let (code, report) = examine(&url);
    assert_eq!(code, Some(0), "{report}");
    for words in [
        "Odoo 19.0 at",
        "label-service may log in to prod",
        "label_print 19.0.1.0.0",
        "behind ours",
        "no API key",
        "0e6f-11: the service prints for it",
        "Odoo sends them",
    ] {
        assert!(report.contains(words), "{words}: {report}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_without_the_group_is_told_which_one() {
    let url = odoo(&[
        VERSION,
        LOGIN,
        (
            ">service_hello<",
            "<fault><value><struct><member><name>faultCode</name><value><int>4</int></value></member>\
             <member><name>faultString</name><value><string>Only the print service may call this.</string></value></member>\
             </struct></value></fault>",
        ),
    ])
    .await;
    let (code, report) = examine(&url);
    assert_eq!(code, Some(1), "{report}");
    assert!(report.contains("✗ fail  odoo addon") && report.contains("Label Print / Service"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_login_ends_the_questions() {
    let url = odoo(&[
        VERSION,
        (">authenticate<", "<params><param><value><boolean>0</boolean></value></param></params>"),
    ])
    .await;
    let (code, report) = examine(&url);
    assert_eq!(code, Some(1), "{report}");
    assert!(report.contains("✗ fail  odoo login") && !report.contains("odoo addon"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_odoo_is_not_waited_for_for_long() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let started = std::time::Instant::now();
    let (code, report) = examine(&url);
    assert_eq!(code, Some(1), "{report}");
    assert!(report.contains("did not answer in time"), "{report}");
    assert!(started.elapsed() < Duration::from_secs(20));
}
