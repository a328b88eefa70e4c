//! Cuts a template's source into literal ZPL, values and statements, so that each can be judged where it stands.
//!
//! The language is a small part of Jinja on purpose: values, `if`, `for`, `set` and comments; parts were put in their
//! places before (`includes`). Whatever could hide where a value ends up (macros, captures, raw blocks) is refused.

use super::template::TemplateError;

/// One piece of a template, with the byte offset where it starts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Segment<'s> {
    pub offset: usize,
    pub kind: SegmentKind<'s>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum SegmentKind<'s> {
    /// ZPL as the author wrote it.
    Literal(&'s str),
    /// `{{ expression }}`, with the white-space marks of its braces.
    Value { opening: &'s str, expression: &'s str, closing: &'s str },
    /// `{% statement %}`, whole, and what it does to the flow.
    Statement { source: &'s str, flow: Flow },
    /// `{# comment #}`, whole.
    Comment(&'s str),
}

/// What a statement does to the order in which the rest is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    If,
    ElseIf,
    Else,
    EndIf,
    For,
    EndFor,
    Set,
}

/// Cuts `source` into segments, in order and without gaps.
pub(super) fn cut(source: &str) -> Result<Vec<Segment<'_>>, TemplateError> {
    let mut segments = Vec::new();
    let mut at = 0;
    while let Some(found) = next_tag(&source[at..]) {
        let start = at + found;
        if start > at {
            segments.push(Segment { offset: at, kind: SegmentKind::Literal(&source[at..start]) });
        }
        let (kind, length) = tag(source, start)?;
        segments.push(Segment { offset: start, kind });
        at = start + length;
    }
    if at < source.len() {
        segments.push(Segment { offset: at, kind: SegmentKind::Literal(&source[at..]) });
    }
    Ok(segments)
}

/// Where the next `{{`, `{%` or `{#` begins.
fn next_tag(text: &str) -> Option<usize> {
    text.as_bytes().windows(2).position(|pair| matches!(pair, b"{{" | b"{%" | b"{#"))
}

/// The tag that begins at `start`, and its length in bytes.
fn tag(source: &str, start: usize) -> Result<(SegmentKind<'_>, usize), TemplateError> {
    let rest = &source[start..];
    if let Some(comment) = rest.strip_prefix("{#") {
        let end = comment.find("#}").ok_or_else(|| {
            TemplateError::at(source, start, "a comment `{#` is not closed; write `#}` at its end")
        })?;
        return Ok((SegmentKind::Comment(&rest[..end + 4]), end + 4));
    }
    let is_value = rest.starts_with("{{");
    let closing = if is_value { "}}" } else { "%}" };
    let end = end_of_code(source, start, closing)?;
    let inner_start = 2 + usize::from(matches!(rest.as_bytes().get(2), Some(b'-' | b'+')));
    let mut inner_end = end;
    if inner_end > inner_start && matches!(rest.as_bytes()[inner_end - 1], b'-' | b'+') {
        inner_end -= 1;
    }
    let length = end + 2;
    let inner = rest.get(inner_start..inner_end).unwrap_or("");
    if inner.trim().is_empty() {
        return Err(TemplateError::at(source, start, "a pair of braces is empty; name a field in it"));
    }
    if is_value {
        let (opening, closing) = (&rest[..inner_start], &rest[inner_end..length]);
        return Ok((SegmentKind::Value { opening, expression: inner, closing }, length));
    }
    let flow = flow(inner).map_err(|message| TemplateError::at(source, start, message))?;
    Ok((SegmentKind::Statement { source: &rest[..length], flow }, length))
}

/// The offset, from `start`, of the closing mark. Marks inside quoted text do not count.
fn end_of_code(source: &str, start: usize, closing: &str) -> Result<usize, TemplateError> {
    let bytes = &source.as_bytes()[start..];
    let mut at = 2;
    let mut quote: Option<u8> = None;
    let mut open_brackets = 0_usize;
    while at < bytes.len() {
        let byte = bytes[at];
        match quote {
            Some(_) if byte == b'\\' => at += 1,
            Some(mark) if byte == mark => quote = None,
            Some(_) => {}
            None if bytes[at..].starts_with(closing.as_bytes()) => {
                if open_brackets > 0 {
                    return Err(TemplateError::at(source, start, "a bracket is not closed"));
                }
                return Ok(at);
            }
            None if matches!(byte, b'"' | b'\'') => quote = Some(byte),
            None if matches!(byte, b'(' | b'[') => open_brackets += 1,
            None if matches!(byte, b')' | b']') => {
                open_brackets = open_brackets.checked_sub(1).ok_or_else(|| {
                    TemplateError::at(source, start, "a bracket is closed that was never opened")
                })?;
            }
            None if matches!(byte, b'{' | b'}') => {
                let message = "there are braces inside braces; write one field or expression in each pair";
                return Err(TemplateError::at(source, start, message));
            }
            None => {}
        }
        at += 1;
    }
    Err(TemplateError::at(source, start, format!("a pair of braces is not closed; write `{closing}`")))
}

fn flow(inner: &str) -> Result<Flow, String> {
    let word: String = inner.trim_start().chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
    match word.as_str() {
        "if" => Ok(Flow::If),
        "elif" => Ok(Flow::ElseIf),
        "else" => Ok(Flow::Else),
        "endif" => Ok(Flow::EndIf),
        "for" => Ok(Flow::For),
        "endfor" => Ok(Flow::EndFor),
        // Without `=` it would capture output, and captured output has lost the place it was written for.
        "set" if inner.contains('=') => Ok(Flow::Set),
        "set" => Err("`{% set %}` must have the form `{% set name = value %}`".to_owned()),
        "include" => {
            Err("`{% include \"part.zpl\" %}` takes the name of a file in quotes, and nothing else"
                .to_owned())
        }
        _ => Err(format!("`{{% {word} %}}` is not known here; templates have if, elif, else, for and set")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_inside_quotes_do_not_end_a_value() {
        let segments = cut(r#"a{{- x or "}} \" {{" }}b{# {{ #}"#).unwrap();
        assert_eq!(segments.len(), 4);
        assert_eq!(
            segments[1].kind,
            SegmentKind::Value { opening: "{{-", expression: r#" x or "}} \" {{" "#, closing: "}}" }
        );
        assert_eq!(segments[3].kind, SegmentKind::Comment("{# {{ #}"));
    }

    #[test]
    fn what_hides_a_value_is_refused_by_name() {
        for (source, word) in [
            ("{% raw %}{{ x }}{% endraw %}", "raw"),
            ("{% macro f() %}{% endmacro %}", "macro"),
            ("{% set x %}^XZ{% endset %}", "set name = value"),
            ("{% include other %}", "include"),
            ("{{ x", "not closed"),
            ("{{ a) ~ (b }}", "never opened"),
            ("{{ }}", "empty"),
        ] {
            let refusal = cut(source).unwrap_err().to_string();
            assert!(refusal.contains(word), "{source}: {refusal}");
        }
    }
}
