//! Everything that undo covers, and how it becomes the state of the instance again.
//!
//! A step is the difference between two documents, applied to what there is
//! now: only what differs between them is touched, so nothing is lost that came
//! in another way, such as a host's automation.

use burnish_dsp::chain::SNAPSHOTS;
use burnish_dsp::compare::ReferenceId;
use burnish_dsp::settings::{ChainSettings, parameters as chain_parameters};
use burnish_session::references::ReferenceEntry;
use burnish_session::snapshots::SnapshotBank;
use nice_plug::prelude::ParamSetter;

use crate::desk::Desk;
use crate::parameters::BurnishParameters;
use crate::switches::Switch;

/// What a person has made, as it was at one moment.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Document {
    /// Of the selected snapshot.
    pub(super) settings: ChainSettings,
    pub(super) bank: SnapshotBank,
    /// The snapshot that is heard.
    pub(super) selected: usize,
    pub(super) references: Vec<(ReferenceId, ReferenceEntry)>,
    pub(super) target: String,
    pub(super) notes: String,
}

impl Document {
    /// As it is now.
    pub(super) fn now(desk: &Desk, parameters: &BurnishParameters) -> Self {
        let session = desk.session();
        let references = desk.references.list();
        Self {
            settings: parameters.settings(),
            bank: desk.snapshots.bank(),
            selected: parameters.switches().of(Switch::Snapshot),
            references: references
                .into_iter()
                .map(|reference| (reference.id, without_measures(reference.saved)))
                .collect(),
            target: session.target,
            notes: session.notes,
        }
    }

    /// Goes from one moment to another: whatever does not differ between them stays as it is now.
    pub(super) fn step(
        from: &Self,
        to: &Self,
        desk: &Desk,
        parameters: &BurnishParameters,
        setter: &ParamSetter<'_>,
    ) {
        for place in (0..SNAPSHOTS).filter(|place| !from.bank.is_same(*place, &to.bank)) {
            desk.snapshots.edit(|bank| {
                bank.take(place, &to.bank);
            });
        }
        if from.selected == to.selected {
            step_settings(from, to, desk, parameters, setter);
        } else {
            store_loaded(desk, parameters);
            let settings = desk.snapshots.bank().settings(to.selected);
            load_snapshot(to.selected, &settings, desk, parameters, setter);
        }
        step_references(&from.references, &to.references, desk);
        if from.target != to.target || from.notes != to.notes {
            desk.edit_session(|session| {
                session.target.clone_from(&to.target);
                session.notes.clone_from(&to.notes);
            });
        }
    }
}

/// Moves what differs in the settings of a snapshot, wherever that is now.
fn step_settings(
    from: &Document,
    to: &Document,
    desk: &Desk,
    parameters: &BurnishParameters,
    setter: &ParamSetter<'_>,
) {
    if from.settings == to.settings {
        return;
    }
    let is_loaded = desk.snapshots.arriving().is_none() && desk.snapshots.loaded() == to.selected;
    let mut settings =
        if is_loaded { parameters.settings() } else { desk.snapshots.bank().settings(to.selected) };
    for parameter in chain_parameters() {
        let value = parameter.read(&to.settings);
        if parameter.read(&from.settings) != value {
            parameter.write(&mut settings, value);
        }
    }
    if is_loaded {
        parameters.set_all(&settings, setter);
    } else {
        desk.snapshots.edit(|bank| bank.set_settings(to.selected, &settings));
    }
}

/// Takes out, brings back and changes what differs, each by its id.
fn step_references(
    from: &[(ReferenceId, ReferenceEntry)],
    to: &[(ReferenceId, ReferenceEntry)],
    desk: &Desk,
) {
    let find = |list: &[(ReferenceId, ReferenceEntry)], id: ReferenceId| {
        list.iter().find(|(other, _)| *other == id).map(|(_, entry)| entry.clone())
    };
    for (id, _) in from.iter().filter(|(id, _)| find(to, *id).is_none()) {
        desk.references.remove_id(*id);
    }
    for (place, (id, entry)) in to.iter().enumerate() {
        match find(from, *id) {
            None => desk.references.insert(place, *id, entry.clone()),
            Some(before) if before != *entry => desk.references.edit_id(*id, |reference| {
                let ReferenceEntry { sha256, facts, .. } = reference.saved.clone();
                reference.saved = ReferenceEntry { sha256, facts, ..entry.clone() };
            }),
            Some(_) => {}
        }
    }
}

fn without_measures(entry: ReferenceEntry) -> ReferenceEntry {
    ReferenceEntry { sha256: String::new(), facts: None, ..entry }
}

/// Gives the parameters the settings of another snapshot and makes it the selected one.
pub(super) fn load_snapshot(
    snapshot: usize,
    settings: &ChainSettings,
    desk: &Desk,
    parameters: &BurnishParameters,
    setter: &ParamSetter<'_>,
) {
    desk.snapshots.edit(|bank| bank.set_settings(snapshot, settings));
    desk.snapshots.expect(snapshot);
    parameters.set_all(settings, setter);
    parameters.set_switch(Switch::Snapshot, snapshot, setter);
}

/// Leaves the loaded snapshot: what the parameters say is stored for it.
pub(super) fn store_loaded(desk: &Desk, parameters: &BurnishParameters) {
    // While another is on its way the parameters are neither's.
    if desk.snapshots.arriving().is_none() {
        let (loaded, settings) = (desk.snapshots.loaded(), parameters.settings());
        desk.snapshots.edit(|bank| bank.set_settings(loaded, &settings));
    }
}
