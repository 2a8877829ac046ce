//! Reading settings past their mistakes: each value that cannot be read is noted and left out, so that all mistakes are told at once and
//! not one after the other.

use std::path::Path;

use config::{Config, Map, Source, Value, ValueKind};

use super::{Settings, SettingsError};

/// More mistakes than anybody mends at once.
const MISTAKES_MAX: usize = 50;

/// The settings with the defaults in place of what cannot be read, and what that is.
pub(super) fn read(file: Option<&Path>, read: &Config) -> Result<(Settings, Vec<SettingsError>), SettingsError> {
    let mut tree = read.collect().map_err(|error| SettingsError::read(file, error))?;
    let mut mistakes = Vec::new();
    loop {
        let error = match Value::new(None, ValueKind::Table(tree.clone())).try_deserialize::<Settings>() {
            Ok(settings) => return Ok((settings, mistakes)),
            Err(error) => SettingsError::read(file, error),
        };
        let removed = error.path().is_some_and(|path| remove(&mut tree, &path));
        mistakes.push(error);
        if !removed || mistakes.len() >= MISTAKES_MAX {
            // Nothing more can be told apart.
            return SettingsError::all(mistakes).map_or_else(|| Ok((Settings::default(), Vec::new())), Err);
        }
    }
}

/// Leaves out the value at a path such as `sip.listen[1]`, a list as a whole; whether there was one.
fn remove(tree: &mut Map<String, Value>, path: &str) -> bool {
    let path = path.split('[').next().unwrap_or_default();
    match path.split_once('.') {
        None => tree.remove(path).is_some(),
        Some((section, rest)) => match tree.get_mut(section).map(|value| &mut value.kind) {
            Some(ValueKind::Table(inner)) => remove(inner, rest),
            _ => false,
        },
    }
}
