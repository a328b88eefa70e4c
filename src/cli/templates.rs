//! `platen templates`: what the service knows of templates, and the folder itself where none runs.

use super::Failure;
use super::client::ServerArguments;
use super::output::{self, Table};
use super::serve::{load_config, runtime};
use super::template_lint::{self, LintArguments};
use super::template_versions::{self, ApproveArguments, Listing, ShowArguments, UploadArguments};
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
    /// The folder with the templates [default: templates.dir of the configuration]. Given, the folder is read and no
    /// service asked.
    #[arg(long, global = true, value_name = "DIR")]
    templates: Option<PathBuf>,
    #[command(flatten)]
    server: ServerArguments,
}

#[derive(Debug, clap::Subcommand)]
enum TemplatesVerb {
    /// List templates with size, fields and version (the default).
    List(ListArguments),
    /// Everything about one template: fields, versions, who and when.
    Show(ShowArguments),
    /// Load every template, print its sample and its longest values; says what is wrong, and fails on an error.
    Lint(LintArguments),
    /// Send a template's folder to the service as a draft.
    Upload(UploadArguments),
    /// Make a version the one that new jobs use; jobs accepted before keep theirs.
    Approve(ApproveArguments),
    /// Go back to the version that was approved before.
    Rollback {
        /// Name of the template.
        name: String,
    },
}

#[derive(Debug, Clone, clap::Args)]
struct ListArguments {
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: TemplatesArguments, config_file: Option<&Path>) -> Result<(), Failure> {
    let TemplatesArguments { verb, list: default_list, templates, server } = arguments;
    if verb.is_some() && default_list.json {
        return Err(Failure::wrong_call(
            "--json stands behind the verb, as in `platen templates list --json`",
        ));
    }
    let folder = || template_folder(templates.clone(), config_file);
    let client = || server.client(config_file);
    match verb.unwrap_or(TemplatesVerb::List(default_list)) {
        TemplatesVerb::List(arguments) if templates.is_some() => list(&folder()?, &arguments),
        TemplatesVerb::List(arguments) => {
            match runtime()?.block_on(template_versions::list(&client()?, arguments.json)) {
                Err(Listing::NoService) => list(&folder()?, &arguments),
                Err(Listing::Failed(failure)) => Err(failure),
                Ok(()) => Ok(()),
            }
        }
        TemplatesVerb::Lint(arguments) => template_lint::run(&folder()?, &arguments),
        TemplatesVerb::Show(arguments) => {
            runtime()?.block_on(template_versions::show(&client()?, &arguments))
        }
        TemplatesVerb::Upload(arguments) => {
            let from = match &arguments.from {
                Some(from) => from.clone(),
                None => folder()?.join(&arguments.name),
            };
            runtime()?.block_on(template_versions::upload(&client()?, &arguments, &from))
        }
        TemplatesVerb::Approve(arguments) => {
            runtime()?.block_on(template_versions::approve(&client()?, &arguments))
        }
        TemplatesVerb::Rollback { name } => {
            runtime()?.block_on(template_versions::rollback(&client()?, &name))
        }
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
