//! Circles among what knows each other.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::modules::{Modules, Place};

/// Who knows whom in one folder, with the place that says so.
type Arrows = BTreeMap<(String, String), String>;

/// A circle in a folder.
#[derive(Debug)]
pub struct Circle {
    /// The folder, from the root of the crate; empty there.
    pub folder: Place,
    /// The circle arrow by arrow, with a file and a line for each.
    pub told: String,
}

/// The shortest circle of every folder that has one.
pub fn circles(modules: &Modules) -> Vec<Circle> {
    let mut folders: BTreeMap<Place, Arrows> = BTreeMap::new();
    for (place, module) in &modules.0 {
        for named in &module.named {
            let owner = modules.owner(&named.path);
            let shared = place.iter().zip(&owner).take_while(|(from, to)| from == to).count();
            if &owner == place || modules.is_passed_on(place, named) {
                continue;
            }
            let node = |place: &Place| place.get(shared).cloned().unwrap_or_else(own);
            let told =
                format!("{}:{} {}", module.file.display(), named.line, named.path.join("::"));
            let arrows = folders.entry(place[..shared].to_vec()).or_default();
            let told_before = arrows.entry((node(place), node(&owner))).or_insert(told.clone());
            // Always the same one, in whatever order the modules come.
            if told < *told_before {
                *told_before = told;
            }
        }
    }
    let shortest = folders.iter().filter_map(|(folder, arrows)| {
        let circle = shortest_circle(arrows)?;
        let told = circle.iter().map(|arrow| {
            let (from, to) = arrow;
            format!("    {from} -> {to}: {}", arrows[arrow])
        });
        let name = if folder.is_empty() { "the root".to_owned() } else { folder.join("::") };
        let told = format!("{name}:\n{}", told.collect::<Vec<_>>().join("\n"));
        Some(Circle { folder: folder.clone(), told })
    });
    shortest.collect()
}

/// What the file above its parts is called among them.
fn own() -> String {
    "(the file above)".to_owned()
}

fn shortest_circle(arrows: &Arrows) -> Option<Vec<(String, String)>> {
    let nodes: BTreeSet<&String> = arrows.keys().map(|(from, _)| from).collect();
    nodes.into_iter().filter_map(|node| way_back(arrows, node)).min_by_key(Vec::len)
}

/// The shortest way from a node to itself.
fn way_back(arrows: &Arrows, start: &String) -> Option<Vec<(String, String)>> {
    let mut came_from: BTreeMap<&String, &String> = BTreeMap::new();
    let mut waiting = VecDeque::from([start]);
    while let Some(here) = waiting.pop_front() {
        for (from, to) in arrows.keys().filter(|(from, _)| from == here) {
            if to == start {
                let mut way = vec![(from.clone(), to.clone())];
                let mut end = from;
                while end != start {
                    let before = came_from[end];
                    way.push((before.clone(), end.clone()));
                    end = before;
                }
                way.reverse();
                return Some(way);
            }
            if !came_from.contains_key(to) {
                came_from.insert(to, from);
                waiting.push_back(to);
            }
        }
    }
    None
}
