//! What Burnish is: its version and the licences of all that is in it.

/// The version of Burnish.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The licences of Burnish, its typeface and the crates in it, as text with a table.
pub const LICENCES: &str = include_str!("../../docs/licences.md");

/// The crates in the bundle and their licences, by name.
pub fn crates() -> impl Iterator<Item = (&'static str, &'static str)> {
    LICENCES
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "))
        .filter(|(name, _)| !matches!(*name, "crate" | "---"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_crate_has_a_name_and_a_licence() {
        let crates: Vec<_> = crates().collect();
        assert!(crates.len() > 100 && crates.contains(&("egui", "MIT OR Apache-2.0")));
        assert!(crates.iter().all(|(name, licence)| !name.is_empty() && !licence.is_empty()));
    }
}
