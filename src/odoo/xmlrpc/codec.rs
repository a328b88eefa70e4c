//! JSON values to XML-RPC calls, and answers back to JSON values. Pure; `dxr` does the XML.
//!
//! Outward: `null` becomes `False`, which is how Odoo writes "empty" and what it accepts everywhere; characters XML cannot
//! carry are dropped and line ends become `\n`; integers beyond 32 bits are refused by name, since Odoo's library cannot
//! answer them. Inward: `nil` becomes `null`, `dateTime` and `base64` stay text.

use super::super::OdooError;
use super::scan::{VALUE_DEPTH_MAX, scan};
use dxr::{MethodCall, Value as XmlValue};
use serde_json::{Map, Number, Value};

/// What an answer held.
#[derive(Debug, PartialEq)]
pub(super) enum Answer {
    Result(Value),
    Fault { code: i64, text: String },
}

/// Writes a method call. `names` are how errors call the parameters.
pub(super) fn encode_call(method: &'static str, parameters: &[(&str, &Value)]) -> Result<String, OdooError> {
    let params = parameters
        .iter()
        .map(|(name, value)| to_xml_value(value, &Path::Root(name), 1))
        .collect::<Result<Vec<_>, _>>()?;
    let xml = MethodCall { name: method.into(), params }.to_xml().map_err(|_| OdooError::Unsendable {
        path: "the call".to_owned(),
        reason: "cannot be written as XML",
    })?;
    Ok(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{xml}"))
}

/// Reads an answer. Its words never get into an error.
pub(super) fn decode_answer(body: &[u8]) -> Result<Answer, OdooError> {
    let protocol = |reason: &str| OdooError::Protocol(reason.to_owned());
    let text = std::str::from_utf8(body).map_err(|_| protocol("it is not UTF-8"))?;
    let shape = scan(text).map_err(protocol)?;
    // The value alone, without its envelope: a fault is then a struct like any other, its members in any order. The
    // library's own error repeats the whole text, so it is dropped.
    let value =
        XmlValue::from_xml(&text[shape.value]).map_err(|_| protocol("it is not well-formed XML-RPC"))?;
    let value = to_json(value).ok_or_else(|| protocol("it holds a value of an unknown type"))?;
    if shape.is_fault {
        fault(&value).ok_or_else(|| protocol("its fault has no code"))
    } else {
        Ok(Answer::Result(value))
    }
}

/// Fault codes are integers on `/xmlrpc/2`; some servers in between write them as text.
fn fault(value: &Value) -> Option<Answer> {
    let code = value.get("faultCode")?;
    let code = code.as_i64().or_else(|| code.as_str()?.trim().parse().ok())?;
    let text = value.get("faultString").and_then(Value::as_str).unwrap_or_default().to_owned();
    Some(Answer::Fault { code, text })
}

/// Where a value stands in the call, kept on the stack and written out only for an error.
enum Path<'a> {
    Root(&'a str),
    Member(&'a Path<'a>, &'a str),
    Item(&'a Path<'a>, usize),
}

impl Path<'_> {
    fn write(&self) -> String {
        match self {
            Self::Root(name) => (*name).to_owned(),
            Self::Member(parent, name) => format!("{}.{name}", parent.write()),
            Self::Item(parent, index) => format!("{}[{index}]", parent.write()),
        }
    }

    fn unsendable(&self, reason: &'static str) -> OdooError {
        OdooError::Unsendable { path: self.write(), reason }
    }
}

fn to_xml_value(value: &Value, path: &Path<'_>, depth: usize) -> Result<XmlValue, OdooError> {
    if depth > VALUE_DEPTH_MAX {
        return Err(OdooError::Unsendable { path: "an argument".to_owned(), reason: "is nested too deep" });
    }
    Ok(match value {
        Value::Null => XmlValue::Boolean(false),
        Value::Bool(truth) => XmlValue::Boolean(*truth),
        Value::Number(number) => number_to_xml(number).ok_or_else(|| {
            path.unsendable("is an integer beyond 32 bits, which XML-RPC cannot carry: send it as text")
        })?,
        Value::String(text) => XmlValue::String(sendable(text)),
        Value::Array(items) => XmlValue::Array(
            items
                .iter()
                .enumerate()
                .map(|(index, item)| to_xml_value(item, &Path::Item(path, index), depth + 1))
                .collect::<Result<_, _>>()?,
        ),
        Value::Object(members) => XmlValue::Struct(
            members
                .iter()
                .map(|(name, member)| {
                    Ok((sendable(name), to_xml_value(member, &Path::Member(path, name), depth + 1)?))
                })
                .collect::<Result<_, OdooError>>()?,
        ),
    })
}

fn number_to_xml(number: &Number) -> Option<XmlValue> {
    if number.is_f64() {
        return number.as_f64().map(XmlValue::Double);
    }
    number.as_i64().and_then(|integer| i32::try_from(integer).ok()).map(XmlValue::Integer)
}

/// Drops what XML 1.0 cannot carry even escaped (Odoo does the same on its way out), and writes line ends the way every
/// XML reader reads them.
fn sendable(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|&character| {
            matches!(character, '\t' | '\n')
                || (character >= ' ' && !matches!(character, '\u{fffe}' | '\u{ffff}'))
        })
        .collect()
}

/// `None` only for types the library may learn later. Recursion is bounded by the scan.
fn to_json(value: XmlValue) -> Option<Value> {
    Some(match value {
        XmlValue::Nil => Value::Null,
        XmlValue::Boolean(truth) => Value::Bool(truth),
        XmlValue::Integer(integer) => integer.into(),
        XmlValue::Long(integer) => integer.into(),
        // JSON knows no infinity and no "not a number"; both arrive as null.
        XmlValue::Double(double) => Number::from_f64(double).map_or(Value::Null, Value::Number),
        XmlValue::String(text) => Value::String(text),
        XmlValue::DateTime(moment) => Value::String(moment.to_string()),
        XmlValue::Base64(bytes) => Value::String(base64_text(bytes)?),
        XmlValue::Array(items) => Value::Array(items.into_iter().map(to_json).collect::<Option<_>>()?),
        XmlValue::Struct(members) => Value::Object(
            members
                .into_iter()
                .map(|(name, member)| Some((name, to_json(member)?)))
                .collect::<Option<Map<String, Value>>>()?,
        ),
        _ => return None,
    })
}

/// The bytes as base64 text, as Odoo's own binary fields are. The library holds the encoder, inside its XML writer.
fn base64_text(bytes: Vec<u8>) -> Option<String> {
    let xml = XmlValue::Base64(bytes).to_xml().ok()?;
    Some(xml.strip_prefix("<value><base64>")?.strip_suffix("</base64></value>")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn answer(value: &str) -> Vec<u8> {
        format!("<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n{value}</param>\n</params>\n</methodResponse>\n")
            .into_bytes()
    }

    fn result(value: &str) -> Value {
        match decode_answer(&answer(value)).unwrap() {
            Answer::Result(value) => value,
            Answer::Fault { .. } => panic!("a result was expected"),
        }
    }

    /// A call's parameter, read back as if it were an answer.
    fn round_trip(value: &Value) -> Value {
        let xml = encode_call("m", &[("value", value)]).unwrap();
        let start = xml.find("<value>").unwrap();
        let end = xml.rfind("</value>").unwrap() + "</value>".len();
        result(&xml[start..end])
    }

    #[test]
    fn every_type_is_read() {
        let value = result(
            "<value><struct>\n<member>\n<name>int</name>\n<value><int>-3</int></value>\n</member>\n\
             <member><name>i4</name><value><i4>4</i4></value></member>\
             <member><name>long</name><value><i8>9007199254740993</i8></value></member>\
             <member><name>double</name><value><double>2.5</double></value></member>\
             <member><name>true</name><value><boolean>1</boolean></value></member>\
             <member><name>nil</name><value><nil/></value></member>\
             <member><name>bare</name><value>a &lt;b&gt; &amp; &#233;</value></member>\
             <member><name>empty</name><value><string></string></value></member>\
             <member><name>blank</name><value><string>  </string></value></member>\
             <member><name>when</name><value><dateTime.iso8601>20260131T09:26:03</dateTime.iso8601></value></member>\
             <member><name>bytes</name><value><base64>\naGk=\n</base64></value></member>\
             <member><name>list</name><value><array><data>\n<value><int>1</int></value>\n</data></array></value></member>\
             <member><name>none</name><value><array><data>\n</data></array></value></member>\
             <member><name>hollow</name><value><struct>\n</struct></value></member>\n</struct></value>\n",
        );
        assert_eq!(
            value,
            json!({"int": -3, "i4": 4, "long": 9_007_199_254_740_993_i64, "double": 2.5, "true": true, "nil": null,
                   "bare": "a <b> & é", "empty": "", "blank": "  ", "when": "20260131T09:26:03", "bytes": "aGk=",
                   "list": [1], "none": [], "hollow": {}})
        );
    }

    #[test]
    fn null_goes_out_as_false() {
        assert_eq!(round_trip(&json!({"fault": null})), json!({"fault": false}));
    }

    #[test]
    fn a_large_integer_is_refused_by_name() {
        let value = json!([[{"kind": "printer", "odometer": 2_147_483_648_i64}]]);
        let error = encode_call("execute_kw", &[("args", &value)]).unwrap_err();
        assert!(error.to_string().contains("args[0][0].odometer is an integer beyond 32 bits"), "{error}");
    }

    #[test]
    fn what_xml_cannot_carry_is_dropped() {
        assert_eq!(round_trip(&json!("a\u{0}\u{8}b\r\nc\rd\u{ffff}")), json!("ab\nc\nd"));
    }

    #[test]
    fn arguments_nested_too_deep_are_not_sent() {
        let value = (0..100).fold(json!(1), |inner, _| json!([inner]));
        assert!(matches!(encode_call("m", &[("args", &value)]), Err(OdooError::Unsendable { .. })));
    }

    #[test]
    fn the_deepest_answer_allowed_fits_a_small_stack() {
        let depth = VALUE_DEPTH_MAX - 1;
        for (open, close) in [
            ("<value><struct><member><name>a</name>", "</member></struct></value>"),
            ("<value><array><data>", "</data></array></value>"),
        ] {
            let body = answer(&format!("{}<value>1</value>{}", open.repeat(depth), close.repeat(depth)));
            let read = move || decode_answer(&body).map(drop);
            let reader = std::thread::Builder::new().stack_size(1 << 20).spawn(read).unwrap();
            assert_eq!(reader.join().unwrap(), Ok(()));
        }
    }

    #[test]
    fn a_fault_is_read_in_any_order_and_with_a_code_of_text() {
        for (code, first) in [("<int>4</int>", true), ("<int>4</int>", false), ("<string>4</string>", false)]
        {
            let code = format!("<member><name>faultCode</name><value>{code}</value></member>");
            let text = "<member><name>faultString</name><value><string>No.</string></value></member>";
            let members = if first { format!("{code}{text}") } else { format!("{text}{code}") };
            let body = format!(
                "<methodResponse><fault><value><struct>{members}</struct></value></fault></methodResponse>"
            );
            let fault = Answer::Fault { code: 4, text: "No.".to_owned() };
            assert_eq!(decode_answer(body.as_bytes()).unwrap(), fault);
        }
    }

    #[test]
    fn an_answer_that_cannot_be_read_is_never_quoted() {
        for value in [
            "<value><int>secret</int></value>",
            "<value><secret>1</secret></value>",
            "<value>&secret;</value>",
        ] {
            let error = decode_answer(&answer(value)).unwrap_err();
            assert!(matches!(error, OdooError::Protocol(_)));
            assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
        }
    }

    fn values() -> impl Strategy<Value = Value> {
        // Any text but the characters that are changed on purpose.
        let text = "[^\\x00-\\x08\\x0b-\\x1f\\u{fffe}\\u{ffff}]{0,20}";
        // The library cannot read an empty or blank member name back, and Odoo has none.
        let name = "[^\\x00-\\x20\\u{fffe}\\u{ffff}][^\\x00-\\x08\\x0b-\\x1f\\u{fffe}\\u{ffff}]{0,20}";
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            any::<f64>().prop_filter_map("JSON knows finite numbers only", |double| {
                Number::from_f64(double).map(Value::Number)
            }),
            text.prop_map(Value::from),
        ];
        leaf.prop_recursive(6, 64, 8, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::hash_map(name, inner, 0..8)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_sent_reads_back_the_same(value in values()) {
            prop_assert_eq!(round_trip(&value), value);
        }

        #[test]
        fn no_bytes_make_the_reader_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode_answer(&body);
        }

        #[test]
        fn no_markup_makes_the_reader_panic(
            tags in prop::collection::vec(
                prop::sample::select(vec!["<value>", "</value>", "<array>", "</array>", "<data>", "</data>", "<int>",
                                          "</int>", "<nil/>", "1", "<struct>", "</struct>", "<member>", "</member>",
                                          "<name>", "</name>", "&lt;", "&#0;", "<value/>"]), 0..40)
        ) {
            let _ = decode_answer(&answer(&format!("<value>{}</value>", tags.concat())));
        }
    }
}
