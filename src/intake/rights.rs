//! Which right a call needs. What has no line here needs an administrator: a new call is closed until it is opened.

use crate::domain::Scope;
use actix_web::http::Method;

/// The scope a call needs, by method and path.
pub(super) fn needed(method: &Method, path: &str) -> Scope {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if method == Method::GET || method == Method::HEAD {
        return Scope::Read;
    }
    if method != Method::POST {
        return Scope::Admin;
    }
    match parts.as_slice() {
        ["api", "status"] | ["api", "templates", _, "preview" | "lint"] => Scope::Read,
        ["api", "jobs"] | ["api", "printers", _, "test"] => Scope::Submit,
        ["api", "jobs", _, "reprint"] => Scope::Reprint,
        ["api", "jobs", _, "cancel" | "retry" | "pause" | "resume" | "resolve"]
        | ["api", "printers", _, "pause" | "resume" | "probe"]
        | ["api", "pause" | "resume"] => Scope::Operate,
        _ => Scope::Admin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_nobody_thought_of_needs_an_administrator() {
        assert_eq!(needed(&Method::POST, "/api/jobs/x/burn"), Scope::Admin);
        assert_eq!(needed(&Method::DELETE, "/api/jobs/x"), Scope::Admin);
        assert_eq!(needed(&Method::POST, "/api/jobs/x/reprint"), Scope::Reprint);
        assert_eq!(needed(&Method::PUT, "/api/templates/x"), Scope::Admin);
        assert_eq!(needed(&Method::POST, "/api/templates/x/approve"), Scope::Admin);
        assert_eq!(needed(&Method::POST, "/api/templates/x/lint"), Scope::Read);
    }
}
