//! `platen templates`: reads the template folder itself; no service is needed.

use super::Failure;
use super::output::{self, Table};
use super::serve::load_config;
use crate::render::{Catalogue, Template};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, clap::Args)]
pub struct TemplatesArguments {
    #[command(subcommand)]
    verb: Option<TemplatesVerb>,
    #[command(flatten)]
    list: ListArguments,
    /// The folder with the templates [default: templates.dir of the configuration]
    #[arg(long, global = true, value_name = "DIR")]
    templates: Option<PathBuf>,
}

#[derive(Debug, clap::Subcommand)]
enum TemplatesVerb {
    /// List templates with size and fields (the default).
    List(ListArguments),
    /// Load every template and print its sample; says what is wrong with each.
    Lint,
}

#[derive(Debug, Clone, clap::Args)]
struct ListArguments {
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: TemplatesArguments, config_file: Option<&Path>) -> Result<(), Failure> {
    let TemplatesArguments { verb, list: default_list, templates } = arguments;
    if verb.is_some() && default_list.json {
        return Err(Failure::wrong_call(
            "--json stands behind the verb, as in `platen templates list --json`",
        ));
    }
    let folder = template_folder(templates, config_file)?;
    match verb.unwrap_or(TemplatesVerb::List(default_list)) {
        TemplatesVerb::List(arguments) => list(&folder, &arguments),
        TemplatesVerb::Lint => lint(&folder),
    }
}

/// The folder asked for, else the configured one.
pub(super) fn template_folder(
    asked: Option<PathBuf>,
    config_file: Option<&Path>,
) -> Result<PathBuf, Failure> {
    match asked {
        Some(folder) => Ok(folder),
        None => Ok(load_config(config_file)?.0.templates.dir),
    }
}

fn list(folder: &Path, arguments: &ListArguments) -> Result<(), Failure> {
    let catalogue = Catalogue::load(folder).map_err(|error| {
        Failure::wrong_call(format!("{error}; see all of it with `platen templates lint`"))
    })?;
    if arguments.json {
        let all: Vec<Value> = catalogue.iter().map(json_of).collect();
        return output::json(&json!({"templates": all}));
    }
    if catalogue.iter().next().is_none() {
        return output::line(&format!("no templates in {}; set templates.dir", folder.display()));
    }
    let mut table = Table::new(&["TEMPLATE", "SIZE", "DOTS PER MM", "FIELDS (* REQUIRED)", "TITLE"]);
    for template in catalogue.iter() {
        let manifest = template.manifest();
        let fields: Vec<String> = manifest
            .fields
            .iter()
            .map(|(name, field)| format!("{name}{}", if field.required { "*" } else { "" }))
            .collect();
        let cells = vec![
            template.name().to_owned(),
            format!("{} x {} mm", manifest.width_mm, manifest.height_mm),
            manifest.dpmm.to_string(),
            fields.join(" "),
            output::clean(&manifest.title),
        ];
        table.row(cells, None);
    }
    table.print()
}

fn json_of(template: &Arc<Template>) -> Value {
    let mut whole = json!({"name": template.name(), "version": template.version()});
    if let (Some(whole), Value::Object(manifest)) = (whole.as_object_mut(), json!(template.manifest())) {
        whole.extend(manifest);
    }
    whole
}

fn lint(folder: &Path) -> Result<(), Failure> {
    let judged = Catalogue::judge(folder).map_err(|error| Failure::wrong_call(error.to_string()))?;
    let mut wrong = 0;
    for (name, verdict) in &judged {
        match verdict {
            Ok(_) => output::line(&format!("ok    {name}"))?,
            Err(error) => {
                wrong += 1;
                output::line(&format!("fail  {error}"))?;
            }
        }
    }
    match (wrong, judged.len()) {
        (0, 0) => Err(Failure::failed(format!("no templates in {}; set templates.dir", folder.display()))),
        (0, _) => Ok(()),
        (wrong, all) => Err(Failure::failed(format!(
            "{wrong} of {all} templates cannot be used; mend the files named above"
        ))),
    }
}
