//! A template, ready to print: judged once when it is loaded, then rendered for each label.

use super::escape::Unprintable;
use super::files::{LABEL, MANIFEST, TemplateFiles};
use super::includes::Whole;
use super::language::SiteError;
use super::limited_text::LimitedText;
use super::manifest::Manifest;
use super::pressed::Pressed;
use super::program::Program;
use super::render_error::{FieldError, RenderError};
use super::row::Row;
use crate::domain::LabelContent;
use std::borrow::Cow;
use std::sync::Arc;

/// Longest source of a template; room for a logo as `^GFA`.
pub const MAX_SOURCE_BYTES: usize = 256 * 1024;
/// Longest label.
pub const MAX_LABEL_BYTES: usize = 512 * 1024;

/// One version of a template. The version is the content: whoever has the files can make it again.
#[derive(Debug)]
pub struct Template {
    name: String,
    version: String,
    files: TemplateFiles,
    manifest: Arc<Manifest>,
    whole: Whole,
    /// One for each print head of the manifest, in its order.
    programs: Vec<Program>,
}

/// Why a template cannot be used: file, line where one is known, and the mend, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {message}", .line.map(|line| format!(" line {line}")).unwrap_or_default())]
pub struct TemplateError {
    /// `label.zpl`, `template.toml`, `sample.json` or another file of the template.
    pub file: Cow<'static, str>,
    pub line: Option<usize>,
    pub message: String,
}

impl TemplateError {
    /// At a byte of `label.zpl`.
    pub(super) fn at(source: &str, offset: usize, message: impl Into<String>) -> Self {
        Self { file: LABEL.into(), line: Some(line_of(source, offset)), message: message.into() }
    }

    /// At a byte of `template.toml`.
    pub(super) fn in_manifest(text: &str, offset: usize, message: impl Into<String>) -> Self {
        Self { file: MANIFEST.into(), line: Some(line_of(text, offset)), message: message.into() }
    }

    /// Of a file as a whole.
    pub(super) fn of_file(file: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { file: file.into(), line: None, message: message.into() }
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

impl Template {
    /// Makes a template from the two files that every template has.
    pub fn from_parts(name: &str, source: &str, manifest_toml: &str) -> Result<Self, TemplateError> {
        Self::from_files(name, TemplateFiles::of_two(source, manifest_toml)?)
    }

    /// Makes a template from its files: from a folder, an upload, or a pinned version from the database.
    pub fn from_files(name: &str, files: TemplateFiles) -> Result<Self, TemplateError> {
        let source = files.label();
        if source.len() > MAX_SOURCE_BYTES {
            let message = format!("it is longer than {MAX_SOURCE_BYTES} bytes; make its graphics smaller");
            return Err(TemplateError::of_file(LABEL, message));
        }
        let manifest = Manifest::parse(files.manifest())?;
        let whole = Whole::assemble(&files)?;
        let programs = Program::compile(&whole, &manifest, &files)?;
        Ok(Self {
            name: name.to_owned(),
            version: files.version(),
            files,
            manifest: Arc::new(manifest),
            whole,
            programs,
        })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// SHA-256 over the files, in hexadecimal.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Every file as it was written.
    pub fn files(&self) -> &TemplateFiles {
        &self.files
    }

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The print head to draw for: the printer's own, the template's first where that is not known, `None` where the
    /// template is not drawn for it.
    pub fn resolution_for(&self, printer_dpmm: Option<u32>) -> Option<u32> {
        let dpmm = printer_dpmm.unwrap_or(self.manifest.dpmm.usual());
        self.manifest.dpmm.all().contains(&dpmm).then_some(dpmm)
    }

    /// [`Template::check_at`] for each print head of the template.
    pub fn check(&self, content: &LabelContent<'_>) -> Result<(), FieldError> {
        self.manifest.dpmm.all().iter().try_for_each(|dpmm| self.check_at(*dpmm, content))
    }

    /// [`Template::render_at`] for the first print head of the template.
    pub fn render(&self, content: &LabelContent<'_>) -> Result<String, RenderError> {
        self.render_at(self.manifest.dpmm.usual(), content)
    }

    /// Whether a label can be printed at this many dots per mm. What passes here renders: the check ends with a
    /// rendering thrown away.
    pub fn check_at(&self, dpmm: u32, content: &LabelContent<'_>) -> Result<(), FieldError> {
        match self.run(dpmm, content, &mut LimitedText::discarding(MAX_LABEL_BYTES)) {
            Ok(()) => Ok(()),
            Err(RenderError::Field(error)) => Err(error),
            Err(other) => Err(FieldError {
                field: self.name.clone(),
                label_index: Some(content.index),
                message: format!("label {} cannot be made: {other}", content.index),
                action: "look at the template".to_owned(),
            }),
        }
    }

    /// One complete format for a printer of this many dots per mm; it prints one label and needs nothing from the
    /// formats before it.
    pub fn render_at(&self, dpmm: u32, content: &LabelContent<'_>) -> Result<String, RenderError> {
        let mut text = LimitedText::keeping(MAX_LABEL_BYTES, self.files.label().len() + 256);
        self.run(dpmm, content, &mut text)?;
        text.into_string().ok_or(RenderError::TooLong)
    }

    /// The template with the values of a label's job in it, for a print head it is drawn for and where it has no logic.
    pub(super) fn press(&self, dpmm: u32, content: &LabelContent<'_>) -> Option<Pressed> {
        let program = self.programs.iter().find(|program| program.dpmm() == dpmm)?;
        Pressed::press(program.straight()?, &self.manifest, dpmm, content)
    }

    fn run(&self, dpmm: u32, content: &LabelContent<'_>, out: &mut LimitedText) -> Result<(), RenderError> {
        let program = self.programs.iter().find(|program| program.dpmm() == dpmm).ok_or_else(|| {
            RenderError::Resolution {
                template: self.name.clone(),
                dpmm,
                drawn_for: self.manifest.dpmm.clone(),
            }
        })?;
        let row = Row::judge(&self.manifest, dpmm, content)?;
        let Err(error) = program.run(row, &mut *out) else { return Ok(()) };
        if out.is_full() {
            return Err(RenderError::TooLong);
        }
        if let Some(beginning) = out.long_field() {
            return Err(RenderError::FieldTooLong { beginning });
        }
        match SiteError::of(&error) {
            Some(site) => Err(field_error(site, content).into()),
            None => {
                let (file, line) = self.whole.origin(error.line().unwrap_or(1));
                let file = file.to_owned();
                Err(RenderError::Template {
                    template: self.name.clone(),
                    file,
                    line,
                    message: clause(&error),
                })
            }
        }
    }
}

fn field_error(site: &SiteError, content: &LabelContent<'_>) -> FieldError {
    let Unprintable { message, action } = site.problem.clone();
    FieldError {
        field: site.field.clone(),
        label_index: Some(content.index),
        message: format!("`{}` of label {} cannot be printed: {message}", site.field, content.index),
        action,
    }
}

/// The template engine's complaint without its place, which is told apart.
pub(super) fn clause(error: &minijinja::Error) -> String {
    match error.detail() {
        Some(detail) => format!("{} ({detail})", error.kind()),
        None => error.kind().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Fields;
    use serde_json::json;

    const MANIFEST: &str = "title = 'T'\nwidth_mm = 50\nheight_mm = 25.5\ndpmm = 12\n\
        [fields.a]\nrequired = true\nmax_length = 9\n[fields.n]\nkind = 'integer'\n";

    fn template(source: &str) -> Template {
        Template::from_parts("t", source, MANIFEST).unwrap()
    }

    fn with<T>(
        data: serde_json::Value,
        own: serde_json::Value,
        see: impl FnOnce(&LabelContent<'_>) -> T,
    ) -> T {
        let fields = |value| serde_json::from_value::<Fields>(value).unwrap();
        let (data, own) = (fields(data), fields(own));
        see(&LabelContent { data: &data, fields: &own, mo_name: Some("WH/1"), index: 3, count: 7 })
    }

    #[test]
    fn a_label_is_one_self_contained_format() {
        let template = template(
            "^XA^FO{{ n }},9^FH_^FD{{ a }} {{ mo.name }} {{ label.index }}/{{ label.count }}^FS^XZ\n",
        );
        let zpl = with(json!({"a": "data", "n": 5.0, "other": []}), json!({"a": "own^"}), |content| {
            template.check(content).unwrap();
            template.render(content).unwrap()
        });
        insta::assert_snapshot!(zpl, @r"
        ^XA^CI28^MUD^LH0,0^PON^PMN^LRN^FWN,0^JZY^BY2,3.0,10^CFA,9,5^MCY^PW600^LL306^FO5,9^FH_^FDown_5E WH/1 3/7^FS^PQ1^XZ
        ");
    }

    #[test]
    fn one_template_is_as_large_on_every_print_head() {
        let manifest = "title = 'T'\nwidth_mm = 50\nheight_mm = 25.5\nunits = 'mm'\ndpmm = [8, 12, 24]\n\
            [fields.a]\n[fields.n]\nkind = 'number'\n";
        let source = "^XA{% set left = 2.5 %}^FO{{ left }},3^A0N,3.5,3.5^FB{{ label.width - 2 * left }},2,0.25^FH_^FD{{ a }}^FS\
                      ^FO{{ left + n }},9^BY{{ 0.25 if n < 12 else 0.5 }},2.5^BCN,8^FH_^FD{{ a }}^FS^FO0,0^GB50,0,0.1^FS^XZ";
        let template = Template::from_parts("t", source, manifest).unwrap();
        let label = |dpmm| {
            with(json!({"a": "x,1", "n": 0.5}), json!({}), |content| {
                template.check(content).unwrap();
                let zpl = template.render_at(dpmm, content).unwrap();
                zpl[zpl.find("^BY").unwrap()..].to_owned()
            })
        };
        insta::assert_snapshot!([8, 12, 24].map(label).join("\n"), @r"
        ^BY2,3.0,10^CF0,24,24^MCY^PW400^LL204^FO20,24^A0N,28,28^FB360,2,2^FH_^FDx,1^FS^FO24,72^BY2,2.5^BCN,64^FH_^FDx,1^FS^FO0,0^GB400,0,1^FS^PQ1^XZ
        ^BY3,3.0,15^CF0,36,36^MCY^PW600^LL306^FO30,36^A0N,42,42^FB540,2,3^FH_^FDx,1^FS^FO36,108^BY3,2.5^BCN,96^FH_^FDx,1^FS^FO0,0^GB600,0,1^FS^PQ1^XZ
        ^BY6,3.0,30^CF0,72,72^MCY^PW1200^LL612^FO60,72^A0N,84,84^FB1080,2,6^FH_^FDx,1^FS^FO72,216^BY6,2.5^BCN,192^FH_^FDx,1^FS^FO0,0^GB1200,0,2^FS^PQ1^XZ
        ");
        let refusal =
            with(json!({"a": "x"}), json!({}), |content| template.render_at(6, content).unwrap_err());
        assert!(
            refusal.to_string().contains("drawn for 8, 12 and 24 dots per mm and not for 6"),
            "{refusal}"
        );
        // Half a millimetre is more than a bar code's element can have at 600 dpi.
        let refusal =
            with(json!({"a": "x", "n": "12"}), json!({}), |content| template.check(content).unwrap_err());
        assert!(refusal.to_string().contains("`0.25 if n < 12 else 0.5`"), "{refusal}");
        assert_eq!((template.resolution_for(None), template.resolution_for(Some(12))), (Some(8), Some(12)));
        assert_eq!(template.resolution_for(Some(6)), None);
        let mend = Template::from_parts("t", "^XA\n^BQN,2,0.5^XZ", manifest).unwrap_err().to_string();
        assert!(mend.starts_with("label.zpl line 2: a module of 0.5 mm"), "{mend}");
    }

    #[test]
    fn a_version_is_its_content() {
        let source = "^XA^FH_^FD{{ a }}^FS^XZ";
        let one = template(source);
        assert_eq!(one.version(), Template::from_parts("x", source, MANIFEST).unwrap().version());
        assert_ne!(one.version(), template("^XA^FH_^FD{{ a }} ^FS^XZ").version());
        assert_eq!(one.version().len(), 64);
    }

    #[test]
    fn a_wrong_value_is_refused_by_field_and_label() {
        let template = template("^XA^FO{{ n or 1 }},9^FH_^FD{{ a }}^FS^XZ");
        for (data, own, expected) in [
            (json!({}), json!({}), "the field `a` is missing"),
            (json!({"a": " "}), json!({}), "the field `a` is missing"),
            (json!({"a": "1"}), json!({"a": false}), "the field `a` of label 3 is missing"),
            (json!({}), json!({"a": "0123456789"}), "of label 3 has 10 characters and the template takes 9"),
            (json!({"a": "x\u{2}"}), json!({}), "control character (the character U+0002)"),
            (json!({"a": "x\n"}), json!({}), "control character"),
            (json!({"a": ["x"]}), json!({}), "list or an object"),
            (json!({"a": true}), json!({}), "is true"),
            (json!({"a": "x", "n": "1.5"}), json!({}), "the field `n` is not a whole number"),
            (json!({"a": "x", "n": 40000}), json!({}), "`n or 1` of label 3 cannot be printed: 40000"),
        ] {
            let error = with(data.clone(), own, |content| {
                let error = template.check(content).unwrap_err();
                assert_eq!(template.render(content).unwrap_err(), RenderError::Field(error.clone()));
                error
            });
            assert!(error.to_string().contains(expected), "{data}: {error}");
        }
    }

    #[test]
    fn what_is_not_declared_is_refused_by_name() {
        for (source, word) in [
            ("^XA\n^FH_^FD{{ serail }}^FS^XZ", "line 2: `serail` is not declared; add [fields.serail]"),
            ("^XA^FH_^FD{{ label.name }}^FS^XZ", "`label.name`"),
            ("^XA^FH_^FD{{ mo }}^FS^XZ", "`mo`"),
            ("^XA^FH_^FD{{ a|replace('a', 'b') }}^FS^XZ", "replace"),
            ("^XA^FH_^FD{{ a|safe }}^FS^XZ", "`safe` is not known"),
            ("^XA{% if n|nothing %}{% endif %}^XZ", "`nothing` is not known"),
            ("^XA^FH_^FD{{ a b }}^FS^XZ", "line 1"),
        ] {
            let error = Template::from_parts("t", source, MANIFEST).unwrap_err().to_string();
            assert!(error.contains(word), "{source}: {error}");
        }
        for (manifest, word) in [
            ("title = 'T'\nwidth_mm = 5\nheight_mm = 5\ndpmm = 7", "dpmm"),
            (
                "title = 'T'\nwidth_mm = 5\nheight_mm = 5\ndpmm = 8\ncolour = 1",
                "line 5: unknown field `colour`",
            ),
            ("title = 'T'\nwidth_mm = 5\nheight_mm = 5\ndpmm = 8\n[fields.mo]", "`mo`"),
            ("title = 'T'\nwidth_mm = 0\nheight_mm = 5\ndpmm = 8", "width_mm"),
            ("title = 'T'\nwidth_mm = 5\nheight_mm = 5\ndpmm = [8, 12]", "units = \"mm\""),
            ("title = 'T'\nwidth_mm = 5\nheight_mm = 5\nunits = 'mm'\ndpmm = [8, 8]", "once"),
            ("title = 'T'\nwidth_mm = 5\nheight_mm = 5\nunits = 'mm'\ndpmm = []", "once"),
            ("title = 'T'\nwidth_mm = 5\nheight_mm = 5\nunits = 'cm'\ndpmm = 8", "`cm`"),
            ("title = 'T'\nwidth_mm = 5\nheight_mm = 5\ndpmm = 8\n[fields.x]\nmax_length = 0", "max_length"),
        ] {
            let error = Template::from_parts("t", "^XA^XZ", manifest).unwrap_err().to_string();
            assert!(error.starts_with("template.toml") && error.contains(word), "{manifest}: {error}");
        }
    }

    #[test]
    fn work_and_length_are_bounded() {
        let endless = template(
            "^XA{% for i in range(9999) %}{% for j in range(9999) %}^FX x{% endfor %}{% endfor %}^XZ",
        );
        let long =
            template(&format!("^XA{{% for i in range(99) %}}^FX {}{{% endfor %}}^XZ", "x".repeat(9999)));
        with(json!({"a": "x"}), json!({}), |content| {
            assert!(matches!(endless.render(content), Err(RenderError::Template { .. })));
            assert_eq!(long.render(content), Err(RenderError::TooLong));
            assert!(long.check(content).is_err());
        });
        // Each value fits a field; two in one do not.
        let two = Template::from_parts(
            "t",
            "^XA^FH_^FD{{ a }}-{{ a }}^FS^XZ",
            &MANIFEST.replace("max_length = 9", "max_length = 2000"),
        )
        .unwrap();
        for (length, fits) in [(1534, true), (1535, false)] {
            with(json!({"a": format!("_{}", "x".repeat(length))}), json!({}), |content| {
                assert_eq!((two.render(content).is_ok(), two.check(content).is_ok()), (fits, fits));
            });
        }
        let refusal =
            with(json!({"a": "x".repeat(1900)}), json!({}), |content| two.check(content).unwrap_err());
        assert!(refusal.to_string().contains("begins with `xxxxxxxxxxxxxxxxxxxxxxxx`"), "{refusal}");
        let source = "x".repeat(MAX_SOURCE_BYTES + 1);
        assert!(Template::from_parts("t", &source, MANIFEST).is_err());
    }
}
