//! The XML-RPC client against a real HTTP server on loopback that answers what the test says.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use platen::outlets::odoo::OdooError;
use platen::outlets::odoo::xmlrpc::{OdooClient, OdooSettings};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const KEY: &str = "0123456789abcdef0123456789abcdef01234567";

/// What the server does with one request.
enum Reply {
    /// HTTP 200, `text/xml`.
    Xml(String),
    /// Status line, content type, body.
    Http(&'static str, &'static str, String),
    /// An answer that says it is longer than it is, then the end of the connection.
    CutOff,
    /// A body without end, unless the client hangs up.
    Endless,
    /// Nothing at all.
    Silence,
}

/// A server which answers one reply per request, in order, and keeps the requests.
struct FakeOdoo {
    url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl FakeOdoo {
    async fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (replies, seen) = (Arc::new(Mutex::new(VecDeque::from(replies))), requests.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, replies.clone(), seen.clone()));
            }
        });
        Self { url, requests }
    }

    /// A server that lets user 7 in and then answers `reply`.
    async fn with_login(reply: Reply) -> Self {
        Self::start(vec![login(), reply]).await
    }

    fn client(&self) -> OdooClient {
        client_of(&self.url)
    }

    fn request(&self, index: usize) -> String {
        self.requests.lock().unwrap()[index].clone()
    }

    fn request_count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }
}

async fn serve(mut stream: TcpStream, replies: Arc<Mutex<VecDeque<Reply>>>, seen: Arc<Mutex<Vec<String>>>) {
    let request = read_request(&mut stream).await;
    seen.lock().unwrap().push(request);
    let reply = replies.lock().unwrap().pop_front().unwrap_or(Reply::Silence);
    let head = |status: &str, content_type: &str, length: usize| {
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
        )
    };
    // A client that has hung up is part of some tests.
    let _ = match reply {
        Reply::Xml(body) => {
            let head = head("200 OK", "text/xml; charset=utf-8", body.len());
            stream.write_all(format!("{head}{body}").as_bytes()).await
        }
        Reply::Http(status, content_type, body) => {
            stream.write_all(format!("{}{body}", head(status, content_type, body.len())).as_bytes()).await
        }
        Reply::CutOff => {
            stream.write_all(format!("{}<?xml", head("200 OK", "text/xml", 5_000)).as_bytes()).await
        }
        Reply::Endless => {
            let head =
                "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n<methodResponse>";
            let mut outcome = stream.write_all(head.as_bytes()).await;
            while outcome.is_ok() {
                outcome = stream.write_all(&[b' '; 65_536]).await;
            }
            outcome
        }
        Reply::Silence => {
            // The connection stays open without an answer until the client gives up.
            std::future::pending().await
        }
    };
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| {
                    line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok()
                })
                .next()
                .unwrap_or(0_usize);
            if body.len() >= length {
                return text;
            }
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(count) if count > 0 => bytes.extend_from_slice(&chunk[..count]),
            _ => return text,
        }
    }
}

fn settings_of(url: &str) -> OdooSettings {
    let _ = rustls::crypto::ring::default_provider().install_default();
    OdooSettings::new(url, "prod", "label-service", SecretString::from(KEY))
}

fn client_of(url: &str) -> OdooClient {
    OdooClient::new(settings_of(url)).unwrap()
}

/// As Python's `xmlrpc.client.dumps` lays it out.
fn result(value: &str) -> Reply {
    Reply::Xml(format!(
        "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n{value}</param>\n</params>\n</methodResponse>\n"
    ))
}

fn login() -> Reply {
    result("<value><int>7</int></value>\n")
}

fn fault(code: i32, text: &str) -> Reply {
    Reply::Xml(format!(
        "<?xml version='1.0'?>\n<methodResponse>\n<fault>\n<value><struct>\n<member>\n<name>faultCode</name>\n<value>\
         <int>{code}</int></value>\n</member>\n<member>\n<name>faultString</name>\n<value><string>{text}</string></value>\n\
         </member>\n</struct></value>\n</fault>\n</methodResponse>\n"
    ))
}

/// Calls once and expects it to fail; checks that the error gives nothing away.
async fn failure(odoo: &FakeOdoo) -> OdooError {
    failure_of(&odoo.client()).await
}

async fn failure_of(client: &OdooClient) -> OdooError {
    let error = client.call("label.print.job", "service_report", json!([[]])).await.unwrap_err();
    let words = format!("{error} {error:?} {client:?}");
    assert!(!words.contains(KEY) && !words.contains("Traceback") && !words.contains("File \""), "{words}");
    assert!(words.len() < 1_500, "{words}");
    error
}

#[tokio::test]
async fn a_call_logs_in_once_and_brings_the_answer() {
    let answer = "<value><struct>\n<member>\n<name>jobs</name>\n<value><struct>\n<member>\n<name>u-1</name>\n\
                  <value><int>31</int></value>\n</member>\n</struct></value>\n</member>\n</struct></value>\n";
    let odoo = FakeOdoo::start(vec![login(), result(answer), result(answer)]).await;
    let client = odoo.client();
    for _ in 0..2 {
        let args = json!([[{"uuid": "u-1", "status": "printing", "attention": null, "name": "A&B <^XZ>"}]]);
        let answer = client.call("label.print.job", "service_report", args).await.unwrap();
        assert_eq!(answer, json!({"jobs": {"u-1": 31}}));
    }
    assert_eq!(odoo.request_count(), 3, "one login and two calls");

    assert!(odoo.request(0).starts_with("POST /xmlrpc/2/common HTTP/1.1\r\n"));
    let call = odoo.request(1);
    let (head, body) = call.split_once("\r\n\r\n").unwrap();
    let head = head.to_ascii_lowercase();
    assert!(head.starts_with("post /xmlrpc/2/object http/1.1\r\n"));
    assert!(head.contains("x-odoo-database: prod"));
    assert!(head.contains("content-type: text/xml"));
    assert!(head.contains("user-agent: platen/"));
    assert!(body.contains("<methodName>execute_kw</methodName>"));
    assert!(body.contains("<string>prod</string>") && body.contains("<i4>7</i4>") && body.contains(KEY));
    assert!(
        body.contains("<name>attention</name><value><boolean>0</boolean></value>"),
        "null goes out as False"
    );
    assert!(body.contains("A&amp;B &lt;^XZ&gt;"));
}

#[tokio::test]
async fn named_arguments_travel_as_such() {
    let odoo = FakeOdoo::with_login(result("<value><boolean>1</boolean></value>")).await;
    let answer =
        odoo.client().call("label.print.job", "service_fetch", json!({"agent": "a", "limit": 5})).await;
    assert_eq!(answer, Ok(json!(true)));
    let body = odoo.request(1);
    assert!(body.contains("<array><data></data></array>") && body.contains("<name>agent</name>"), "{body}");
}

#[tokio::test]
async fn the_version_needs_no_login() {
    let odoo = FakeOdoo::start(vec![result("<value><string>19.0</string></value>")]).await;
    assert_eq!(odoo.client().version().await, Ok(json!("19.0")));
    assert!(!odoo.request(0).contains(KEY));
}

#[tokio::test]
async fn a_refused_login_is_asked_once() {
    let odoo = FakeOdoo::start(vec![result("<value><boolean>0</boolean></value>"), login()]).await;
    let mut settings = settings_of(&odoo.url);
    let client = OdooClient::new(settings.clone()).unwrap();
    for _ in 0..5 {
        assert_eq!(failure_of(&client).await, OdooError::Denied);
    }
    assert_eq!(odoo.request_count(), 1, "four refusals came from memory");
    assert!(!OdooError::Denied.is_retryable());

    settings.refused_login_pause = Duration::ZERO;
    let odoo = FakeOdoo::start(vec![result("<value><boolean>0</boolean></value>"), login()]).await;
    let client = OdooClient::new(OdooSettings { url: odoo.url.clone(), ..settings }).unwrap();
    assert_eq!(client.authenticate().await, Err(OdooError::Denied));
    assert_eq!(client.authenticate().await, Ok(7), "after the pause it is tried again");
}

#[tokio::test]
async fn many_callers_cost_one_login() {
    let odoo = FakeOdoo::start(vec![login()]).await;
    let client = odoo.client();
    let logins = futures_util::future::join_all((0..20).map(|_| client.authenticate())).await;
    assert!(logins.into_iter().all(|login| login == Ok(7)));
    assert_eq!(odoo.request_count(), 1);
}

#[tokio::test]
async fn fault_1_is_a_server_error_without_its_traceback() {
    let text = "Traceback (most recent call last):\n  File \"/odoo/http.py\", line 5, in f\n    return g(key)\n\
                TypeError: cannot marshal None unless allow_none is enabled\n";
    let error = failure(&FakeOdoo::with_login(fault(1, text)).await).await;
    let message = "TypeError: cannot marshal None unless allow_none is enabled".to_owned();
    assert_eq!(error, OdooError::ServerError { message, retryable: false });
    assert!(error.may_have_been_done());

    let text =
        format!("Traceback (most recent call last):\n  File \"x\"\nValueError: {KEY} {}", "x".repeat(4_000));
    failure(&FakeOdoo::with_login(fault(1, &text)).await).await;

    let text =
        "Traceback (most recent call last):\n  File \"x\"\npsycopg2.errors.SerializationFailure: could not";
    assert!(failure(&FakeOdoo::with_login(fault(1, text)).await).await.is_retryable());
}

#[tokio::test]
async fn fault_2_is_a_refusal_in_the_users_words() {
    let odoo = FakeOdoo::with_login(fault(2, "Unable to split.\nMore words.")).await;
    assert_eq!(failure(&odoo).await, OdooError::Refused("Unable to split.".to_owned()));
}

#[tokio::test]
async fn fault_3_is_a_denied_login_and_stays_so() {
    let odoo = FakeOdoo::with_login(fault(3, "Access Denied")).await;
    let client = odoo.client();
    assert_eq!(failure_of(&client).await, OdooError::Denied);
    assert_eq!(failure_of(&client).await, OdooError::Denied);
    assert_eq!(odoo.request_count(), 2, "a revoked key is not sent again");
}

#[tokio::test]
async fn fault_4_names_the_missing_right() {
    let odoo = FakeOdoo::with_login(fault(4, "You are not allowed to\n\nmodify 'Print job'.")).await;
    assert_eq!(
        failure(&odoo).await,
        OdooError::Rights("You are not allowed to modify 'Print job'.".to_owned())
    );
}

#[tokio::test]
async fn members_of_a_fault_may_come_in_any_order() {
    let body = "<methodResponse><fault><value><struct><member><name>faultString</name><value>No.</value></member>\
                <member><name>faultCode</name><value><int>2</int></value></member></struct></value></fault>\
                </methodResponse>";
    let odoo = FakeOdoo::with_login(Reply::Xml(body.to_owned())).await;
    assert_eq!(failure(&odoo).await, OdooError::Refused("No.".to_owned()));
}

#[tokio::test]
async fn a_deeply_nested_answer_is_refused_and_does_no_harm() {
    for (open, close) in [
        ("<value><array><data>", "</data></array></value>"),
        ("<value><struct><member><name>a</name>", "</member></struct></value>"),
    ] {
        let value = format!("{}<value>1</value>{}", open.repeat(50_000), close.repeat(50_000));
        let error = failure(&FakeOdoo::with_login(result(&value)).await).await;
        assert_eq!(error, OdooError::Protocol("it is nested too deep".to_owned()));
    }
}

#[tokio::test]
async fn a_huge_answer_is_cut_whether_it_says_so_or_not() {
    let too_large = OdooError::Protocol("it is larger than 8 MiB".to_owned());
    assert_eq!(failure(&FakeOdoo::with_login(Reply::Endless).await).await, too_large);
    let body = " ".repeat(9 << 20);
    assert_eq!(failure(&FakeOdoo::with_login(Reply::Xml(body)).await).await, too_large);
}

#[tokio::test]
async fn a_large_answer_within_the_limit_is_read() {
    let rows = "<value><struct><member><name>name</name><value><string>WH/MO/00042</string></value></member></struct></value>";
    let odoo = FakeOdoo::with_login(result(&format!(
        "<value><array><data>{}</data></array></value>",
        rows.repeat(5_000)
    )));
    let answer = odoo.await.client().call("mrp.production", "search_read", json!([])).await.unwrap();
    assert_eq!(answer.as_array().map(Vec::len), Some(5_000));
}

#[tokio::test]
async fn a_slow_answer_times_out_and_may_have_been_done() {
    let odoo = FakeOdoo::with_login(Reply::Silence).await;
    let mut settings = settings_of(&odoo.url);
    settings.total_timeout = Duration::from_millis(200);
    let error = failure_of(&OdooClient::new(settings).unwrap()).await;
    assert_eq!(error, OdooError::TimedOut);
    assert!(error.is_retryable() && error.may_have_been_done());
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = failure_of(&client_of(&url)).await;
    assert!(matches!(&error, OdooError::Unreachable(cause) if cause.contains("refused")), "{error:?}");
    assert!(error.is_retryable() && !error.may_have_been_done());
}

#[tokio::test]
async fn a_connection_cut_in_the_answer_is_told_apart() {
    let error = failure(&FakeOdoo::with_login(Reply::CutOff).await).await;
    assert!(matches!(error, OdooError::Interrupted(_)), "{error:?}");
    assert!(error.is_retryable() && error.may_have_been_done());
}

#[tokio::test]
async fn wrong_content_is_a_protocol_error() {
    let page = || "<html>secret page</html>".to_owned();
    let secret =
        "<methodResponse><params><param><value><int>secret</int></value></param></params></methodResponse>";
    for reply in [
        Reply::Http("200 OK", "text/html", page()),
        Reply::Http("404 NOT FOUND", "text/html", page()),
        Reply::Http("301 Moved Permanently", "text/html", page()),
        Reply::Xml(page()),
        Reply::Xml(secret.to_owned()),
        Reply::Xml("<!DOCTYPE a><methodResponse/>".to_owned()),
        Reply::Xml(String::new()),
        result("<value><int>1</int></value><value><int>2</int></value>"),
    ] {
        let error = failure(&FakeOdoo::with_login(reply).await).await;
        assert!(matches!(error, OdooError::Protocol(_)), "{error:?}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn a_proxy_without_an_odoo_behind_it_is_tried_again() {
    for status in
        ["502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout", "500 Internal Server Error"]
    {
        let odoo = FakeOdoo::with_login(Reply::Http(status, "text/html", String::new())).await;
        assert!(failure(&odoo).await.is_retryable());
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_not_sent() {
    let odoo = FakeOdoo::with_login(Reply::Silence).await;
    let client = odoo.client();
    let args = json!([[{"odometer": 3_000_000_000_u64}]]);
    let error = client.call("label.print.job", "service_report", args).await.unwrap_err();
    assert!(error.to_string().contains("args[0][0].odometer"), "{error}");
    let error = client.call("label.print.job", "service_report", Value::Null).await.unwrap_err();
    assert!(matches!(error, OdooError::Unsendable { .. }));
    assert_eq!(odoo.request_count(), 1, "the login alone");
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_at_once() {
    for url in [
        "erp.example.com",
        "ftp://erp.example.com",
        "https://user:word@erp.example.com",
        "https://a.example/?db=b",
    ] {
        let error = OdooClient::new(settings_of(url)).unwrap_err();
        assert!(matches!(error, OdooError::Misconfigured(_)), "{url}");
        assert!(!error.to_string().contains("word@"));
    }
}
