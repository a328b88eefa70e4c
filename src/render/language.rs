//! The template language: strict about names, bounded in work, with the few filters a label needs ([`FILTERS`]).

use super::escape::{self, Context, Unprintable};
use super::files::TemplateFiles;
use super::filters as own;
use super::fonts::{FontName, Fonts, missing};
use super::graphics::{Drawing, graphic_field};
use super::measures::{Measure, Units};
use super::symbols::gs1::ElementString;
use super::symbols::named;
use super::translations::Translations;
use minijinja::value::{Kwargs, Object, ObjectRepr, Value, ValueKind};
use minijinja::{
    Environment, Error, ErrorKind, State, UndefinedBehavior, filters, functions, tests as predicates,
};
use std::collections::BTreeMap;
use std::error::Error as _;
use std::sync::{Arc, Mutex, PoisonError};

/// Steps of the template language for one label; a full one takes a few hundred.
const MAX_FUEL: u64 = 200_000;
const MAX_RECURSION: usize = 64;
/// Pictures of one template that are kept ready; more are drawn anew for each label.
const MAX_KEPT_PICTURES: usize = 32;
/// The filters of the template language here. `replace`, `format` and `indent` could allocate without bound, `safe`
/// would go around the escaper.
pub(super) const FILTERS: [&str; 18] = [
    "abs",
    "capitalize",
    "date",
    "default",
    "fit",
    "float",
    "group",
    "int",
    "length",
    "lower",
    "number",
    "pad",
    "round",
    "string",
    "title",
    "trim",
    "upper",
    "wrap",
];
/// The names that are there without being declared.
pub(super) const PROVIDED: [&str; 11] = [
    "label.index",
    "label.count",
    "label.width",
    "label.height",
    "label.dpmm",
    "mo.name",
    "lang",
    "range",
    "gs1",
    "image",
    "_",
];

/// What the language of one program knows.
pub(super) struct Setting {
    pub sites: Vec<Site>,
    pub units: Units,
    pub dpmm: u32,
    pub fonts: Fonts,
    pub translations: Arc<Translations>,
    pub files: TemplateFiles,
}

/// One `{{ }}` of a template.
#[derive(Debug)]
pub(super) struct Site {
    pub context: Context,
    /// As the author wrote it; mostly the name of a field.
    pub expression: String,
}

/// A value that cannot stand at its site.
#[derive(Debug, thiserror::Error)]
#[error("{field}: {problem}")]
pub(super) struct SiteError {
    pub field: String,
    pub problem: Unprintable,
}

impl SiteError {
    /// The site's own words, if they are what stopped the template.
    pub fn of(error: &Error) -> Option<&Self> {
        error.source()?.downcast_ref()
    }

    fn of_function(name: &str, problem: Unprintable) -> Error {
        Error::new(ErrorKind::InvalidOperation, "a value cannot be printed")
            .with_source(Self { field: name.to_owned(), problem })
    }
}

/// The language for one program.
pub(super) fn environment(setting: Setting) -> Environment<'static> {
    let Setting { sites, units, dpmm, fonts, translations, files } = setting;
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(MAX_FUEL));
    environment.set_recursion_limit(MAX_RECURSION);
    environment.set_debug(false);
    environment.add_filter("upper", filters::upper);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("title", filters::title);
    environment.add_filter("capitalize", filters::capitalize);
    environment.add_filter("trim", filters::trim);
    environment.add_filter("length", filters::length);
    environment.add_filter("default", filters::default);
    environment.add_filter("int", filters::int);
    environment.add_filter("float", filters::float);
    environment.add_filter("round", filters::round);
    environment.add_filter("abs", filters::abs);
    environment.add_filter("string", filters::string);
    environment.add_filter("date", own::date);
    environment.add_filter("number", own::number);
    environment.add_filter("pad", own::pad);
    environment.add_filter("group", own::group);
    let dots_of_unit = if units == Units::Mm { f64::from(dpmm) } else { 1.0 };
    environment.add_filter("fit", move |text: &Value, size: Kwargs| own::fit(text, &size, dots_of_unit));
    environment.add_filter("wrap", move |text: &Value, size: Kwargs| own::wrap(text, &size, dots_of_unit));
    environment.add_test("odd", predicates::is_odd);
    environment.add_test("even", predicates::is_even);
    environment.add_test("number", predicates::is_number);
    environment.add_test("string", predicates::is_string);
    environment.add_test("startingwith", predicates::is_startingwith);
    environment.add_test("endingwith", predicates::is_endingwith);
    environment.add_function("range", functions::range);
    environment.add_function("gs1", gs1);
    environment.add_function("_", move |state: &State, text: &str| {
        let language = state.lookup("lang").map(|language| language.to_string()).unwrap_or_default();
        translations.translate(text, &language).to_owned()
    });
    let pictures = Pictures { files, units, dpmm, kept: Mutex::default() };
    environment.add_function("image", move |name: &str, wishes: Kwargs| pictures.image(name, &wishes));
    environment.add_filter("zpl", move |value: &Value, site: usize| -> Result<Value, Error> {
        let site = sites.get(site).ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "no such place"))?;
        written(value, site.context, dpmm, &fonts)
            .map(Value::from_safe_string)
            .map_err(|problem| SiteError::of_function(&site.expression, problem))
    });
    // The last guard: whatever did not pass the escaper does not reach the printer.
    environment.set_formatter(|out, _, value| match value.as_str() {
        Some(text) if value.is_safe() => Ok(out.write_str(text)?),
        _ => Err(Error::new(ErrorKind::InvalidOperation, "a value was not escaped")),
    });
    environment
}

/// `gs1(gtin=…, lot=…)`: the elements that have a value, checked.
#[expect(clippy::needless_pass_by_value, reason = "the shape of a function of templates")]
fn gs1(elements: Kwargs) -> Result<Value, Error> {
    let pairs: Vec<(&str, String)> = elements
        .args()
        .map(|name| Ok((name, elements.get::<Value>(name)?.to_string())))
        .collect::<Result<_, Error>>()?;
    ElementString::from_named(pairs.into_iter())
        .map(Value::from_object)
        .map_err(|problem| SiteError::of_function("gs1", problem))
}

/// The pictures of a template for one print head.
struct Pictures {
    files: TemplateFiles,
    units: Units,
    dpmm: u32,
    /// By name and wishes; a picture is the same on every label.
    kept: Mutex<BTreeMap<String, Value>>,
}

/// The parameters of a `^GF`.
#[derive(Debug)]
struct Picture(String);

impl Object for Picture {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }
}

impl Pictures {
    /// `image("logo.png", width=20)`.
    fn image(&self, name: &str, wishes: &Kwargs) -> Result<Value, Error> {
        let problem = |message: String| {
            let action = "look at the picture in the template's folder and at its size in the template";
            SiteError::of_function("image", Unprintable::new(format!("{name}: {message}"), action))
        };
        let length = |name: &str| -> Result<Option<i64>, Error> {
            let Some(length) = wishes.get::<Option<f64>>(name)? else { return Ok(None) };
            let dots = match self.units {
                Units::Dots => Ok(length.round() as i64),
                Units::Mm => Measure::Size.dots(length, self.dpmm),
            };
            dots.map(Some).map_err(problem)
        };
        let drawing = Drawing {
            width: length("width")?,
            height: length("height")?,
            threshold: wishes.get::<Option<u8>>("threshold")?.unwrap_or(128),
            dither: wishes.get::<Option<bool>>("dither")?.unwrap_or(false),
        };
        wishes.assert_all_used()?;
        let key = format!("{name} {drawing:?}");
        if let Some(known) = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(known.clone());
        }
        let bytes = self.files.get(name).ok_or_else(|| problem("there is no such file".to_owned()))?;
        let picture = Value::from_object(Picture(graphic_field(bytes, drawing, self.dpmm).map_err(problem)?));
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < MAX_KEPT_PICTURES {
            kept.insert(key, picture.clone());
        }
        Ok(picture)
    }
}

/// A value as it stands in the label.
pub(super) fn written(
    value: &Value,
    context: Context,
    dpmm: u32,
    fonts: &Fonts,
) -> Result<String, Unprintable> {
    let mut out = String::new();
    match context {
        Context::Parameter => {
            let number = if value.is_integer() { i64::try_from(value.clone()).ok() } else { None };
            let number = number.ok_or_else(|| {
                Unprintable::new(
                    "only a whole number can stand in a command",
                    "declare the field as kind = \"integer\" and send one",
                )
            })?;
            escape::parameter(number, &mut out)?;
        }
        Context::Length(measure) => {
            let number = f64::try_from(value.clone()).ok().filter(|_| value.kind() == ValueKind::Number);
            let number = number.ok_or_else(|| {
                Unprintable::new(
                    "only a number of millimetres can stand as a length in a command",
                    "declare the field as kind = \"number\" and send one",
                )
            })?;
            let dots = measure.dots(number, dpmm).map_err(|message| {
                Unprintable::new(message, "send a length that the label and its print head can have")
            })?;
            escape::parameter(dots, &mut out)?;
        }
        Context::Graphic => match value.downcast_object_ref::<Picture>() {
            Some(Picture(parameters)) => out.push_str(parameters),
            None => {
                return Err(Unprintable::new(
                    "behind ^GF only a picture can stand",
                    "write ^GF{{ image(\"logo.png\", width=20) }}^FS in the template",
                ));
            }
        },
        Context::Data { hex, symbol, stands_alone, font } => {
            if let Some(elements) = value.downcast_object_ref::<ElementString>() {
                escape::field_elements(elements, hex, symbol, stands_alone, &mut out)?;
                return Ok(out);
            }
            let text = match value.kind() {
                ValueKind::String | ValueKind::Number => value.to_string(),
                _ => {
                    return Err(Unprintable::new(
                        "this expression gives neither text nor a number",
                        "look at it in the template",
                    ));
                }
            };
            let lacking = if symbol.is_bar_code() { Vec::new() } else { missing(&text, font, fonts) };
            if !lacking.is_empty() {
                return Err(without(&lacking, font));
            }
            escape::field_data(&text, hex, symbol, &mut out)?;
        }
    }
    Ok(out)
}

/// What a font does not have, in one sentence.
fn without(characters: &[char], font: FontName) -> Unprintable {
    let told: Vec<String> = characters.iter().map(|character| named(*character)).collect();
    Unprintable::new(
        format!("the font {font} does not have {}", told.join(", ")),
        format!(
            "change the text, or use a font that has it and say so under [fonts] in template.toml, as \"{font}\" = [\"latin\", \"cyrillic\"]"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_pass_the_escaper_is_not_written() {
        let environment = environment(Setting {
            sites: Vec::new(),
            units: Units::Dots,
            dpmm: 8,
            fonts: Fonts::new(),
            translations: Arc::default(),
            files: TemplateFiles::of_two("", "").unwrap(),
        });
        for source in
            ["{{ 'x' }}", "{{ 1 }}", "{{ none }}", "{{ 'x'|upper }}", "{{ 'x'|zpl(0) }}", "{{ _('x') }}"]
        {
            assert!(environment.render_str(source, ()).is_err(), "{source}");
        }
    }
}
