//! The modules of one crate, and what each of them names of the others.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::words::{Word, bracket_length, starts_with, words_of};

/// Where a module is, from the root of its crate, which is the empty list.
pub type Place = Vec<String>;

/// A module, without those inside it.
#[derive(Debug, Default)]
pub struct Module {
    /// Where it stands.
    pub file: PathBuf,
    /// What it names of its own crate.
    pub named: Vec<Named>,
    children: HashSet<String>,
    /// Names that are brought in, and where from.
    brought_in: HashMap<String, Vec<String>>,
    /// All of these modules is.
    brought_in_whole: Vec<Vec<String>>,
    /// Names of its own items.
    defined: HashSet<String>,
    /// Words that are not in a `use`.
    spoken: HashSet<String>,
}

/// A path that stands in a module.
#[derive(Debug)]
pub struct Named {
    /// From the root of the crate.
    pub path: Vec<String>,
    /// Where it stands.
    pub line: usize,
    passed_on: PassedOn,
}

/// What a `pub use` passes on to others.
#[derive(Debug)]
enum PassedOn {
    Nothing,
    /// An item, under this name.
    Item(String),
    /// All items.
    All,
}

/// All modules of a crate.
#[derive(Debug)]
pub struct Modules(pub HashMap<Place, Module>);

/// Gives the text of a file, if there is one.
pub type Read<'a> = &'a dyn Fn(&Path) -> Option<String>;

impl Modules {
    /// Reads a crate from its root file on.
    ///
    /// # Panics
    /// When the file of a module is missing.
    pub fn read(root: &Path, read: Read<'_>) -> Self {
        let words = words_of(&read(root).expect("a crate has a root file"));
        let mut modules = Self(HashMap::new());
        let folder = root.parent().expect("a file is in a folder");
        modules.take(Vec::new(), root, folder, &words, read);
        modules
    }

    fn take(&mut self, place: Place, file: &Path, folder: &Path, words: &[Word], read: Read<'_>) {
        let mut own = Vec::new();
        let mut children = HashSet::new();
        let mut at = 0;
        while at < words.len() {
            let rest = &words[at..];
            let is_module = starts_with(rest, &["mod"]) && rest.len() > 2 && rest[1].is_name();
            if !is_module || !["{", ";"].contains(&rest[2].text.as_str()) {
                own.push(words[at].clone());
                at += 1;
                continue;
            }
            let name = &rest[1].text;
            let below = [&place[..], std::slice::from_ref(name)].concat();
            if rest[2].text == "{" {
                let length = bracket_length(&rest[2..]);
                self.take(below, file, &folder.join(name), &rest[3..=length], read);
                at += 2 + length;
            } else {
                let [flat, deep] = [format!("{name}.rs"), format!("{name}/mod.rs")];
                let found = [flat, deep].into_iter().find_map(|name| {
                    let path = folder.join(name);
                    Some((read(&path)?, path))
                });
                let (text, path) =
                    found.unwrap_or_else(|| panic!("{}: no file of {name}", file.display()));
                self.take(below, &path, &folder.join(name), &words_of(&text), read);
                at += 3;
            }
            children.insert(name.clone());
        }
        let mut module = Module { file: file.to_owned(), children, ..Module::default() };
        module.listen(&place, &own);
        self.0.insert(place, module);
    }

    /// The module whose item a path is.
    pub fn owner(&self, path: &[String]) -> Place {
        self.owner_within(path, 8)
    }

    fn owner_within(&self, path: &[String], most_steps: usize) -> Place {
        let mut place = Vec::new();
        for (at, name) in path.iter().enumerate() {
            let module = &self.0[&place];
            if module.children.contains(name) {
                place.push(name.clone());
                continue;
            }
            if module.defined.contains(name) || most_steps == 0 {
                break;
            }
            let rest = &path[at + 1..];
            if let Some(from) = module.brought_in.get(name) {
                return self.owner_within(&[from, rest].concat(), most_steps - 1);
            }
            for from in &module.brought_in_whole {
                let other = self.owner_within(from, most_steps - 1);
                if self.0[&other].defined.contains(name) {
                    return other;
                }
            }
            break;
        }
        place
    }

    /// Whether a module only passes on what is a part's, without a word of it itself.
    pub fn is_passed_on(&self, place: &Place, named: &Named) -> bool {
        let (owner, spoken) = (self.owner(&named.path), &self.0[place].spoken);
        owner.starts_with(place)
            && match &named.passed_on {
                PassedOn::Nothing => false,
                PassedOn::Item(name) => !spoken.contains(name),
                PassedOn::All => self.0[&owner].defined.is_disjoint(spoken),
            }
    }
}

impl Module {
    /// Takes in what the words of a module name.
    fn listen(&mut self, place: &Place, words: &[Word]) {
        let mut at = 0;
        while at < words.len() {
            let before = at.checked_sub(1).map_or("", |before| words[before].text.as_str());
            let rest = &words[at..];
            if rest[0].text == "use" && !starts_with(&rest[1..], &["<"]) {
                let end = rest.iter().position(|word| word.text == ";").unwrap_or(rest.len());
                self.bring_in(place, &rest[1..end], ["pub", ")"].contains(&before));
                at += end;
                continue;
            }
            if is_definition(before) {
                self.defined.insert(rest[0].text.clone());
            }
            self.spoken.insert(rest[0].text.clone());
            let is_visibility = before == "in";
            let begins = !["::", "."].contains(&before) && starts_with(&rest[1..], &["::"]);
            if begins && !is_visibility && self.is_local(&rest[0].text) {
                let mut path = vec![rest[0].text.clone()];
                // Up to `::<` or the end.
                path.extend(rest[1..].chunks_exact(2).map_while(|pair| {
                    (pair[0].text == "::" && pair[1].is_name()).then(|| pair[1].text.clone())
                }));
                self.named.push(Named {
                    path: from_the_root(place, &path),
                    line: rest[0].line,
                    passed_on: PassedOn::Nothing,
                });
            }
            at += 1;
        }
    }

    /// Whether a path that begins with this word stays in the crate.
    fn is_local(&self, first: &str) -> bool {
        ["crate", "self", "super"].contains(&first) || self.children.contains(first)
    }

    fn bring_in(&mut self, place: &Place, words: &[Word], is_public: bool) {
        let mut leaves = Vec::new();
        read_tree(words, &[], &mut leaves);
        for leaf in leaves {
            if !leaf.path.first().is_some_and(|first| self.is_local(first)) {
                continue;
            }
            let path = from_the_root(place, &leaf.path);
            if leaf.is_whole {
                self.brought_in_whole.push(path.clone());
            } else {
                self.brought_in.insert(leaf.name.clone(), path.clone());
            }
            let passed_on = match (is_public, leaf.is_whole) {
                (false, _) => PassedOn::Nothing,
                (true, false) => PassedOn::Item(leaf.name),
                (true, true) => PassedOn::All,
            };
            self.named.push(Named { path, line: leaf.line, passed_on });
        }
    }
}

fn is_definition(before: &str) -> bool {
    ["struct", "enum", "union", "trait", "type", "fn", "const", "static"].contains(&before)
}

/// One of the paths of a `use`.
struct Leaf {
    path: Vec<String>,
    name: String,
    is_whole: bool,
    line: usize,
}

/// Reads `a::{b, c::d as e, f::*}`; gives how many words that was.
fn read_tree(words: &[Word], before: &[String], leaves: &mut Vec<Leaf>) -> usize {
    let mut path = before.to_vec();
    let mut at = 0;
    while at < words.len() {
        let Word { text, line } = &words[at];
        match text.as_str() {
            "::" => at += 1,
            "{" => {
                let end = bracket_length(&words[at..]) + at;
                at += 1;
                while at + 1 < end {
                    at += read_tree(&words[at..end - 1], &path, leaves) + 1;
                }
                return end;
            }
            "*" => {
                let name = String::new();
                leaves.push(Leaf { path, name, is_whole: true, line: *line });
                return at + 1;
            }
            _ => {
                // `a::{self}` is `a`.
                if text != "self" || path.is_empty() {
                    path.push(text.clone());
                }
                at += 1;
                if !starts_with(&words[at..], &["::"]) {
                    let is_renamed = starts_with(&words[at..], &["as"]);
                    let name = if is_renamed { words.get(at + 1) } else { None };
                    let name = name.map_or_else(|| path.last().cloned(), |w| Some(w.text.clone()));
                    let (name, is_whole) = (name.unwrap_or_default(), false);
                    leaves.push(Leaf { path, name, is_whole, line: *line });
                    return if is_renamed { at + 2 } else { at };
                }
            }
        }
    }
    at
}

/// A path that stands in a module, from the root of the crate.
fn from_the_root(place: &Place, path: &[String]) -> Vec<String> {
    let mut whole = place.clone();
    for name in path {
        match name.as_str() {
            "crate" => whole.clear(),
            "self" => {}
            "super" => drop(whole.pop()),
            _ => whole.push(name.clone()),
        }
    }
    whole
}
