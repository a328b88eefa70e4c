//! What Odoo says, as each protocol lays it out.

use crate::server::Reply;
use platen::odoo::{OdooClient, OdooProtocol, OdooSettings};
use secrecy::SecretString;
use serde_json::{Value, json};

pub const KEY: &str = "0123456789abcdef0123456789abcdef01234567";

pub const BOTH: [OdooProtocol; 2] = [XML, JSON];
pub const XML: OdooProtocol = OdooProtocol::Xmlrpc;
pub const JSON: OdooProtocol = OdooProtocol::Json2;

pub fn settings_of(protocol: OdooProtocol, url: &str) -> OdooSettings {
    let _ = rustls::crypto::ring::default_provider().install_default();
    OdooSettings { protocol, ..OdooSettings::new(url, "prod", "label-service", SecretString::from(KEY)) }
}

pub fn client_of(protocol: OdooProtocol, url: &str) -> OdooClient {
    OdooClient::new(settings_of(protocol, url)).unwrap()
}

/// As Python's `xmlrpc.client.dumps` lays it out.
pub fn result(value: &str) -> Reply {
    Reply::Xml(format!(
        "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n{value}</param>\n</params>\n</methodResponse>\n"
    ))
}

pub fn fault(code: i32, text: &str) -> Reply {
    Reply::Xml(format!(
        "<?xml version='1.0'?>\n<methodResponse>\n<fault>\n<value><struct>\n<member>\n<name>faultCode</name>\n<value>\
         <int>{code}</int></value>\n</member>\n<member>\n<name>faultString</name>\n<value><string>{text}</string></value>\n\
         </member>\n</struct></value>\n</fault>\n</methodResponse>\n"
    ))
}

/// HTTP 200, JSON.
pub fn json_body(body: &Value) -> Reply {
    Reply::Http("200 OK", "application/json; charset=utf-8", body.to_string())
}

/// As Odoo lays an error of JSON-2 out, with its traceback.
pub fn error(status: &'static str, name: &str, message: &str) -> Reply {
    let debug =
        format!("Traceback (most recent call last):\n  File \"/odoo/http.py\", line 5\n{name}: {KEY}\n");
    let body =
        json!({"name": name, "message": message, "arguments": [message], "context": {}, "debug": debug});
    Reply::Http(status, "application/json; charset=utf-8", body.to_string())
}

pub fn login(protocol: OdooProtocol) -> Reply {
    match protocol {
        XML => result("<value><int>7</int></value>\n"),
        JSON => json_body(&json!({"lang": "en_US", "tz": false, "uid": 7})),
    }
}

/// The answer to a call: `{"jobs": {"u-1": 31}}`.
pub fn answer(protocol: OdooProtocol) -> Reply {
    match protocol {
        XML => result(
            "<value><struct>\n<member>\n<name>jobs</name>\n<value><struct>\n<member>\n<name>u-1</name>\n\
             <value><int>31</int></value>\n</member>\n</struct></value>\n</member>\n</struct></value>\n",
        ),
        JSON => json_body(&json!({"jobs": {"u-1": 31}})),
    }
}

/// What goes wrong inside Odoo, as each protocol tells it.
pub enum Trouble {
    UnknownKey,
    Rights,
    UserError,
    Bug,
    LostRace,
}

pub fn trouble(protocol: OdooProtocol, what: &Trouble) -> Reply {
    let traceback = |exception: &str| {
        format!(
            "Traceback (most recent call last):\n  File \"/odoo/http.py\", line 5, in f\n    g()\n{exception}\n"
        )
    };
    match (protocol, what) {
        (XML, Trouble::UnknownKey) => fault(3, "Access Denied"),
        (JSON, Trouble::UnknownKey) => {
            error("401 UNAUTHORIZED", "werkzeug.exceptions.Unauthorized", "Invalid apikey")
        }
        (XML, Trouble::Rights) => fault(4, "You are not allowed to\n\nmodify 'Print job'."),
        (JSON, Trouble::Rights) => {
            let message = "You are not allowed to\n\nmodify 'Print job'.";
            error("403 FORBIDDEN", "odoo.exceptions.AccessError", message)
        }
        (XML, Trouble::UserError) => fault(2, "Unable to split.\nMore words."),
        (JSON, Trouble::UserError) => {
            error("422 UNPROCESSABLE ENTITY", "odoo.exceptions.UserError", "Unable to split.\nMore words.")
        }
        (XML, Trouble::Bug) => fault(1, &traceback(&format!("ValueError: {KEY} {}", "x".repeat(4_000)))),
        (JSON, Trouble::Bug) => {
            let message = format!("{KEY} {}", "x".repeat(4_000));
            error("500 INTERNAL SERVER ERROR", "builtins.ValueError", &message)
        }
        (XML, Trouble::LostRace) => {
            fault(1, &traceback("psycopg2.errors.SerializationFailure: could not serialize access"))
        }
        (JSON, Trouble::LostRace) => error(
            "500 INTERNAL SERVER ERROR",
            "psycopg2.errors.SerializationFailure",
            "could not serialize access\nDETAIL: secret",
        ),
    }
}
