//! The steps that bring a database up to date. They go forward only.

use super::Dialect;
use sqlx::migrate::Migrator;

static ALL: Migrator = sqlx::migrate!();
/// The end of the name of a step that is for one kind of database; all others are one text for both.
const ON_POSTGRES: &str = " on postgres";

/// Those that are for this kind of database, in order.
pub fn of(dialect: Dialect) -> Migrator {
    let is_meant = |name: &str| dialect == Dialect::Postgres || !name.ends_with(ON_POSTGRES);
    Migrator::with_migrations(ALL.iter().filter(|step| is_meant(&step.description)).cloned().collect())
}
