//! The dashboard: a page and its assets, embedded in the program and served as they are.
//!
//! The files are public and hold no data; the page fetches its data from the API with the reader's key. Everything
//! comes from this service, so the content policy allows nothing else, no inline script or style included.

mod gallery;

pub use gallery::{Gallery, routes as gallery_routes};

use actix_web::http::header::{self, ETag, EntityTag, Header, IfNoneMatch};
use actix_web::{HttpRequest, HttpResponse, web};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::fmt::Write;

/// Pictures may be `blob:` because they too are fetched with the key.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     img-src 'self' blob: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[derive(RustEmbed)]
#[folder = "src/dashboard/assets"]
struct Assets;

/// Serves the page at `/` and its files below `/assets/`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/").route(web::get().to(page)).route(web::head().to(page)))
        .service(web::resource("/assets/{name}").route(web::get().to(asset)).route(web::head().to(asset)));
}

async fn page(request: HttpRequest) -> HttpResponse {
    serve(&request, "index.html")
}

async fn asset(request: HttpRequest, name: web::Path<String>) -> HttpResponse {
    serve(&request, &name)
}

fn serve(request: &HttpRequest, name: &str) -> HttpResponse {
    let Some(file) = Assets::get(name) else {
        return HttpResponse::NotFound().finish();
    };
    let tag = entity_tag(&file);
    let is_known = is_known(request, &tag);
    let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header(ETag(tag))
        // Names stay the same across versions, so a browser asks each time and mostly hears 304.
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"));
    if is_known {
        return response.finish();
    }
    response.content_type(content_type(name)).body(file.data.into_owned())
}

fn entity_tag(file: &EmbeddedFile) -> EntityTag {
    let mut hash = String::with_capacity(64);
    for byte in file.metadata.sha256_hash() {
        // Writing to a string cannot fail.
        let _ = write!(hash, "{byte:02x}");
    }
    EntityTag::new_strong(hash)
}

fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(known)) => known.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    }
}

fn content_type(name: &str) -> String {
    let guess = mime_guess::from_path(name).first_or_octet_stream();
    if guess.type_() == mime_guess::mime::TEXT {
        format!("{guess}; charset=utf-8")
    } else {
        guess.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::App;
    use actix_web::dev::ServiceResponse;
    use actix_web::http::StatusCode;
    use actix_web::test::{TestRequest, call_service, init_service, read_body};

    async fn get(path: &str, known_tag: Option<&str>) -> ServiceResponse {
        let service = init_service(App::new().configure(routes)).await;
        let mut request = TestRequest::get().uri(path);
        if let Some(tag) = known_tag {
            request = request.insert_header((header::IF_NONE_MATCH, tag));
        }
        call_service(&service, request.to_request()).await
    }

    fn header_of(response: &ServiceResponse, name: header::HeaderName) -> &str {
        response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    #[actix_web::test]
    async fn the_page_comes_with_its_content_policy() {
        let response = get("/", None).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header_of(&response, header::CONTENT_TYPE), "text/html; charset=utf-8");
        assert!(header_of(&response, header::CONTENT_SECURITY_POLICY).contains("default-src 'none'"));
        assert_eq!(header_of(&response, header::CACHE_CONTROL), "no-cache");
    }

    #[actix_web::test]
    async fn a_known_file_is_not_sent_again() {
        let first = get("/assets/app.js", None).await;
        assert!(header_of(&first, header::CONTENT_TYPE).contains("javascript"));
        let tag = header_of(&first, header::ETAG).to_owned();
        let second = get("/assets/app.js", Some(&tag)).await;
        assert_eq!(second.status(), StatusCode::NOT_MODIFIED);
        assert!(read_body(second).await.is_empty());
    }

    #[actix_web::test]
    async fn nothing_but_the_assets_is_served() {
        for path in ["/assets/absent.js", "/assets/..%2Fmod.rs", "/assets/..", "/other"] {
            assert_eq!(get(path, None).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[test]
    fn every_file_the_page_and_its_modules_name_exists() {
        for name in Assets::iter() {
            let file = Assets::get(&name).expect("a listed file");
            let text = String::from_utf8(file.data.into_owned()).expect("text");
            for quoted in text.split(['"', '\'']) {
                let local = quoted.strip_prefix("./").or_else(|| quoted.strip_prefix("/assets/"));
                if let Some(local) = local.filter(|local| !local.is_empty()) {
                    assert!(Assets::get(local).is_some(), "{name} names {quoted}");
                }
            }
        }
    }

    #[test]
    fn the_page_holds_no_inline_script_or_style() {
        let page = Assets::get("index.html").expect("the page");
        let page = String::from_utf8(page.data.into_owned()).expect("text");
        for inline in ["<style", " style=", " onclick=", " onload=", " onsubmit=", "javascript:"] {
            assert!(!page.contains(inline), "the page holds {inline}");
        }
        assert!(page.matches("<script").all(|_| page.contains("<script type=\"module\" src=")));
    }

    #[test]
    fn no_module_writes_markup_from_text() {
        for name in Assets::iter().filter(|name| name.ends_with(".js")) {
            let file = Assets::get(&name).expect("a listed file");
            let text = String::from_utf8(file.data.into_owned()).expect("text");
            for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
                assert!(!text.contains(word), "{name} uses {word}");
            }
            assert!(text.lines().count() <= 300, "{name} has grown past one job");
        }
    }
}
