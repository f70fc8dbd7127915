//! What macOS wants of a bundle beside the code: its version, and a signature. The
//! signature is ad hoc: it says that nothing was changed, not who made it.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::files::{failed, write};
use crate::run::{Outcome, step};

/// Names, versions and signs all bundles in a folder.
pub(super) fn finish(bundled: &Path) -> Outcome {
    for (name, kind) in [("Burnish.clap", "clap"), ("Burnish.vst3", "vst3"), ("Burnish.app", "app")]
    {
        let bundle = bundled.join(name);
        if !bundle.exists() {
            continue;
        }
        let list = bundle.join("Contents").join("Info.plist");
        let text = std::fs::read_to_string(&list).map_err(|error| failed(&list, &error))?;
        write(&list, property_list(&text, kind).as_bytes())?;
        sign(&bundle)?;
    }
    Ok(())
}

/// Joins programs for several processors into one.
pub(super) fn join(parts: &[PathBuf], whole: &Path) -> Outcome {
    step("lipo", Command::new("lipo").arg("-create").arg("-output").arg(whole).args(parts))?;
    sign(whole)
}

fn sign(path: &Path) -> Outcome {
    step("codesign", Command::new("codesign").args(["--force", "--sign", "-"]).arg(path))?;
    step("signature", Command::new("codesign").args(["--verify", "--strict"]).arg(path))
}

/// The framework gives every plug-in the same version and no identity of its own;
/// two bundles of one identity are one to the system.
fn property_list(text: &str, kind: &str) -> String {
    text.replace("com.nice-plug.burnish", &format!("audio.burnish.{kind}")).replace(
        "<string>1.0.0</string>",
        concat!("<string>", env!("CARGO_PKG_VERSION"), "</string>"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_bears_the_version_and_an_identity_of_its_own() {
        let text = "<string>com.nice-plug.burnish</string><string>1.0.0</string>";
        let version = env!("CARGO_PKG_VERSION");
        let expected = format!("<string>audio.burnish.vst3</string><string>{version}</string>");
        assert_eq!(property_list(text, "vst3"), expected);
    }
}
