//! The typeface: Burnish Sans, two weights of IBM Plex Sans 3.005 reduced to
//! Latin, Greek, Cyrillic and the signs used here.
//!
//! Its figures all have the same width, so numbers stand still while they
//! change. The licence (`fonts/OFL.txt`) reserves the original's name for the
//! unaltered files, hence the other one. To make them again: convert the
//! upstream files to TrueType, keep the code points below U+0460, U+1E00-1EFF
//! and U+2000-25FF with the features kern, mark, mkmk, ccmp and locl, and rename.

use std::sync::Arc;

use egui::{FontData, FontDefinitions, FontFamily};

/// Name of the heavier weight's family.
pub(crate) const SEMIBOLD: &str = "semibold";

/// Both weights; what they lack (other scripts in file names) falls back to egui's own.
pub(crate) fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let files: [(&str, &[u8]); 2] = [
        ("Burnish Sans", include_bytes!("../fonts/BurnishSans-Regular.ttf")),
        ("Burnish Sans SemiBold", include_bytes!("../fonts/BurnishSans-SemiBold.ttf")),
    ];
    for (name, bytes) in files {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let fallback = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let family = |first: &str| {
        let mut names = vec![first.to_owned()];
        names.extend(fallback.iter().cloned());
        names
    };
    fonts.families.insert(FontFamily::Proportional, family("Burnish Sans"));
    fonts.families.insert(FontFamily::Monospace, family("Burnish Sans"));
    fonts.families.insert(FontFamily::Name(SEMIBOLD.into()), family("Burnish Sans SemiBold"));
    fonts
}
