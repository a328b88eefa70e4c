//! A request's body, read up to a limit; a longer one is refused like everything else.

use crate::domain::Code;
use crate::refusal::Refusal;
use actix_web::dev::Payload;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;

/// A job of 100 000 labels with 500 bytes each fits.
pub const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;

/// The body's bytes.
#[derive(Debug)]
pub struct Body(pub Bytes);

impl FromRequest for Body {
    type Error = Refusal;
    type Future = LocalBoxFuture<'static, Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Bytes::from_request(request, payload);
        Box::pin(async move {
            body.await.map(Self).map_err(|error| {
                if error.as_response_error().status_code() == 413 {
                    let detail = format!("The body is larger than {} MiB.", MAX_BODY_BYTES / 1024 / 1024);
                    Refusal::new(Code::PayloadTooLarge, detail)
                } else {
                    Refusal::new(Code::MalformedBody, "The body broke off before its end.")
                }
            })
        })
    }
}
