//! The words of a template in several languages: `translations.<language>.toml` beside `label.zpl`, each a list of
//! `"text in the template" = "text in the language"`.

use super::files::TemplateFiles;
use super::template::TemplateError;
use std::collections::BTreeMap;

/// Words by language, as in `de` or `pt_BR`.
#[derive(Debug, Clone, Default)]
pub(super) struct Translations {
    languages: BTreeMap<String, BTreeMap<String, String>>,
}

impl Translations {
    /// Reads the files of a template.
    pub fn read(files: &TemplateFiles) -> Result<Self, TemplateError> {
        let mut languages = BTreeMap::new();
        for (name, _) in files.iter() {
            let Some(language) =
                name.strip_prefix("translations.").and_then(|rest| rest.strip_suffix(".toml"))
            else {
                continue;
            };
            let text = files.text(name).ok_or_else(|| {
                TemplateError::of_file(name.to_owned(), "it is not UTF-8 text; save it as that")
            })?;
            let words = toml::from_str(text).map_err(|error: toml::de::Error| {
                let line = 1 + text[..error.span().map_or(0, |span| span.start)].matches('\n').count();
                let message =
                    format!("{}; write lines like \"Lot\" = \"Los\"", error.message().replace('\n', " "));
                TemplateError { line: Some(line), ..TemplateError::of_file(name.to_owned(), message) }
            })?;
            languages.insert(language.to_owned(), words);
        }
        Ok(Self { languages })
    }

    /// The words in a language, of the language without its country, or as they are in the template.
    pub fn translate<'t>(&'t self, text: &'t str, language: &str) -> &'t str {
        let language = language.replace('-', "_");
        let short = language.split('_').next().unwrap_or_default();
        [language.as_str(), short]
            .into_iter()
            .find_map(|language| self.languages.get(language)?.get(text))
            .map_or(text, String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::super::files::{LABEL, MANIFEST};
    use super::*;

    #[test]
    fn the_nearest_language_is_taken() {
        let files = |name: &str, text: &str| {
            let all = [(LABEL, ""), (MANIFEST, ""), (name, text)];
            TemplateFiles::new(
                all.into_iter().map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).collect(),
            )
        };
        let german =
            files("translations.de.toml", "Lot = \"Los\"\n\"Made in\" = \"Hergestellt in\"\n").unwrap();
        let translations = Translations::read(&german).unwrap();
        for (language, word) in
            [("de", "Los"), ("de_CH", "Los"), ("de-AT", "Los"), ("fr", "Lot"), ("", "Lot")]
        {
            assert_eq!(translations.translate("Lot", language), word, "{language}");
        }
        let wrong = Translations::read(&files("translations.de.toml", "\nLot = 5\n").unwrap()).unwrap_err();
        assert!(wrong.to_string().starts_with("translations.de.toml line 2"), "{wrong}");
    }
}
