//! Paths in a saved session: text, and where one is no text, what the system calls it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};
use serde_json::Value;

/// A path that is no text would refuse to be saved, and everything else with it:
/// it is written as serde writes an [`OsString`].
pub(super) fn write<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    match path.to_str() {
        Some(text) => serializer.serialize_str(text),
        None => path.as_os_str().serialize(serializer),
    }
}

/// Reads what [`write()`] has written on this kind of system.
pub(super) fn read(saved: Value) -> Option<PathBuf> {
    match saved {
        Value::String(text) => Some(text.into()),
        other => serde_json::from_value::<OsString>(other).ok().map(PathBuf::from),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::super::ReferenceEntry;
    use super::*;

    #[test]
    fn a_name_that_is_no_text_survives() {
        let path = PathBuf::from(OsString::from_vec(b"/music/S\xe4ngerin.wav".to_vec()));
        let entry = ReferenceEntry::new(&path);
        let text = serde_json::to_string(&entry).unwrap();
        assert_eq!(serde_json::from_str::<ReferenceEntry>(&text).unwrap(), entry);
        // What no system can have written is no path.
        assert_eq!(read(serde_json::json!({ "Unix": [1, 2000] })), None);
        assert_eq!(read(serde_json::json!(7)), None);
    }
}
