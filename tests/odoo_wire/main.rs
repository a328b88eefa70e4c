//! The client of Odoo against a real HTTP server on loopback that answers what the test says: the same over XML-RPC and
//! JSON-2, and what only one of them has.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod answers;
mod server;

use answers::{
    BOTH, JSON, KEY, Trouble, XML, answer, client_of, error, fault, json_body, login, result, settings_of,
    trouble,
};
use platen::odoo::{OdooClient, OdooError, OdooProtocol, OdooSettings};
use serde_json::{Value, json};
use server::{FakeOdoo, Reply};
use std::time::Duration;
use tokio::net::TcpListener;

/// Calls once and expects it to fail; checks that the error gives nothing away.
async fn failure(protocol: OdooProtocol, odoo: &FakeOdoo) -> OdooError {
    failure_of(&odoo.client(protocol)).await
}

async fn failure_of(client: &OdooClient) -> OdooError {
    let error = client.call("label.print.job", "service_report", json!({"reports": []})).await.unwrap_err();
    let words = format!("{error} {error:?} {client:?}");
    for hidden in [KEY, "Traceback", "File \"", "secret"] {
        assert!(!words.contains(hidden), "{words}");
    }
    assert!(words.len() < 1_500, "{words}");
    error
}

async fn failure_by(protocol: OdooProtocol, reply: Reply) -> OdooError {
    failure(protocol, &FakeOdoo::with_login(protocol, reply).await).await
}

#[tokio::test]
async fn a_call_logs_in_once_and_brings_the_answer() {
    for protocol in BOTH {
        let odoo = FakeOdoo::start(vec![login(protocol), answer(protocol), answer(protocol)]).await;
        let client = odoo.client(protocol);
        for _ in 0..2 {
            let reports =
                json!([{"uuid": "u-1", "status": "printing", "attention": null, "name": "A&B <^XZ>"}]);
            let answer = client.call("label.print.job", "service_report", json!({"reports": reports})).await;
            assert_eq!(answer, Ok(json!({"jobs": {"u-1": 31}})), "{protocol:?}");
        }
        assert_eq!(odoo.request_count(), 3, "one login and two calls");
        let call = odoo.request(1);
        let (head, body) = call.split_once("\r\n\r\n").unwrap();
        let head = head.to_ascii_lowercase();
        assert!(head.contains("x-odoo-database: prod") && head.contains("user-agent: platen/"), "{head}");
        match protocol {
            XML => {
                assert!(head.starts_with("post /xmlrpc/2/object http/1.1\r\n"));
                assert!(head.contains("content-type: text/xml") && !head.contains("authorization"));
                assert!(body.contains("<methodName>execute_kw</methodName>"));
                assert!(
                    body.contains("<string>prod</string>")
                        && body.contains("<i4>7</i4>")
                        && body.contains(KEY)
                );
                assert!(
                    body.contains("<array><data></data></array>") && body.contains("<name>reports</name>")
                );
                let empty = "<name>attention</name><value><boolean>0</boolean></value>";
                assert!(body.contains(empty), "null goes out as False");
                assert!(body.contains("A&amp;B &lt;^XZ&gt;"));
            }
            JSON => {
                assert!(
                    head.starts_with("post /json/2/label.print.job/service_report http/1.1\r\n"),
                    "{head}"
                );
                assert!(head.contains("content-type: application/json"));
                assert!(head.contains(&format!("authorization: bearer {KEY}")) && !body.contains(KEY));
                let body: Value = serde_json::from_str(body).unwrap();
                let empty = json!(false);
                assert_eq!(body["reports"][0]["attention"], empty, "as XML-RPC says it");
            }
        }
    }
}

#[tokio::test]
async fn the_version_needs_no_login() {
    let version = "<value><struct><member><name>server_version</name><value><string>19.0</string></value></member></struct></value>";
    let replies =
        [(XML, result(version)), (JSON, json_body(&json!({"version": "19.0", "version_info": [19]})))];
    for (protocol, reply) in replies {
        let odoo = FakeOdoo::start(vec![reply]).await;
        assert_eq!(odoo.client(protocol).version().await, Ok("19.0".to_owned()));
        assert!(!odoo.request(0).contains(KEY));
    }
}

#[tokio::test]
async fn a_refused_login_is_asked_once() {
    for protocol in BOTH {
        let no = || match protocol {
            XML => result("<value><boolean>0</boolean></value>"),
            JSON => trouble(JSON, &Trouble::UnknownKey),
        };
        let odoo = FakeOdoo::start(vec![no(), login(protocol)]).await;
        let mut settings = settings_of(protocol, &odoo.url);
        let client = OdooClient::new(settings.clone()).unwrap();
        for _ in 0..5 {
            assert_eq!(failure_of(&client).await, OdooError::Denied);
        }
        assert_eq!(odoo.request_count(), 1, "four refusals came from memory");
        assert!(!OdooError::Denied.is_retryable());

        settings.refused_login_pause = Duration::ZERO;
        let odoo = FakeOdoo::start(vec![no(), login(protocol)]).await;
        let client = OdooClient::new(OdooSettings { url: odoo.url.clone(), ..settings }).unwrap();
        assert_eq!(client.log_in().await, Err(OdooError::Denied));
        assert_eq!(client.log_in().await, Ok(()), "after the pause it is tried again");
    }
}

#[tokio::test]
async fn many_callers_cost_one_login() {
    for protocol in BOTH {
        let odoo = FakeOdoo::start(vec![login(protocol)]).await;
        let client = odoo.client(protocol);
        let logins = futures_util::future::join_all((0..20).map(|_| client.log_in())).await;
        assert!(logins.into_iter().all(|login| login == Ok(())));
        assert_eq!(odoo.request_count(), 1);
    }
}

#[tokio::test]
async fn what_goes_wrong_inside_odoo_is_told_by_what_follows_from_it_and_gives_nothing_away() {
    for protocol in BOTH {
        let told = async |what: Trouble| failure_by(protocol, trouble(protocol, &what)).await;
        let rights = "You are not allowed to modify 'Print job'.".to_owned();
        assert_eq!(told(Trouble::Rights).await, OdooError::Rights(rights), "{protocol:?}");
        let refused = OdooError::Refused("Unable to split.".to_owned());
        assert_eq!(told(Trouble::UserError).await, refused, "{protocol:?}");
        let bug = told(Trouble::Bug).await;
        assert!(bug.may_have_been_done() && !bug.is_retryable(), "{bug:?}");
        assert!(bug.to_string().contains("ValueError: [key]"), "{bug}");
        let race = told(Trouble::LostRace).await;
        assert!(race.may_have_been_done() && race.is_retryable(), "{race:?}");
        assert!(race.to_string().contains("SerializationFailure: could not serialize access"), "{race}");
    }
}

#[tokio::test]
async fn a_key_that_ended_is_not_sent_again() {
    for protocol in BOTH {
        let odoo = FakeOdoo::with_login(protocol, trouble(protocol, &Trouble::UnknownKey)).await;
        let client = odoo.client(protocol);
        assert_eq!(failure_of(&client).await, OdooError::Denied);
        assert_eq!(failure_of(&client).await, OdooError::Denied);
        assert_eq!(odoo.request_count(), 2, "{protocol:?}");
    }
}

#[tokio::test]
async fn a_huge_answer_is_cut_whether_it_says_so_or_not() {
    let too_large = OdooError::Protocol("it is larger than 8 MiB".to_owned());
    assert_eq!(failure_by(XML, Reply::Endless).await, too_large);
    let body = " ".repeat(9 << 20);
    assert_eq!(failure_by(XML, Reply::Xml(body.clone())).await, too_large);
    assert_eq!(failure_by(JSON, Reply::Http("200 OK", "application/json", body)).await, too_large);
}

#[tokio::test]
async fn a_large_answer_within_the_limit_is_read() {
    let rows = "<value><struct><member><name>name</name><value><string>WH/MO/00042</string></value></member></struct></value>";
    let xml = result(&format!("<value><array><data>{}</data></array></value>", rows.repeat(5_000)));
    let rows = json!(vec![json!({"name": "WH/MO/00042"}); 10_000]);
    for (protocol, reply, count) in [(XML, xml, 5_000), (JSON, json_body(&rows), 10_000)] {
        let odoo = FakeOdoo::with_login(protocol, reply).await;
        let answer = odoo.client(protocol).call("mrp.production", "search_read", json!({})).await.unwrap();
        assert_eq!(answer.as_array().map(Vec::len), Some(count));
    }
}

#[tokio::test]
async fn a_slow_answer_times_out_and_may_have_been_done() {
    for protocol in BOTH {
        let odoo = FakeOdoo::with_login(protocol, Reply::Silence).await;
        let mut settings = settings_of(protocol, &odoo.url);
        settings.total_timeout = Duration::from_millis(200);
        let error = failure_of(&OdooClient::new(settings).unwrap()).await;
        assert_eq!(error, OdooError::TimedOut);
        assert!(error.is_retryable() && error.may_have_been_done());
    }
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    for protocol in BOTH {
        let error = failure_of(&client_of(protocol, &url)).await;
        assert!(matches!(&error, OdooError::Unreachable(cause) if cause.contains("refused")), "{error:?}");
        assert!(error.is_retryable() && !error.may_have_been_done());
    }
}

#[tokio::test]
async fn a_connection_cut_in_the_answer_is_told_apart() {
    let error = failure_by(XML, Reply::CutOff).await;
    assert!(matches!(error, OdooError::Interrupted(_)), "{error:?}");
    assert!(error.is_retryable() && error.may_have_been_done());
}

#[tokio::test]
async fn wrong_content_is_a_protocol_error() {
    let page = || "<html>secret page</html>".to_owned();
    let pages = || {
        [("200 OK", "text/html"), ("404 NOT FOUND", "text/html"), ("301 Moved Permanently", "text/html")]
            .map(|(status, content_type)| Reply::Http(status, content_type, page()))
    };
    let in_xml =
        "<methodResponse><params><param><value><int>secret</int></value></param></params></methodResponse>";
    let xml = [
        Reply::Xml(page()),
        Reply::Xml(in_xml.to_owned()),
        Reply::Xml("<!DOCTYPE a><methodResponse/>".to_owned()),
        Reply::Xml(String::new()),
        result("<value><int>1</int></value><value><int>2</int></value>"),
    ];
    let broken = |text: &str| Reply::Http("200 OK", "application/json", text.to_owned());
    let deep = format!("{}1{}", "[".repeat(50_000), "]".repeat(50_000));
    let jsons = [
        broken("{\"secret\": "),
        broken("secret"),
        broken(""),
        broken(&deep),
        error("400 BAD REQUEST", "x", "secret"),
    ];
    let replies = pages().into_iter().chain(xml).map(|reply| (XML, reply));
    for (protocol, reply) in replies.chain(pages().into_iter().chain(jsons).map(|reply| (JSON, reply))) {
        let error = failure_by(protocol, reply).await;
        assert!(matches!(error, OdooError::Protocol(_)), "{error:?}");
    }
}

#[tokio::test]
async fn a_proxy_without_an_odoo_behind_it_is_tried_again() {
    for status in
        ["502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout", "500 Internal Server Error"]
    {
        for protocol in BOTH {
            let reply = Reply::Http(status, "text/html", String::new());
            assert!(failure_by(protocol, reply).await.is_retryable(), "{protocol:?} {status}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_not_sent() {
    let odoo = FakeOdoo::with_login(XML, Reply::Silence).await;
    let client = odoo.client(XML);
    let args = json!({"reports": [{"odometer": 3_000_000_000_u64}]});
    let error = client.call("label.print.job", "service_report", args).await.unwrap_err();
    assert!(error.to_string().contains("arguments.reports[0].odometer"), "{error}");
    assert_eq!(odoo.request_count(), 1, "the login alone");
    for protocol in BOTH {
        let odoo = FakeOdoo::start(vec![]).await;
        let client = odoo.client(protocol);
        let error = client.call("label.print.job", "service_report", json!([[]])).await.unwrap_err();
        assert!(matches!(error, OdooError::Unsendable { .. }));
        assert_eq!(odoo.request_count(), 0);
    }
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_at_once() {
    for url in [
        "erp.example.com",
        "ftp://erp.example.com",
        "https://user:word@erp.example.com",
        "https://a.example/?db=b",
    ] {
        for protocol in BOTH {
            let error = OdooClient::new(settings_of(protocol, url)).unwrap_err();
            assert!(matches!(error, OdooError::Misconfigured(_)), "{url}");
            assert!(!error.to_string().contains("word@"));
        }
    }
}

// What only XML-RPC has.

#[tokio::test]
async fn an_answer_of_none_is_no_proof_that_nothing_was_done() {
    let text = "Traceback (most recent call last):\n  File \"/odoo/http.py\", line 5, in f\n    return g(key)\n\
                TypeError: cannot marshal None unless allow_none is enabled\n";
    let error = failure_by(XML, fault(1, text)).await;
    let message = "TypeError: cannot marshal None unless allow_none is enabled".to_owned();
    assert_eq!(error, OdooError::ServerError { message, retryable: false });
    assert!(error.may_have_been_done());
}

#[tokio::test]
async fn members_of_a_fault_may_come_in_any_order() {
    let body = "<methodResponse><fault><value><struct><member><name>faultString</name><value>No.</value></member>\
                <member><name>faultCode</name><value><int>2</int></value></member></struct></value></fault>\
                </methodResponse>";
    assert_eq!(failure_by(XML, Reply::Xml(body.to_owned())).await, OdooError::Refused("No.".to_owned()));
}

#[tokio::test]
async fn a_deeply_nested_answer_is_refused_and_does_no_harm() {
    for (open, close) in [
        ("<value><array><data>", "</data></array></value>"),
        ("<value><struct><member><name>a</name>", "</member></struct></value>"),
    ] {
        let value = format!("{}<value>1</value>{}", open.repeat(50_000), close.repeat(50_000));
        let error = failure_by(XML, result(&value)).await;
        assert_eq!(error, OdooError::Protocol("it is nested too deep".to_owned()));
    }
}
