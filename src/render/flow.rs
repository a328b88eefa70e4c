//! Walks a template's branches and loops and finds, for every value, the context it is escaped for.
//!
//! However the conditions fall, a value must stand in the same kind of place; where that cannot be promised the
//! template is refused when it is loaded, not when a label looks wrong.

use super::escape::Context;
use super::measures::Units;
use super::places::{Length, Notes, Place};
use super::segments::{Flow, Segment, SegmentKind};
use super::template::TemplateError;
use std::collections::BTreeMap;

/// Deep nesting would only be a mistake, and the walk is recursive.
const MAX_DEPTH: usize = 16;

/// What the walk found.
#[derive(Debug)]
pub(super) struct Findings {
    /// The context of each value, by the position of its segment.
    pub contexts: Vec<Option<Context>>,
    /// Where the format begins and ends in the source.
    pub opened: usize,
    pub closed: usize,
    /// The lengths in millimetres, by byte offset of the source.
    pub lengths: BTreeMap<usize, Length>,
}

/// Judges a whole template.
pub(super) fn walk(
    source: &str,
    segments: &[Segment<'_>],
    units: Units,
    is_for_several: bool,
) -> Result<Findings, TemplateError> {
    let contexts = vec![None; segments.len()];
    let notes = Notes { units, is_for_several, ..Notes::default() };
    let mut walker = Walker { source, segments, at: 0, depth: 0, contexts, notes };
    walker.sequence(Place::start(units))?;
    if let Some(segment) = segments.get(walker.at) {
        let message = "this statement closes or continues nothing; look for a missing if or for";
        return Err(TemplateError::at(source, segment.offset, message));
    }
    let (Some(opened), Some(closed)) = (walker.notes.opened, walker.notes.closed) else {
        let message = "the label must stand between ^XA and ^XZ; write ^XA at its start and ^XZ at its end";
        return Err(TemplateError::at(source, source.len(), message));
    };
    for number in &walker.notes.accompanied {
        if let Some(Some(Context::Data { stands_alone, .. })) = walker.contexts.get_mut(*number) {
            *stands_alone = false;
        }
    }
    Ok(Findings { contexts: walker.contexts, opened, closed, lengths: walker.notes.lengths })
}

struct Walker<'s> {
    source: &'s str,
    segments: &'s [Segment<'s>],
    at: usize,
    depth: usize,
    contexts: Vec<Option<Context>>,
    notes: Notes,
}

impl Walker<'_> {
    /// Reads on until a statement that belongs to an outer `if` or `for`, or the end.
    fn sequence(&mut self, mut place: Place) -> Result<Place, TemplateError> {
        while let Some(segment) = self.segments.get(self.at) {
            match &segment.kind {
                SegmentKind::Literal(text) => self.literal(&mut place, text, segment.offset)?,
                SegmentKind::Value { .. } => {
                    let context =
                        place.value(self.at, &mut self.notes).map_err(|m| self.error(segment.offset, m))?;
                    if self.contexts[self.at].replace(context).is_some_and(|earlier| earlier != context) {
                        return Err(self.error(segment.offset, MEETING));
                    }
                }
                SegmentKind::Comment(_) | SegmentKind::Statement { flow: Flow::Set, .. } => {}
                SegmentKind::Statement { flow: Flow::If, .. } => {
                    place = self.nested(|walker| walker.branches(&place))?;
                }
                SegmentKind::Statement { flow: Flow::For, .. } => {
                    place = self.nested(|walker| walker.repetition(place))?;
                }
                SegmentKind::Statement { .. } => return Ok(place),
            }
            self.at += 1;
        }
        Ok(place)
    }

    fn literal(&mut self, place: &mut Place, text: &str, offset: usize) -> Result<(), TemplateError> {
        let before = (self.notes.opened, self.notes.closed);
        place.read(text, offset, &mut self.notes).map_err(|(at, message)| self.error(at, message))?;
        if self.depth > 0 && (self.notes.opened, self.notes.closed) != before {
            return Err(self.error(offset, "^XA and ^XZ must not depend on an if or a for; put them outside"));
        }
        Ok(())
    }

    fn nested(
        &mut self,
        body: impl FnOnce(&mut Self) -> Result<Place, TemplateError>,
    ) -> Result<Place, TemplateError> {
        if self.depth == MAX_DEPTH {
            return Err(self.error_here(format!("ifs and fors are nested more than {MAX_DEPTH} deep")));
        }
        self.depth += 1;
        let place = body(self)?;
        self.depth -= 1;
        Ok(place)
    }

    /// From `if` to `endif`; every branch begins where the `if` stands.
    fn branches(&mut self, before: &Place) -> Result<Place, TemplateError> {
        let opening = self.at;
        let mut met: Option<Place> = None;
        let mut has_else = false;
        loop {
            self.at += 1;
            let end = self.sequence(before.clone())?;
            met = Some(match met {
                None => end,
                Some(earlier) => self.meet(earlier, end, opening)?,
            });
            match self.flow_here() {
                Some(Flow::ElseIf) if !has_else => {}
                Some(Flow::Else) if !has_else => has_else = true,
                Some(Flow::EndIf) => break,
                _ => return Err(self.not_closed(opening, "{% endif %}")),
            }
        }
        match met {
            Some(place) if has_else => Ok(place),
            Some(place) => self.meet(place, before.clone(), opening),
            None => Ok(before.clone()),
        }
    }

    /// From `for` to `endfor`: the body may run never, once or often, so it must end where it begins.
    fn repetition(&mut self, before: Place) -> Result<Place, TemplateError> {
        let opening = self.at;
        self.at += 1;
        let once = self.sequence(before.clone())?;
        let around = self.meet(before, once, opening)?;
        self.at = opening + 1;
        let again = self.sequence(around.clone())?;
        let mut place = self.meet(around, again, opening)?;
        if self.flow_here() == Some(Flow::Else) {
            self.at += 1;
            let otherwise = self.sequence(place.clone())?;
            place = self.meet(place, otherwise, opening)?;
        }
        if self.flow_here() == Some(Flow::EndFor) {
            return Ok(place);
        }
        Err(self.not_closed(opening, "{% endfor %}"))
    }

    fn meet(&self, one: Place, other: Place, opening: usize) -> Result<Place, TemplateError> {
        one.meet(other).ok_or_else(|| self.error(self.segments[opening].offset, MEETING))
    }

    fn flow_here(&self) -> Option<Flow> {
        match self.segments.get(self.at)?.kind {
            SegmentKind::Statement { flow, .. } => Some(flow),
            _ => None,
        }
    }

    fn not_closed(&self, opening: usize, closing: &str) -> TemplateError {
        let message = format!("this statement has no matching {closing}; write it where its part ends");
        self.error(self.segments[opening].offset, message)
    }

    fn error_here(&self, message: String) -> TemplateError {
        let offset = self.segments.get(self.at).map_or(self.source.len(), |segment| segment.offset);
        self.error(offset, message)
    }

    fn error(&self, offset: usize, message: impl Into<String>) -> TemplateError {
        TemplateError::at(self.source, offset, message)
    }
}

const MEETING: &str = "after this statement the same text would stand in different places of the label, depending on \
                       the condition; keep whole fields, from ^FO to ^FS, inside each branch";

#[cfg(test)]
mod tests {
    use super::super::fonts::FontName;
    use super::super::measures::Measure;
    use super::super::segments::cut;
    use super::super::symbols::Symbol;
    use super::*;

    fn contexts(source: &str) -> Result<Vec<Context>, TemplateError> {
        let segments = cut(source)?;
        Ok(walk(source, &segments, Units::Dots, false)?.contexts.into_iter().flatten().collect())
    }

    fn refusal(source: &str) -> String {
        contexts(source).unwrap_err().to_string()
    }

    fn data(symbol: Symbol, stands_alone: bool) -> Context {
        Context::Data { hex: b'_', symbol, stands_alone, font: FontName::of_letter(b'A') }
    }

    #[test]
    fn each_command_sets_the_context_of_its_field_alone() {
        let source = "^XA^BY{{ w }}^FH_^FB400,2^FD{{ a }} {{ b }}^FS^FH^FD{{ c }}^FS\
                      ^BCN,50,Y,N,N^FH_^FD>:{{ d }}>5{{ e }}^FS^BCN,,,,,A^FH_^FD{{ f }}^FS\
                      ^BXN,4,200,,,,#^FH_^FD{{ g }}^FS^BQN,2,4^FH_^FDQA,{{ h }}^FS^BEN^FH_^FD{{ i }}^FS\
                      ^B2N,9,N,N,Y^FH_^FD{{ j }}^FS^B7N,,2^FH_^FD{{ k }}^FS^XZ";
        assert_eq!(
            contexts(source).unwrap(),
            [
                Context::Parameter,
                data(Symbol::Block, false),
                data(Symbol::Block, false),
                data(Symbol::Text, true),
                data(Symbol::Code128 { subset_c: false }, false),
                data(Symbol::Code128 { subset_c: true }, false),
                data(Symbol::Code128Automatic, true),
                data(Symbol::DataMatrix { escape: b'#', codewords: 1558 }, true),
                data(Symbol::Qr { correction: b'Q' }, false),
                data(Symbol::CheckedDigits { digits: 13 }, true),
                data(Symbol::Interleaved { adds_check: true }, true),
                data(Symbol::Pdf417 { codewords: 919 }, true),
            ]
        );
    }

    #[test]
    fn the_font_of_a_value_is_known() {
        let source = "^XA^FH_^FD{{ a }}^FS^CFF,9^FH_^FD{{ b }}^FS^A0N,9^FH_^FD{{ c }}^FS\
                      {% if a %}^A@N,9,9,E:X.TTF{% else %}^A@N,8,8,E:X.TTF{% endif %}^FH_^FD{{ d }}^FS^FH_^FD{{ e }}^FS^XZ";
        let font =
            |context| if let Context::Data { font, .. } = context { font.to_string() } else { String::new() };
        let fonts: Vec<String> = contexts(source).unwrap().into_iter().map(font).collect();
        assert_eq!(fonts, ["A", "F", "0", "E:X.TTF", "F"]);
        let other = source.replace("8,8,E:X.TTF", "8,8,E:Y.TTF");
        assert!(contexts(&other).is_err(), "a value cannot be in two fonts");
    }

    #[test]
    fn branches_and_loops_that_meet_in_the_same_place_are_fine() {
        for source in [
            "^XA{% if a %}^FO1,1^FH_^FD{{ a }}^FS{% endif %}^FO2,2^FH_^FD{{ b }}^FS^XZ",
            "^XA^FO1,1{% if a %}^A0N,9{% else %}^A0N,5{% endif %}^FH_^FD{{ b }}^FS^XZ",
            "^XA^FH_^FD{% if a %}Serial{% elif b %}Lot{% endif %} {{ b }}^FS^XZ",
            "^XA{% for i in range(3) %}^FO{{ i }},1^FH_^FD{{ i }}^FS{% else %}^FX none{% endfor %}^XZ",
        ] {
            contexts(source).unwrap();
        }
    }

    #[test]
    fn places_that_depend_on_a_condition_are_refused() {
        for source in [
            "^XA{% if a %}^BCN,50{% endif %}^FH_^FD{{ b }}^FS^XZ",
            "^XA{% if a %}^FH_{% endif %}^FD{{ b }}^FS^XZ",
            "^XA{% if a %}^FH_^FD{% endif %}{{ b }}^FS^XZ",
            "^XA^FH_{% if a %}^FB9{% else %}^FO1,1{% endif %}^FD{{ b }}^FS^XZ",
            "^XA^FH_^FD{% for i in range(3) %}{{ i }}^FS{% endfor %}^XZ",
            "^XA^BCN,5^FH_^FD{% if a %}>5{% endif %}{{ b }}^FS^XZ",
        ] {
            assert!(refusal(source).contains("different places"), "{source}: {}", refusal(source));
        }
        let source = "^XA{% for i in range(3) %}{{ i }}^FO1,{% endfor %}1^XZ";
        assert!(refusal(source).contains("behind ^XA"), "{}", refusal(source));
    }

    #[test]
    fn what_cannot_be_escaped_is_refused_with_line_and_mend() {
        for (source, word) in [
            ("^XA\n\n^FD{{ a }}^FS^XZ", "line 3: a value stands in ^FD without ^FH"),
            ("^XA^FH_^FD_5{{ a }}^FS^XZ", "two hexadecimal digits"),
            ("^XA^FB9^FH_^FDa_5C{{ a }}^FS^XZ", "left open"),
            ("^XA^BCN^FH_^FD>{{ a }}^FS^XZ", "left open"),
            ("^XA^BCN^FH_^FD>;1{{ a }}^FS^XZ", "pairs"),
            ("^XA^BXN,4,200,,,,_^FH_^FD_5F{{ a }}^FS^XZ", "left open"),
            ("^XA^BXN,4,200^FH_^FD{{ a }}^FS^XZ", "escape character"),
            ("^XA^BQN,2,4^FH_^FD{{ a }}^FS^XZ", "QA,"),
            ("^XA^BQN,2,4^FH_^FDH{{ a }},{{ b }}^FS^XZ", "QA,"),
            ("^XA^BEN^FH_^FD4{{ a }}^FS^XZ", "whole"),
            ("^XA^BEN^FH_^FD{{ a }}4^FS^XZ", "whole"),
            ("^XA^B4N^FH_^FD{{ a }}^FS^XZ", "^B4"),
            ("^XA^TBN,9,9^FH_^FD{{ a }}^FS^XZ", "^TB"),
            ("^XA^BCN,9,N,N,N,Z^FH_^FD{{ a }}^FS^XZ", "no mode Z"),
            ("^XA^BXN,4,200,11,11,,_^FH_^FD{{ a }}^FS^XZ", "no Data Matrix"),
            ("^XA^BON,4,Y^FH_^FD{{ a }}^FS^XZ", "escapes"),
            ("^XA^B7N,,8,1,3^FH_^FD{{ a }}^FS^XZ", "larger"),
            ("^XA^BCN,,,,,U^FH_^FD00{{ a }}^FS^XZ", "whole of ^FD"),
            ("^XA^SN{{ a }},1,Y^FS^XZ", "^SN"),
            ("^XA{% if a %}^JUS{% else %}^FX{% endif %}^XZ", "^JU acts"),
            ("^XA^MC{% if a %}N{% else %}N{% endif %}^XZ", "^MC leaves"),
            ("^XA^A^FD^FS^XZ", "not complete"),
            ("^XA^F{{ a }}^FS^XZ", "not complete"),
            ("^XA^FD{% if a %}^{% endif %}XZ", "not complete"),
            ("^XA^FH_^FDx^FB9^FS^XZ", "^FB follows field data"),
            ("^XA^FH_^FD~JA^FS^XZ", "`~`"),
            ("^XA^FD^FS^PQ5^XZ", "^PQ"),
            ("^XA^XZ^XA^XZ", "second ^XA"),
            ("^XA^FO1,1", "^XZ at its end"),
            ("{{ a }}^XA^XZ", "outside"),
            ("^XA^XZ{{ a }}", "outside"),
            ("{% if a %}^XA{% endif %}^XZ", "outside"),
            ("^XA^CI0^XZ", "^CI28"),
            ("^XA{% if a %}^FO1,1", "endif"),
            ("^XA{% endif %}^XZ", "closes or continues nothing"),
            ("^XA^FHz^FD^FS^XZ", "indicator"),
            ("^XA\u{2}^XZ", "control character"),
        ] {
            assert!(refusal(source).contains(word), "{source}: {}", refusal(source));
        }
    }

    #[test]
    fn lengths_are_found_wherever_they_stand() {
        let source = "^XA{% if a %}^FO3,{{ a }}{% else %}^FO 4.5 ,5,1{% endif %}\n^A0N,{{ 3 }},2.5^FB40,2,,R\
                      ^FH_^FD9,9^FS{% for i in b %}^BY.25{% endfor %}^XZ";
        let walked = |source: &str| {
            let segments = cut(source).unwrap();
            walk(source, &segments, Units::Mm, true)
        };
        assert!(walked(source).unwrap_err().to_string().contains("`.25` stands where ^BY takes a length"));
        let found = walked(&source.replace(".25", "0.25")).unwrap();
        let written: Vec<f64> = found.lengths.values().map(|length| length.millimetres).collect();
        assert_eq!(written, [3.0, 4.5, 5.0, 2.5, 40.0, 0.25]);
        let of_values: Vec<Context> = found.contexts.into_iter().flatten().collect();
        assert_eq!(of_values, [Context::Length(Measure::Position), Context::Length(Measure::Size)]);
        for (source, word) in [
            ("^XA^FO1{{ a }},2^XZ", "pieces"),
            ("^XA^FO{{ a }}5,2^XZ", "pieces"),
            ("^XA^FO1,2mm^XZ", "`2mm`"),
            ("^XA{% if a %}^FO1{% else %}^FO2{% endif %},5^XZ", "whole inside each branch"),
            ("^XA^MUM^XZ", "^MU"),
            ("^XA^GFA,1,1,1,FF^XZ", "image("),
            ("^XA^GF{{ a }},1^XZ", "whole"),
            ("^XA^GFA,{{ a }}^XZ", "image("),
            ("^XA{% if a %}^CF0,3{% else %}^CFA,3{% endif %}^FH_^FD{{ b }}^FS^XZ", "different places"),
        ] {
            let refusal = walked(source).unwrap_err().to_string();
            assert!(refusal.contains(word), "{source}: {refusal}");
        }
    }
}
