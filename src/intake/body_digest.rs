//! Tells a repeat from another job: the same content gives the same digest, whatever the order of its keys.
//! Arrays are digested element by element, so a long job costs no memory here.

use super::caller::{digest_of, hex};
use crate::domain::Code;
use crate::refusal::Refusal;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::error::Category;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;

/// The digest of a body. Refuses what is not a JSON object.
pub fn body_digest(body: &[u8]) -> Result<String, Refusal> {
    let members: BTreeMap<String, Member> = serde_json::from_slice(body).map_err(|error| {
        let detail = match error.classify() {
            Category::Data => "The body is not a JSON object.".to_owned(),
            _ => format!("The body is not JSON: line {} column {}.", error.line(), error.column()),
        };
        Refusal::new(Code::MalformedBody, detail)
    })?;
    let mut text = String::new();
    for (name, Member(digest)) in members {
        text += &format!("{}:{digest},", Value::String(name));
    }
    Ok(digest_of(&text))
}

/// The digest of one member of the body.
struct Member(String);

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MemberVisitor)
    }
}

struct MemberVisitor;

impl MemberVisitor {
    fn of(value: impl Into<Value>) -> Member {
        Member(digest_of(&canonical(&value.into())))
    }
}

impl<'de> Visitor<'de> for MemberVisitor {
    type Value = Member;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Member, A::Error> {
        let mut hash = Sha256::new();
        hash.update(b"[");
        while let Some(item) = items.next_element::<Value>()? {
            hash.update(canonical(&item));
            hash.update(b",");
        }
        Ok(Member(hex(&hash.finalize())))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Member, A::Error> {
        Ok(Self::of(Value::deserialize(MapAccessDeserializer::new(members))?))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Member, E> {
        Ok(Self::of(text))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Member, E> {
        Ok(Self::of(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Member, E> {
        Ok(Self::of(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Member, E> {
        Ok(Self::of(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Member, E> {
        Ok(Self::of(value))
    }

    fn visit_unit<E: Error>(self) -> Result<Member, E> {
        Ok(Self::of(Value::Null))
    }
}

fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            let members: Vec<String> = members
                .into_iter()
                .map(|(name, value)| format!("{}:{}", Value::String(name.clone()), canonical(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_keys_does_not_make_another_job_and_the_order_of_labels_does() {
        let digest = |body: &str| body_digest(body.as_bytes()).unwrap();
        let one =
            digest(r#"{"template":"a","quantity":1,"data":{"x":1,"y":[2]},"labels":[{"a":1,"b":2},{}]}"#);
        assert_eq!(
            one,
            digest(r#"{"data":{"y":[2],"x":1},"labels":[{"b":2,"a":1},{}],"quantity":1,"template":"a"}"#)
        );
        assert_ne!(
            one,
            digest(r#"{"template":"a","quantity":1,"data":{"x":1,"y":[2]},"labels":[{},{"a":1,"b":2}]}"#)
        );
        assert_ne!(digest(r#"{"a":"1"}"#), digest(r#"{"a":1}"#));
    }
}
