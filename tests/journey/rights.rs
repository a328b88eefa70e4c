//! What a key may do.

use crate::harness::*;
use reqwest::Method;
use serde_json::{Value, json};

/// The right each call of the API needs; what is not named here is only seen.
const NEEDS: &[(&str, &str)] = &[
    ("/api/jobs", "submit"),
    ("/api/printers/{name}/test", "submit"),
    ("/api/jobs/{id}/cancel", "operate"),
    ("/api/jobs/{id}/retry", "operate"),
    ("/api/jobs/{id}/pause", "operate"),
    ("/api/jobs/{id}/resume", "operate"),
    ("/api/jobs/{id}/resolve", "operate"),
    ("/api/printers/{name}/pause", "operate"),
    ("/api/printers/{name}/resume", "operate"),
    ("/api/printers/{name}/probe", "operate"),
    ("/api/pause", "operate"),
    ("/api/resume", "operate"),
    ("/api/jobs/{id}/reprint", "reprint"),
    ("/api/templates/{name}/approve", "admin"),
];
const SCOPES: [&str; 4] = ["read", "submit", "operate", "reprint"];

#[tokio::test]
async fn every_call_is_refused_to_a_key_without_its_right_and_to_no_other() {
    let zebra = printer().await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let mut keys = Vec::new();
    for scope in SCOPES {
        let key = place.call(&service, &["key", "create", scope, "--scope", scope]).await;
        keys.push((scope, key.trim().to_owned()));
    }
    assert!(place.call(&service, &["key", "list"]).await.contains("reprint: reprint\n"));
    let document: Value = service.get("/openapi.json").await;
    let mut calls = 0;
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for method in methods.as_object().expect("methods").keys() {
            let needs =
                NEEDS.iter().find(|(name, _)| name == path && method == "post").map(|(_, needs)| *needs);
            let needed = if method == "put" { "admin" } else { needs.unwrap_or("read") };
            let url =
                path.replace("{id}", "01900000-0000-7000-8000-000000000000").replace("{name}", "nobody");
            let method: Method = method.to_uppercase().parse().expect("a method");
            for (scope, key) in &keys {
                let answer = service.send_as(key, method.clone(), &url, None).await;
                let refused = answer.status() == 403;
                assert_eq!(refused, *scope != needed, "{method} {path} with {scope}: {}", answer.status());
                if refused {
                    let problem: Value = answer.json().await.expect("a problem");
                    assert_eq!(problem["code"], "forbidden");
                    assert!(problem["detail"].as_str().expect("a detail").contains(needed));
                }
                calls += 1;
            }
        }
    }
    assert!(calls > 80, "the document names the calls: {calls}");
    assert!(zebra.paper().is_empty());
}

#[tokio::test]
async fn a_key_that_may_submit_may_not_call_its_job_a_reprint() {
    let zebra = printer().await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let key = place.call(&service, &["key", "create", "clerk", "--scope", "submit"]).await;
    let mut body = job(1);
    body["job_type"] = json!("reprint");
    let answer = service.send_as(key.trim(), Method::POST, "/api/jobs", Some(&body)).await;
    assert_eq!(answer.status(), 403);
    let problem: Value = answer.json().await.expect("a problem");
    assert_eq!(problem["code"], "forbidden");
    assert!(problem["detail"].as_str().expect("a detail").contains("`reprint`"), "{problem}");
    assert_eq!(
        service.send(Method::POST, "/api/jobs", Some(&body)).await.status(),
        202,
        "whoever may reprint"
    );
}

#[tokio::test]
pub async fn a_key_made_without_a_word_about_rights_may_everything() {
    let zebra = printer().await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let key = place.call(&service, &["key", "create", "odoo"]).await;
    let answer = service.send_as(key.trim(), Method::POST, "/api/jobs", Some(&job(1))).await;
    assert_eq!(answer.status(), 202);
    let answer = service.send_as(key.trim(), Method::POST, "/api/pause", Some(&json!({}))).await;
    assert_eq!(answer.status(), 200);
    place.call(&service, &["key", "revoke", "odoo"]).await;
    assert_eq!(service.send_as(key.trim(), Method::GET, "/api/jobs", None).await.status(), 401);
}

#[tokio::test]
pub async fn a_copied_database_does_not_print_until_a_person_accepts_it() {
    let zebra = printer().await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let submit = async |service: &Service, database: &str| {
        let request = service.http.post(format!("{}/api/jobs", service.base)).bearer_auth(KEY);
        let answer = request.header("X-Odoo-Database-UUID", database).json(&job(1)).send().await;
        let answer = answer.expect("the service answers");
        (answer.status().as_u16(), answer.json::<Value>().await.expect("JSON"))
    };
    assert_eq!(submit(&service, "the-original").await.0, 202);
    let (status, problem) = submit(&service, "the-copy").await;
    assert_eq!((status, &problem["code"]), (403, &json!("foreign_database")), "{problem}");
    assert!(problem["action"].as_str().expect("an action").contains("platen odoo accept"), "{problem}");
    // Over a restart too.
    service.stop().await;
    let service = place.start().await;
    assert_eq!(submit(&service, "the-copy").await.0, 403);
    assert_eq!(submit(&service, "the-original").await.0, 202);
    assert_eq!(submit(&service, "").await.0, 202, "who is no Odoo tells none");
    assert!(place.call(&service, &["odoo", "show"]).await.contains("the-original"));
    place.call(&service, &["odoo", "accept", "the-copy"]).await;
    assert_eq!(submit(&service, "the-copy").await.0, 202, "without a restart");
    assert_eq!(submit(&service, "the-original").await.0, 403);
}
