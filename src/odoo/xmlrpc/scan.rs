//! A cheap look over an answer before the real parser sees it.
//!
//! The parser recurses with the document and expands what a DTD declares. So everything XML-RPC does not need is refused
//! here: document types, comments, CDATA, processing instructions, attributes, deep nesting, unbalanced tags.

use std::ops::Range;

/// How deep values may lie within each other. Odoo's own answers stay below ten; the library gives up beyond 128
/// elements, which is 42 structs, and a limit that is promised should be one that is kept.
pub(super) const VALUE_DEPTH_MAX: usize = 40;
/// The same in elements: a value within a struct lies three elements deeper, and the envelope has a few.
const ELEMENT_DEPTH_MAX: usize = VALUE_DEPTH_MAX * 3 + 8;

/// What an answer turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// A fault rather than a result.
    pub is_fault: bool,
    /// Where the one outermost `<value>` stands, tags included.
    pub value: Range<usize>,
}

/// Checks the answer and finds the value in it; the error is a phrase that quotes nothing from the answer.
pub(super) fn scan(text: &str) -> Result<Shape, &'static str> {
    let mut position = skip_declaration(text)?;
    let mut open: Vec<&str> = Vec::new();
    let mut values_open = 0;
    let mut value_start = None;
    let mut shape = None;

    while let Some(offset) = text[position..].find('<') {
        let start = position + offset;
        let length = text[start..].find('>').ok_or("it ends inside a tag")?;
        position = start + length + 1;
        let tag = Tag::parse(&text[start + 1..start + length])?;

        if !tag.closes {
            open.push(tag.name);
            values_open += usize::from(tag.name == "value");
            if open.len() > ELEMENT_DEPTH_MAX || values_open > VALUE_DEPTH_MAX {
                return Err("it is nested too deep");
            }
            match envelope(&open) {
                Envelope::Wrong => return Err("it is not an XML-RPC answer"),
                Envelope::Value if value_start.is_some() => return Err("it holds more than one value"),
                Envelope::Value => value_start = Some(start),
                Envelope::Fine => {}
            }
        }
        if tag.closes || tag.is_empty {
            if let (Envelope::Value, Some(value_start)) = (envelope(&open), value_start) {
                shape = Some(Shape { is_fault: open[1] == "fault", value: value_start..position });
            }
            if open.pop() != Some(tag.name) {
                return Err("its tags are not balanced");
            }
            values_open -= usize::from(tag.name == "value");
        }
    }
    if !open.is_empty() {
        return Err("it ends before its last tag");
    }
    shape.ok_or("it holds no value")
}

/// An `<?xml …?>` at the very start is the only instruction allowed.
fn skip_declaration(text: &str) -> Result<usize, &'static str> {
    let start = text.len() - text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).len();
    if !text[start..].starts_with("<?xml") {
        return Ok(start);
    }
    text[start..].find("?>").map(|end| start + end + 2).ok_or("it ends inside a tag")
}

struct Tag<'a> {
    name: &'a str,
    closes: bool,
    is_empty: bool,
}

impl<'a> Tag<'a> {
    /// `inner` is what stands between the angle brackets.
    fn parse(inner: &'a str) -> Result<Self, &'static str> {
        if inner.starts_with(['!', '?']) {
            return Err("it holds a document type, a comment or an instruction");
        }
        let (closes, inner) = inner.strip_prefix('/').map_or((false, inner), |rest| (true, rest));
        let (is_empty, inner) = inner.strip_suffix('/').map_or((false, inner), |rest| (true, rest));
        let name = inner.trim_ascii_end();
        // An attribute could hide a `>` or a `/>` from this scan, and XML-RPC has none.
        let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
        if name.is_empty() || !is_plain || (closes && is_empty) {
            return Err("it holds a tag XML-RPC does not have");
        }
        Ok(Self { name, closes, is_empty })
    }
}

enum Envelope {
    /// The innermost open element is the outermost value.
    Value,
    Wrong,
    Fine,
}

/// Judges the path of open elements where it belongs to the envelope.
fn envelope(open: &[&str]) -> Envelope {
    match open {
        ["methodResponse", "params", "param", "value"] | ["methodResponse", "fault", "value"] => {
            Envelope::Value
        }
        ["methodResponse"]
        | ["methodResponse", "params" | "fault"]
        | ["methodResponse", "params", "param"] => Envelope::Fine,
        ["methodResponse", "params", "param", "value", ..] | ["methodResponse", "fault", "value", ..] => {
            Envelope::Fine
        }
        _ => Envelope::Wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(value: &str) -> String {
        format!(
            "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n{value}</param></params></methodResponse>\n"
        )
    }

    #[test]
    fn the_value_is_found_whole() {
        let text = answer("<value><array><data><value>a</value><value/></data></array></value>");
        let shape = scan(&text).unwrap();
        assert!(!shape.is_fault);
        assert!(text[shape.value.clone()].starts_with("<value><array>"));
        assert!(text[shape.value].ends_with("</array></value>"));
    }

    #[test]
    fn what_xml_rpc_does_not_need_is_refused() {
        for text in [
            "<!DOCTYPE a [<!ENTITY b \"c\">]><methodResponse></methodResponse>".to_owned(),
            answer("<!-- <value>1</value> --><value>2</value>"),
            answer("<value><![CDATA[<value>]]></value>"),
            answer("<value a=\"/>\"><value>1</value></value>"),
            answer("<value>1</value><value>2</value>"),
            answer("<value>1</param>"),
            answer("<value>1"),
            answer(""),
            "<html><body>Hello</body></html>".to_owned(),
            "<methodResponse><params><param><value>1</value".to_owned(),
            "plain".to_owned(),
            String::new(),
        ] {
            assert!(scan(&text).is_err(), "{text}");
        }
    }

    #[test]
    fn depth_is_bounded_for_values_and_for_anything_else() {
        let nested = |depth: usize| {
            let (open, close) = ("<value><array><data>", "</data></array></value>");
            answer(&format!("{}<value>1</value>{}", open.repeat(depth), close.repeat(depth)))
        };
        assert!(scan(&nested(VALUE_DEPTH_MAX - 1)).is_ok());
        assert_eq!(scan(&nested(VALUE_DEPTH_MAX)), Err("it is nested too deep"));
        let foreign = answer(&format!("<value>{}{}</value>", "<nil>".repeat(500), "</nil>".repeat(500)));
        assert_eq!(scan(&foreign), Err("it is nested too deep"));
    }
}
