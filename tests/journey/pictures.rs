//! What a label looks like, seen through the API before it prints and after.

use crate::harness::*;
use reqwest::Method;
use serde_json::{Value, json};

struct Picture {
    png: Vec<u8>,
    notes: Value,
}

async fn picture(service: &Service, path: &str) -> Picture {
    let answer = service.send(Method::GET, path, None).await;
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    assert_eq!(answer.headers()["content-type"], "image/png");
    let notes = answer.headers()["X-Platen-Preview-Notes"].to_str().expect("ASCII").to_owned();
    let notes = serde_json::from_str(&notes).expect("JSON");
    Picture { png: answer.bytes().await.expect("a picture").to_vec(), notes }
}

impl Picture {
    /// What a bar code reader sees, and the size in dots.
    fn read(&self) -> (String, (u32, u32)) {
        let picture = image::load_from_memory(&self.png).expect("a PNG").into_luma8();
        let size = picture.dimensions();
        let code = rxing::BarcodeFormat::CODE_128;
        let read = rxing::helpers::detect_in_luma(picture.into_raw(), size.0, size.1, Some(code));
        (read.expect("a bar code").getText().to_owned(), size)
    }
}

#[tokio::test]
async fn the_picture_of_a_label_shows_the_bytes_of_that_label() {
    let zebra = printer().await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let id = service.submit(&job(3)).await;
    service.wait_for_end(&id).await;
    // Another version counts since: the label stays what it was.
    let mut files = service.get("/api/templates/mo_label").await["files"].clone();
    files["label.zpl"] = json!("^XA^FO20,20^A0N,30^FH_^FD{{ product }}^FS^XZ");
    files["template.toml"] =
        json!("title = 'New'\nwidth_mm = 30\nheight_mm = 20\ndpmm = 8\n[fields.product]\n");
    files["sample.json"] = json!(r#"{"data":{"product":"x"}}"#);
    let answer = service.send(Method::PUT, "/api/templates/mo_label", Some(&json!({"files": files}))).await;
    let draft: Value = answer.json().await.expect("JSON");
    let body = json!({"version": draft["version"]});
    assert_eq!(service.post("/api/templates/mo_label/approve", &body).await.0.as_u16(), 200);
    let seen = picture(&service, &format!("/api/jobs/{id}/labels/2/picture")).await;
    assert_eq!(seen.read(), (serial(2), (456, 256)));
    assert_eq!(seen.notes, json!([]));
    for index in ["0", "4", "x"] {
        let answer = service.send(Method::GET, &format!("/api/jobs/{id}/labels/{index}/picture"), None).await;
        assert!(matches!(answer.status().as_u16(), 404 | 422), "{index}");
    }

    let zpl = "^XA^PW400^LL200^FO20,20^BY2^BCN,60,N,N,N^FDREADY-1^FS^FO20,100^A0N,30^FDЖ^FS^XZ";
    let ready = service.submit(&json!({"printer": "line-a", "zpl": zpl})).await;
    let seen = picture(&service, &format!("/api/jobs/{ready}/labels/1/picture")).await;
    let (text, (width, height)) = seen.read();
    assert_eq!((text.as_str(), width), ("READY-1", 400));
    assert_eq!(seen.notes.as_array().expect("notes").len(), 1);
    assert!(height > 200, "what is not drawn stands in a strip below: {height}");
    let wide = picture(&service, &format!("/api/jobs/{ready}/labels/1/picture?width_mm=60")).await;
    assert_eq!(wide.read().1.0, 480);
}

#[tokio::test]
async fn a_template_in_millimetres_is_as_large_at_300_dpi() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).with_dpmm(12).start().await;
    let id = service.submit(&job(2)).await;
    service.wait_for_end(&id).await;
    // 57 × 32 mm in dots of that head; the first text stands where the template says, 3 mm from the left.
    let paper = zebra.paper();
    assert_eq!(paper.len(), 2);
    for (label, number) in paper.iter().zip(1..) {
        let zpl = String::from_utf8_lossy(&label.zpl).into_owned();
        assert!(zpl.contains("^PW684^LL384") && zpl.contains("^FO36,"), "{zpl}");
        assert!(label.texts.contains(&serial(number)), "{:?}", label.texts);
        let seen = picture(&service, &format!("/api/jobs/{id}/labels/{number}/picture")).await;
        assert_eq!(seen.read(), (serial(number), (684, 384)));
    }
}

#[tokio::test]
async fn a_label_that_no_renderer_survives_is_told_and_harms_nobody() {
    let zebra = printer().await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    for zpl in [
        "^XA^BY9999999^BCN,999999^FDx^FS^XZ",
        "^XA^FO1,1^BXN,999999,200^FDx^FS^XZ",
        "^XA^FO1,1^BXN,1500,200^FDx^FS^XZ",
        "^XA^A0N,2000000,2000000^FDx^FS^XZ",
    ] {
        let id = service.submit(&json!({"printer": "line-a", "zpl": zpl})).await;
        let answer = service.send(Method::GET, &format!("/api/jobs/{id}/labels/1/picture"), None).await;
        let problem: Value = answer.json().await.expect("a problem");
        assert_eq!((&problem["status"], &problem["code"]), (&json!(422), &json!("invalid_zpl")), "{problem}");
        assert!(problem["detail"].as_str().expect("a detail").contains("too much memory"), "{problem}");
        assert_eq!(service.get("/healthz").await["status"], "alive");
    }
}
