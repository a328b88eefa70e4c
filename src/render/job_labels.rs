//! The labels of one job, made from one template: what is the same on all of them is judged and escaped once.

use super::pressed::Pressed;
use super::render_error::{FieldError, RenderError};
use super::template::Template;
use crate::domain::{Fields, LabelContent, LabelIndex};
use std::sync::Arc;

/// Makes a job's labels for one print head. Each is byte for byte what [`Template::render_at`] makes of it, and is
/// refused with the same words; a template without logic is many times faster this way.
#[derive(Debug)]
pub struct JobLabels {
    template: Arc<Template>,
    dpmm: u32,
    data: Fields,
    mo_name: Option<String>,
    count: LabelIndex,
    /// For labels like the one before.
    pressed: Option<Pressed>,
}

impl JobLabels {
    /// `data`, `mo_name` and `count` as in [`LabelContent`]; `dpmm` is the print head's, in dots per millimetre.
    pub fn new(
        template: Arc<Template>,
        dpmm: u32,
        data: Fields,
        mo_name: Option<String>,
        count: LabelIndex,
    ) -> Self {
        Self { template, dpmm, data, mo_name, count, pressed: None }
    }

    pub fn template(&self) -> &Template {
        &self.template
    }

    /// Dots per millimetre it is made for.
    pub fn dpmm(&self) -> u32 {
        self.dpmm
    }

    /// The values shared by all labels.
    pub fn data(&self) -> &Fields {
        &self.data
    }

    /// What stands on one label.
    pub fn content<'a>(&'a self, fields: &'a Fields, index: LabelIndex) -> LabelContent<'a> {
        LabelContent { data: &self.data, fields, mo_name: self.mo_name.as_deref(), index, count: self.count }
    }

    /// [`Template::render_at`] for the label with these fields of its own.
    pub fn render(&mut self, fields: &Fields, index: LabelIndex) -> Result<String, RenderError> {
        match self.pressed_label(fields, index) {
            Some(label) => Ok(label),
            None => self.template.render_at(self.dpmm, &self.content(fields, index)),
        }
    }

    /// [`Template::check_at`] for the label with these fields of its own.
    pub fn check(&mut self, fields: &Fields, index: LabelIndex) -> Result<(), FieldError> {
        match self.pressed_label(fields, index) {
            Some(_) => Ok(()),
            None => self.template.check_at(self.dpmm, &self.content(fields, index)),
        }
    }

    /// `None` where the template has logic, or something is wrong.
    fn pressed_label(&mut self, fields: &Fields, index: LabelIndex) -> Option<String> {
        if !self.pressed.as_ref().is_some_and(|pressed| pressed.is_for(fields)) {
            self.pressed = self.template.press(self.dpmm, &self.content(fields, index));
        }
        self.pressed.as_ref()?.label(fields, index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use std::cell::Cell;

    const MANIFEST: &str = "title = 'T'\nwidth_mm = 57\nheight_mm = 32\nunits = 'mm'\ndpmm = [8, 24]\n\
        [fonts]\n'@' = ['cyrillic']\n\
        [fields.a]\n[fields.b]\nmax_length = 3000\n[fields.c]\nkind = 'barcode'\nmax_length = 130\n\
        [fields.d]\nkind = 'lines'\n[fields.e]\nkind = 'integer'\n[fields.f]\nkind = 'number'\n\
        [fields.g]\nkind = 'gs1'\n[fields.h]\nkind = 'date'\n[fields.i]\nrequired = true\n";
    const NAMES: [&str; 13] =
        ["a", "b", "c", "d", "e", "f", "g", "h", "i", "label.index", "label.count", "label.width", "mo.name"];
    /// What can stand before a value and behind it.
    const PLACES: [[&str; 2]; 19] = [
        ["^FO", ",3^FS"],
        ["^A0N,3,3^FH_^FDx ", "^FS"],
        ["^A0N,3,3^FH_^FDx ", "^FS"],
        ["^A0N,3,3^FH_^FD{{ b }} - ", "^FS"],
        ["^FB40,3^FH_^FD", " of {{ label.count }}^FS"],
        ["^AB^FH^FD", "^FS"],
        ["^A@N,3,3,E:X.TTF^FH\\^FD", " \\5E^FS"],
        ["^FB40,3,,L^FH_^FD<", ">^FS"],
        ["^BCN,8^FH_^FD", "^FS"],
        ["^BCN,8^FH_^FD", "^FS"],
        ["^BCN,8^FH_^FD>;", "^FS"],
        ["^BCN,8,N,N,N,A^FH_^FD", "^FS"],
        ["^BCN,8,N,N,N,D^FH_^FD", "^FS"],
        ["^BXN,0.5,200,,,,_^FH_^FD", "^FS"],
        ["^BQN,2,0.5^FH_^FDQA,", "^FS"],
        ["^B3N^FH_^FD", "^FS"],
        ["^BEN^FH_^FD", "^FS"],
        ["^B2N^FH_^FD", "^FS"],
        ["^B7N^FH_^FD", "^FS"],
    ];
    /// Between two fields; white space and what becomes of it.
    const BETWEEN: [&str; 6] =
        ["", "\n", " {# to say so #}\r\n", "\n {#- short -#} \n", "^FX {{- i -}} \n^FS", "{# -#} "];

    fn source() -> impl Strategy<Value = String> {
        let braces =
            proptest::sample::select(vec![["{{ ", " }}"], ["{{", "}}"], ["{{- ", " -}}"], ["{{+ ", "-}}"]]);
        let one = (
            proptest::sample::select(PLACES.to_vec()),
            proptest::sample::select(NAMES.to_vec()),
            braces,
            proptest::sample::select(BETWEEN.to_vec()),
        );
        let field = one.prop_map(|([before, behind], name, [open, close], between)| {
            format!("{before}{open}{name}{close}{behind}{between}")
        });
        (proptest::collection::vec(field, 0..3), proptest::sample::select(vec!["", "\n", "\r\n", "\n\n"]))
            .prop_map(|(fields, end)| format!("^XA{}^XZ{end}", fields.concat()))
    }

    fn value() -> impl Strategy<Value = Value> {
        let texts = [
            "",
            " ",
            "x",
            "WH/MO/1",
            "12",
            "4006381333931",
            "(10)A_B(21)1",
            "2026-01-31",
            "a^XZ~JR_5E\\>0",
            "né",
            "Ж",
            "中",
            "a\r\nb\n",
            "x\u{2}",
            "1.5",
            "32001",
            "$A+$",
            "~",
            "abc>",
        ];
        prop_oneof![
            8 => proptest::sample::select(texts.to_vec()).prop_map(|text| json!(text)),
            2 => "[ -~]{0,12}".prop_map(|text| json!(text)),
            1 => (115_usize..140, proptest::sample::select(vec!["x", "_", "é"]))
                .prop_map(|(length, text)| json!(text.repeat(length))),
            1 => (2900_usize..3000).prop_map(|length| json!("b".repeat(length))),
            2 => proptest::sample::select(vec![json!(5), json!(2.5), json!(-7), json!(false), json!(null)]),
            1 => proptest::sample::select(vec![json!(true), json!([]), json!(1e300)]),
        ]
    }

    fn fields() -> impl Strategy<Value = Fields> {
        let name =
            proptest::sample::select(vec!["a", "b", "c", "d", "e", "f", "g", "h", "i", "lang", "other"]);
        proptest::collection::vec((name, value()), 0..4)
            .prop_map(|pairs| pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// A job's values, which begin with a harmless one for each field; otherwise hardly a label would be made.
    fn data() -> impl Strategy<Value = Fields> {
        fields().prop_map(|hostile| {
            let harmless = json!({"a": "Desk", "b": "12", "c": "SN-1", "d": "one\ntwo", "e": 3, "f": 2.5,
                "g": "(10)AB", "h": "2026-01-31", "i": "4006381333931"});
            let harmless: Fields = serde_json::from_value(harmless).unwrap();
            harmless.into_iter().chain(hostile).collect()
        })
    }

    #[test]
    fn a_jobs_labels_are_what_the_template_language_makes() {
        let (pressed, refused) = (Cell::new(0), Cell::new(0));
        let labels = proptest::collection::vec((fields(), -1_i64..40_000), 1..5);
        let strategy = (source(), data(), proptest::option::of("[A-Z/0-9^ ]{0,9}"), labels);
        let config = ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() };
        let both_ways =
            |(source, data, mo_name, labels): (String, Fields, Option<String>, Vec<(Fields, i64)>)| {
                let Ok(template) = Template::from_parts("t", &source, MANIFEST) else { return Ok(()) };
                let template = Arc::new(template);
                for dpmm in [8, 24] {
                    let mut job =
                        JobLabels::new(Arc::clone(&template), dpmm, data.clone(), mo_name.clone(), 9);
                    // Each twice: pressed anew, and from the press of the label before.
                    for (fields, index) in
                        labels.iter().flat_map(|(fields, index)| [(fields, *index), (fields, index + 1)])
                    {
                        let by_language = template.render_at(dpmm, &job.content(fields, index));
                        let is_pressed = job.pressed_label(fields, index).is_some();
                        pressed.set(pressed.get() + u32::from(is_pressed));
                        refused.set(refused.get() + u32::from(by_language.is_err()));
                        prop_assert_eq!(is_pressed, by_language.is_ok());
                        prop_assert_eq!(job.check(fields, index).is_ok(), by_language.is_ok());
                        prop_assert_eq!(job.render(fields, index), by_language);
                    }
                }
                Ok(())
            };
        proptest::test_runner::TestRunner::new(config).run(&strategy, both_ways).unwrap();
        println!("{} labels were pressed and {} refused", pressed.get(), refused.get());
        assert!(pressed.get() > 4_000 && refused.get() > 4_000, "{} {}", pressed.get(), refused.get());
    }

    #[test]
    fn what_has_logic_is_left_to_the_template_language() {
        for (source, is_pressed) in [
            ("^XA^FH_^FD{{ a }} {{ label.index }}^FS^XZ", true),
            ("^XA^FH_^FD{{ a|upper }}^FS^XZ", false),
            ("^XA^FH_^FD{{ a or i }}^FS^XZ", false),
            ("^XA^FH_^FD{{ lang }}^FS^XZ", false),
            ("^XA{% if a %}^FX yes^FS{% endif %}^XZ", false),
        ] {
            let template = Arc::new(Template::from_parts("t", source, MANIFEST).unwrap());
            let data: Fields = serde_json::from_value(json!({"a": "x^", "i": "1"})).unwrap();
            let mut job = JobLabels::new(template, 8, data, None, 2);
            assert_eq!(job.pressed_label(&Fields::new(), 1).is_some(), is_pressed, "{source}");
            assert!(job.render(&Fields::new(), 1).is_ok(), "{source}");
        }
    }

    #[test]
    fn a_field_of_several_values_is_measured_as_a_whole() {
        let source = "^XA^FH_^FD{{ b }}{{ label.index }}{{ b }}^FS^XZ";
        let template = Arc::new(Template::from_parts("t", source, MANIFEST).unwrap());
        let data = serde_json::from_value(json!({"i": "1"})).unwrap();
        let mut job = JobLabels::new(template, 8, data, None, 99);
        let mut label = |length: usize, index| {
            let fields = serde_json::from_value(json!({"b": "x".repeat(length)})).unwrap();
            job.render(&fields, index).map(|label| label.matches('x').count())
        };
        assert_eq!(label(1535, 12), Ok(3070));
        assert!(matches!(label(1535, 123), Err(RenderError::FieldTooLong { .. })));
        assert!(matches!(label(1536, 1), Err(RenderError::FieldTooLong { .. })));
    }
}
