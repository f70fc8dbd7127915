//! Asking for files without holding up the editor.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::desk::{Desk, Picked};

const EXTENSIONS: [&str; 14] = [
    "wav", "bwf", "rf64", "flac", "mp3", "m4a", "mp4", "aac", "ogg", "oga", "opus", "aif", "aiff",
    "aifc",
];

/// Nobody sees a dialog and closes it within this time: there was none.
const SEEN: Duration = Duration::from_millis(400);
const NO_DIALOG: &str = "No file dialog opened: expected a desktop portal or zenity on this \
                         system, found neither.";

/// Asks for references to add; several at once.
pub(super) fn browse(desk: &Arc<Desk>) {
    // The dialog is made here, as some systems demand of their main thread, and waited for elsewhere.
    let dialog = rfd::AsyncFileDialog::new()
        .set_title("Choose references")
        .add_filter("Audio", &EXTENSIONS)
        .pick_files();
    wait(desk, move |desk| {
        if let Some(files) = answer(desk, dialog, "Paste a path instead.") {
            desk.messages
                .pick(Picked::Add(files.iter().map(|file| file.path().to_owned()).collect()));
        }
    });
}

/// Asks for another file for the reference at `place`.
pub(super) fn find(desk: &Arc<Desk>, place: usize) {
    let list = desk.references.list();
    let Some(reference) = list.get(place) else { return };
    let id = reference.id;
    let dialog = rfd::AsyncFileDialog::new()
        .set_title(format!("Find {}", reference.saved.name))
        .add_filter("Audio", &EXTENSIONS)
        .pick_file();
    wait(desk, move |desk| {
        if let Some(file) = answer(desk, dialog, "Put the file back at its old path.") {
            desk.messages.pick(Picked::Find(id, file.path().to_owned()));
        }
    });
}

/// Adds files, and says when there is no room for all.
pub(super) fn add(desk: &Desk, paths: &[PathBuf]) {
    let without_room = desk.references.add(paths);
    if without_room > 0 {
        let files = if without_room == 1 { "file" } else { "files" };
        desk.messages.say(format!(
            "{without_room} {files} had no room: expected at most {} references",
            burnish_session::references::MOST_REFERENCES
        ));
    }
}

/// Waits for what was chosen. A dialog that did not open looks like one that was closed, but
/// for the time that it takes.
fn answer<T>(desk: &Desk, dialog: impl Future<Output = Option<T>>, instead: &str) -> Option<T> {
    let asked = Instant::now();
    let chosen = pollster::block_on(dialog);
    if chosen.is_none() && cfg!(target_os = "linux") && asked.elapsed() < SEEN {
        desk.messages.say(format!("{NO_DIALOG} {instead}"));
    }
    chosen
}

fn wait(desk: &Arc<Desk>, wait: impl FnOnce(&Desk) + Send + 'static) {
    let waiting = std::thread::Builder::new().name("burnish-dialog".to_owned()).spawn({
        let desk = Arc::clone(desk);
        move || wait(&desk)
    });
    if let Err(error) = waiting {
        desk.messages.say(format!("the file dialog did not open: {error}"));
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_dialog_that_never_opened_is_told_from_one_that_was_closed() {
        let desk = Desk::new();
        assert_eq!(answer::<()>(&desk, async { None }, "Drop it."), None);
        assert_eq!(desk.messages.newest().as_deref(), Some(&format!("{NO_DIALOG} Drop it.")[..]));
        let desk = Desk::new();
        let closed = async {
            std::thread::sleep(SEEN);
            None
        };
        assert_eq!(answer::<()>(&desk, closed, ""), None);
        assert_eq!(answer(&desk, async { Some(7) }, ""), Some(7));
        assert_eq!(desk.messages.newest(), None);
    }
}
