//! The house: which room knows which, and that inside a room the modules form a tree.
//!
//! Between rooms the manifests say who knows whom. Inside a room the sources are
//! read, from each crate's root file on. **The rule:** in every folder, what lies in
//! it, each part together with all below it, and the file above form no circle
//! of who names whom. So a file that has parts either joins them or lends them the
//! ground they stand on, never both: what it would lend is a part of its own.
//!
//! A path counts for the module whose item it is, whatever names it came
//! through. A `pub use` that only passes a part's item on does not count; tests,
//! comments and texts do not either. What is done to a value without naming a
//! path (its methods, its fields) is not seen.

mod circles;
mod made_up;
mod modules;
mod words;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use self::circles::{Circle, circles};
use self::modules::Modules;

/// Each room, and the rooms that it may know.
const ROOMS: [(&str, &[&str]); 6] = [
    ("dsp", &[]),
    ("session", &["dsp"]),
    ("gui", &["dsp", "session"]),
    ("plugin", &["dsp", "session", "gui"]),
    ("tests", &["dsp", "session", "gui", "plugin"]),
    ("xtask", &[]),
];

/// Folders that still have a circle: a room for its root, `room::folder` for one
/// below. Shorter with every change, never longer.
const STILL_ROUND: &[&str] = &[];

fn house() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

#[test]
fn no_folder_has_a_circle() {
    let mut round = BTreeSet::new();
    let mut new = Vec::new();
    for (room, _) in ROOMS {
        for circle in circles_in(&house().join(room)) {
            let name = [&[room.to_owned()], &circle.folder[..]].concat().join("::");
            if !STILL_ROUND.contains(&name.as_str()) {
                new.push(format!("{room}, in {}", circle.told));
            }
            round.insert(name);
        }
    }
    assert!(new.is_empty(), "circles:\n{}", new.join("\n"));
    let straight: Vec<_> = STILL_ROUND.iter().filter(|name| !round.contains(**name)).collect();
    assert!(straight.is_empty(), "straight by now, so off the list: {straight:?}");
}

/// The circles of all crates of a room.
fn circles_in(room: &Path) -> Vec<Circle> {
    let fixed = ["src/lib.rs", "src/main.rs", "tests/main.rs"].map(|root| room.join(root));
    let entries = fs::read_dir(room.join("src/bin")).into_iter().flatten();
    let programs = entries.flat_map(|entry| {
        let path = entry.unwrap().path();
        [path.join("main.rs"), path]
    });
    let roots = fixed.into_iter().chain(programs).filter(|path| path.is_file());
    let read = |path: &Path| fs::read_to_string(path).ok();
    roots.flat_map(|root| circles(&Modules::read(&root, &read))).collect()
}

#[test]
fn no_arrow_between_rooms_runs_back() {
    let manifest = fs::read_to_string(house().join("Cargo.toml")).unwrap();
    let members = manifest.lines().find(|line| line.starts_with("members")).unwrap();
    let rooms: Vec<&str> = members.split('"').skip(1).step_by(2).collect();
    assert_eq!(rooms, ROOMS.map(|(room, _)| room), "every member has its line in ROOMS");
    for (room, may_know) in ROOMS {
        let path = house().join(room).join("Cargo.toml");
        for (index, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let Some(known) = known_room(line) else { continue };
            let place = format!("{}:{}", path.display(), index + 1);
            assert!(may_know.contains(&known), "{place}: {room} may not know {known}");
        }
    }
}

/// The room that a line of a manifest makes known.
fn known_room(line: &str) -> Option<&str> {
    let (package, _) = line.split_once(['.', ' ', '='])?;
    match package.strip_prefix("burnish")? {
        "" => Some("plugin"),
        room => room.strip_prefix('-'),
    }
}

#[test]
fn a_line_of_a_manifest_tells_the_room() {
    assert_eq!(known_room("burnish-dsp.workspace = true"), Some("dsp"));
    assert_eq!(known_room("burnish = { path = \"plugin\" }"), Some("plugin"));
    assert_eq!(known_room("name = \"burnish-dsp\""), None);
    assert_eq!(known_room("ebur128.workspace = true"), None);
}
