//! What becomes of the editor's edits.

use burnish_dsp::chain::SNAPSHOTS;
use burnish_dsp::compare::Listen;
use burnish_dsp::settings::{ChainSettings, parameter_index, parameters};
use burnish_gui::{BalanceEdit, BlindPageEdit, Edit, ReferenceEdit, SnapshotEdit};
use burnish_session::blind::BlindTest;
use burnish_session::preset::presets;
use burnish_session::references::{MOST_REGIONS, MOST_TRIM_DB};
use burnish_session::targets::targets;
use burnish_session::three_masters;
use nice_plug::prelude::ParamSetter;

use super::document::{Document, load_snapshot, store_loaded};
use super::steps::Belongs;
use super::{BurnishEditor, blind, files};
use crate::desk::Picked;
use crate::lock::lock;
use crate::switches::Switch;

impl BurnishEditor {
    pub(super) fn carry_out(&mut self, edit: &Edit, context: &egui::Context) {
        let Some(host) = self.host.clone() else { return };
        if !blind::give_way(&self.desk, edit) {
            return;
        }
        let setter = host.param_setter();
        match edit {
            Edit::Begin(index) | Edit::BeginRun(index) => {
                let (desk, parameters) = (&self.desk, &self.parameters);
                let is_run = matches!(edit, Edit::BeginRun(_));
                self.steps.begin(*index, is_run, || Document::now(desk, parameters));
                self.parameters.begin(*index, &setter);
            }
            Edit::Set(index, value) => {
                self.steps.set(*index, *value);
                self.parameters.set(*index, *value, &setter);
            }
            Edit::End(index) => {
                self.parameters.end(*index, &setter);
                self.steps.end(*index);
            }
            Edit::Bypass(is_on) => self.parameters.set_bypass(*is_on, &setter),
            // The host is not told: it might write it down as automation.
            Edit::Listen(listen) => self.desk.listen(*listen),
            Edit::Delta(stage) => self.desk.listening.set_delta(*stage),
            Edit::Monitor(monitor) => self.desk.listening.set_monitor(*monitor),
            Edit::Solo(band) => self.desk.listening.set_solo(*band),
            Edit::UnityGain(is_on) => self.desk.listening.set_unity_gain(*is_on),
            Edit::Reference(edit) => self.edit_references(edit),
            Edit::Snapshot(edit) => self.edit_snapshots(edit, &setter),
            Edit::Balance(edit) => self.edit_balance(*edit, &setter),
            Edit::Blind(edit) => self.edit_blind(edit),
            Edit::Target(position) => {
                if let Some(target) = targets().get(*position) {
                    self.as_step("Target", |editor| {
                        editor.desk.edit_session(|session| session.target.clone_from(&target.id));
                    });
                }
            }
            Edit::Preset(position) => {
                if let Some(preset) = presets().get(*position) {
                    self.take_settings(
                        &format!("Preset {}", preset.name),
                        &preset.settings,
                        &setter,
                    );
                }
            }
            Edit::CheckAgain => self.checking.again(),
            Edit::EndRun => self.steps.end_run(),
            Edit::Notes(notes) => self.as_run("Notes", |editor| {
                editor.desk.edit_session(|session| session.notes.clone_from(notes));
            }),
            Edit::ResetMeters => self.desk.meters.ask_for_reset(),
            Edit::PauseMeters(is_paused) => self.desk.integration.pause(*is_paused),
            Edit::Integration(mode) => self.desk.set_integration(*mode),
            Edit::TrimToHeadroom(gain_db) => self.trim_to_headroom(*gain_db, &setter),
            Edit::SpectrumLook(look) => {
                self.desk.edit_session(|session| session.spectrum = (*look).into());
            }
            Edit::DismissMessage => self.desk.messages.dismiss(),
            Edit::Scale(scale) => {
                context.set_zoom_factor(*scale);
                self.desk.edit_session(|session| session.editor_scale = *scale);
            }
        }
    }

    fn now(&self) -> Document {
        Document::now(&self.desk, &self.parameters)
    }

    /// Carries out an edit of what lies on the desk as one step of undo.
    fn as_step(&mut self, name: &str, edit: impl FnOnce(&mut Self)) {
        let before = self.now();
        edit(self);
        self.steps.record(name, Belongs::Alone, before, self.now());
    }

    /// The same for one of many that a drag or a typed text consists of: those that follow
    /// each other are one step.
    fn as_run(&mut self, name: &str, edit: impl FnOnce(&mut Self)) {
        let before = self.now();
        edit(self);
        self.steps.record(name, Belongs::ToRun, before, self.now());
    }

    /// Gives new settings to the parameters as one step of undo. The host may
    /// hand them on only later, so what they will be is written down here.
    fn take_settings(&mut self, name: &str, settings: &ChainSettings, setter: &ParamSetter<'_>) {
        let before = self.now();
        self.parameters.set_all(settings, setter);
        let after = Document { settings: on_grid(settings), ..before.clone() };
        self.steps.record(name, Belongs::Alone, before, after);
    }

    fn edit_references(&mut self, edit: &ReferenceEdit) {
        match edit {
            ReferenceEdit::Browse => files::browse(&self.desk),
            ReferenceEdit::Find(place) => files::find(&self.desk, *place),
            ReferenceEdit::Add(paths) => {
                let name = match &paths[..] {
                    [path] => format!("Add {}", burnish_session::references::display_name(path)),
                    _ => format!("Add {} references", paths.len()),
                };
                self.as_step(&name, |editor| files::add(&editor.desk, paths));
            }
            ReferenceEdit::Choose(chosen) => {
                self.desk.references.choose(*chosen);
                // What is heard belongs to the comparison, whichever it is.
                let listening = self.desk.listening();
                if listening.listen == Listen::Reference {
                    self.desk.listen(Listen::Reference);
                }
            }
            ReferenceEdit::Remove(place) => {
                let list = self.desk.references.list();
                let Some(reference) = list.get(*place) else { return };
                let name = format!("Remove {}", reference.saved.name);
                self.as_step(&name, |editor| editor.desk.references.remove(*place));
            }
            ReferenceEdit::Rename(place, name) => {
                self.edit_reference("Rename reference", Belongs::Alone, *place, |saved| {
                    name.trim().chars().take(200).collect::<String>().clone_into(&mut saved.name);
                });
            }
            ReferenceEdit::Trim(place, trim_db) => {
                let trim_db = if trim_db.is_finite() { *trim_db } else { 0.0 };
                self.edit_reference("Reference trim", Belongs::ToRun, *place, |saved| {
                    saved.trim_db = trim_db.clamp(-MOST_TRIM_DB, MOST_TRIM_DB);
                });
            }
            ReferenceEdit::FreeRun(place, is_free_running) => {
                self.edit_reference("Reference play", Belongs::Alone, *place, |saved| {
                    saved.is_free_running = *is_free_running;
                });
            }
            ReferenceEdit::AddRegion(place, region) => {
                self.edit_reference("Add loop", Belongs::Alone, *place, |saved| {
                    if saved.regions.len() < MOST_REGIONS {
                        saved.regions.push(*region);
                        saved.region = Some(saved.regions.len() - 1);
                    }
                });
            }
            ReferenceEdit::MoveRegion(place, region, to) => {
                self.edit_reference("Move loop", Belongs::ToRun, *place, |saved| {
                    if let Some(region) = saved.regions.get_mut(*region) {
                        *region = *to;
                    }
                });
            }
            ReferenceEdit::RemoveRegion(place, region) => {
                self.edit_reference("Remove loop", Belongs::Alone, *place, |saved| {
                    if *region < saved.regions.len() {
                        saved.regions.remove(*region);
                        saved.region = match saved.region {
                            Some(played) if played == *region => None,
                            Some(played) if played > *region => Some(played - 1),
                            played => played,
                        };
                    }
                });
            }
            ReferenceEdit::ChooseRegion(place, region) => {
                self.edit_reference("Choose loop", Belongs::Alone, *place, |saved| {
                    saved.region = region.filter(|region| *region < saved.regions.len());
                });
            }
            ReferenceEdit::LevelMatch(level_match) => {
                self.desk.listening.set_level_match(*level_match);
            }
            ReferenceEdit::StopComparing => self.desk.listening.stop_comparing(),
        }
    }

    /// Takes what file dialogs have brought; while a blind test runs it waits.
    pub(super) fn take_picked(&mut self) {
        if lock(&self.desk.blind).as_ref().is_some_and(BlindTest::is_running) {
            return;
        }
        for picked in self.desk.messages.take_picked() {
            match picked {
                Picked::Add(paths) => self.edit_references(&ReferenceEdit::Add(paths)),
                Picked::Find(id, path) => {
                    // The list may have changed meanwhile.
                    let list = self.desk.references.list();
                    let Some(place) = list.iter().position(|reference| reference.id == id) else {
                        continue;
                    };
                    let name = format!("Find {}", list[place].saved.name);
                    self.as_step(&name, |editor| {
                        editor.desk.references.replace_file(place, path);
                    });
                }
            }
        }
    }

    fn edit_reference(
        &mut self,
        name: &str,
        belongs: Belongs,
        place: usize,
        edit: impl FnOnce(&mut burnish_session::references::ReferenceEntry),
    ) {
        let before = self.now();
        self.desk.references.edit(place, |reference| edit(&mut reference.saved));
        self.steps.record(name, belongs, before, self.now());
    }

    fn edit_snapshots(&mut self, edit: &SnapshotEdit, setter: &ParamSetter<'_>) {
        match edit {
            SnapshotEdit::Choose(snapshot) => self.choose_snapshot(*snapshot, setter),
            SnapshotEdit::Rename(snapshot, name) => self.as_run("Rename snapshot", |editor| {
                editor.desk.snapshots.edit(|bank| bank.rename(*snapshot, name));
            }),
            SnapshotEdit::Copy(from, to) => self.copy_snapshot(*from, *to, setter),
            SnapshotEdit::SideBySide(are_side_by_side) => {
                self.desk.listening.set_side_by_side(*are_side_by_side);
            }
            SnapshotEdit::CopyAndChoose(from, to) => self.copy_and_choose(*from, *to, setter),
            SnapshotEdit::Match(are_matched) => {
                self.are_snapshots_matched = *are_matched;
                self.desk.listening.set_side_by_side(*are_matched);
            }
            SnapshotEdit::Undo => self.undo(1, setter),
            SnapshotEdit::Redo => self.redo(1, setter),
            SnapshotEdit::UndoSteps(count) => self.undo(*count, setter),
            SnapshotEdit::RedoSteps(count) => self.redo(*count, setter),
        }
    }

    fn undo(&mut self, count: usize, setter: &ParamSetter<'_>) {
        if let Some(step) = self.steps.undo(count) {
            self.go(&step.from, &step.to, setter);
        }
    }

    fn redo(&mut self, count: usize, setter: &ParamSetter<'_>) {
        if let Some(step) = self.steps.redo(count) {
            self.go(&step.from, &step.to, setter);
        }
    }

    fn go(&self, from: &Document, to: &Document, setter: &ParamSetter<'_>) {
        Document::step(from, to, &self.desk, &self.parameters, setter);
    }

    /// Settings of a snapshot as they sound.
    pub(super) fn snapshot_settings(&self, snapshot: usize) -> ChainSettings {
        let snapshots = &self.desk.snapshots;
        if snapshots.arriving().is_none() && snapshots.loaded() == snapshot {
            self.parameters.settings()
        } else {
            snapshots.bank().settings(snapshot)
        }
    }

    fn choose_snapshot(&mut self, snapshot: usize, setter: &ParamSetter<'_>) {
        if snapshot >= SNAPSHOTS || snapshot == self.parameters.switches().of(Switch::Snapshot) {
            return;
        }
        store_loaded(&self.desk, &self.parameters);
        let before = self.now();
        let settings = self.desk.snapshots.bank().settings(snapshot);
        load_snapshot(snapshot, &settings, &self.desk, &self.parameters, setter);
        let after = Document {
            settings,
            selected: snapshot,
            bank: self.desk.snapshots.bank(),
            ..before.clone()
        };
        let letter = burnish_gui::SNAPSHOT_LETTERS[snapshot];
        self.steps.record(&format!("Snapshot {letter}"), Belongs::Alone, before, after);
        self.compare_snapshots();
    }

    /// Whoever chooses another snapshot compares: the louder one must not win for that.
    fn compare_snapshots(&self) {
        if self.are_snapshots_matched {
            self.desk.listening.set_side_by_side(true);
        }
    }

    /// Goes on from a copy, in another snapshot.
    fn copy_and_choose(&mut self, from: usize, to: usize, setter: &ParamSetter<'_>) {
        if from >= SNAPSHOTS || to >= SNAPSHOTS || from == to {
            return;
        }
        store_loaded(&self.desk, &self.parameters);
        let settings = self.snapshot_settings(from);
        let before = self.now();
        self.desk.snapshots.edit(|bank| bank.set_settings(to, &settings));
        load_snapshot(to, &settings, &self.desk, &self.parameters, setter);
        let after =
            Document { settings, selected: to, bank: self.desk.snapshots.bank(), ..before.clone() };
        let letters = burnish_gui::SNAPSHOT_LETTERS;
        let name = format!("Go on in {} from {}", letters[to], letters[from]);
        self.steps.record(&name, Belongs::Alone, before, after);
        self.compare_snapshots();
    }

    fn copy_snapshot(&mut self, from: usize, to: usize, setter: &ParamSetter<'_>) {
        if from >= SNAPSHOTS || to >= SNAPSHOTS || from == to {
            return;
        }
        let letters = burnish_gui::SNAPSHOT_LETTERS;
        let name = format!("Copy {} to {}", letters[from], letters[to]);
        let settings = self.snapshot_settings(from);
        let before = self.now();
        self.desk.snapshots.edit(|bank| bank.set_settings(to, &settings));
        let mut after = Document { bank: self.desk.snapshots.bank(), ..before.clone() };
        if self.desk.snapshots.loaded() == to {
            self.parameters.set_all(&settings, setter);
            after.settings = settings;
        }
        self.steps.record(&name, Belongs::Alone, before, after);
    }

    fn edit_balance(&mut self, edit: BalanceEdit, setter: &ParamSetter<'_>) {
        match edit {
            BalanceEdit::Average(is_average) => {
                self.desk.edit_session(|session| session.is_average_reference = is_average);
            }
            BalanceEdit::Amount(amount) => self.desk.edit_session(|session| {
                session.match_amount =
                    if amount.is_finite() { amount.clamp(0.0, 1.0) } else { 1.0 };
            }),
            BalanceEdit::MostDb(most_db) => self.desk.edit_session(|session| {
                session.match_most_db =
                    if most_db.is_finite() { most_db.clamp(1.0, 12.0) } else { 3.0 };
            }),
            BalanceEdit::Hold(is_held) => self.balance.keeper.hold(is_held),
            BalanceEdit::Apply => {
                let Some(proposal) = self.balance.keeper.proposal() else { return };
                let settings =
                    ChainSettings { equalizer: proposal.equalizer, ..self.parameters.settings() };
                self.take_settings("Match EQ", &settings, setter);
                // What was measured before would ask for the same moves again.
                self.desk.meters.ask_for_spectrum_reset();
                self.balance.forget();
            }
        }
    }

    fn edit_blind(&mut self, edit: &BlindPageEdit) {
        match edit {
            BlindPageEdit::Start(setup) => {
                store_loaded(&self.desk, &self.parameters);
                blind::start(&self.desk, setup);
            }
            BlindPageEdit::Test(edit) => {
                blind::act(&self.desk, edit, |snapshot| self.snapshot_settings(snapshot));
            }
            BlindPageEdit::MakeThree => self.make_three(),
        }
    }

    /// Fills the snapshots that are not being edited.
    fn make_three(&mut self) {
        let masters = three_masters::propose(&self.parameters.settings());
        let own = self.parameters.switches().of(Switch::Snapshot);
        self.as_step("Make three masters", |editor| {
            editor.desk.snapshots.edit(|bank| {
                let others = (0..SNAPSHOTS).filter(|snapshot| *snapshot != own);
                for (snapshot, (name, settings)) in others.zip(&masters) {
                    bank.set_settings(snapshot, settings);
                    bank.rename(snapshot, name);
                }
            });
        });
    }

    /// Gives the trim the gain that was announced.
    fn trim_to_headroom(&mut self, gain_db: f64, setter: &ParamSetter<'_>) {
        if let Some(index) = parameter_index("trim.gain") {
            let mut settings = self.parameters.settings();
            parameters()[index].write(&mut settings, gain_db);
            self.take_settings("Trim to headroom", &settings, setter);
        }
    }
}

/// Settings as the parameters can hold them.
fn on_grid(settings: &ChainSettings) -> ChainSettings {
    let mut snapped = *settings;
    for parameter in parameters() {
        parameter.write(&mut snapped, parameter.read(settings));
    }
    snapped
}
