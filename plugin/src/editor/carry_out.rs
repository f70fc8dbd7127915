//! What becomes of the editor's edits.

use burnish_dsp::chain::SNAPSHOTS;
use burnish_dsp::compare::Listen;
use burnish_dsp::settings::{ChainSettings, parameter_index, parameters};
use burnish_gui::{BalanceEdit, BlindPageEdit, Edit, ReferenceEdit, SnapshotEdit};
use burnish_session::preset::presets;
use burnish_session::references::{MOST_REGIONS, MOST_TRIM_DB};
use burnish_session::targets::targets;
use burnish_session::three_masters;
use nice_plug::prelude::ParamSetter;

use super::document::{Document, load_snapshot, store_loaded};
use super::{BurnishEditor, blind, files};
use crate::desk::Picked;
use crate::switches::Switch;

/// Where the trim's button puts the highest true peak of the mix.
const HEADROOM_DBTP: f64 = -6.0;

impl BurnishEditor {
    pub(super) fn carry_out(&mut self, edit: &Edit, context: &egui::Context) {
        let Some(host) = self.host.clone() else { return };
        let setter = host.param_setter();
        match edit {
            Edit::Begin(index) => {
                let (desk, parameters) = (&self.desk, &self.parameters);
                self.steps.begin(*index, || Document::now(desk, parameters));
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
            Edit::Notes(notes) => self.as_step("Notes", |editor| {
                editor.desk.edit_session(|session| session.notes.clone_from(notes));
            }),
            Edit::ResetMeters => self.desk.ask_for_meter_reset(),
            Edit::PauseMeters(is_paused) => self.desk.pause_integration(*is_paused),
            Edit::Integration(mode) => self.desk.set_integration(*mode),
            Edit::TrimToHeadroom => self.trim_to_headroom(&setter),
            Edit::SpectrumLook(look) => {
                self.desk.edit_session(|session| session.spectrum = (*look).into());
            }
            Edit::DismissMessage => self.desk.dismiss_message(),
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
        self.steps.record(name, before, self.now());
    }

    /// Gives new settings to the parameters as one step of undo. The host may
    /// hand them on only later, so what they will be is written down here.
    fn take_settings(&mut self, name: &str, settings: &ChainSettings, setter: &ParamSetter<'_>) {
        let before = self.now();
        self.parameters.set_all(settings, setter);
        let after = Document { settings: on_grid(settings), ..before.clone() };
        self.steps.record(name, before, after);
    }

    fn edit_references(&mut self, edit: &ReferenceEdit) {
        // What is under test stays as it is until it is revealed.
        if self.desk.listening().blind.is_some() {
            return;
        }
        match edit {
            ReferenceEdit::Browse => files::browse(&self.desk),
            ReferenceEdit::Find(place) => files::find(&self.desk, *place),
            ReferenceEdit::Add(paths) => {
                let name = match &paths[..] {
                    [path] => format!("Add {}", burnish_session::reference::display_name(path)),
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
                self.edit_reference("Rename reference", *place, |saved| {
                    name.trim().chars().take(200).collect::<String>().clone_into(&mut saved.name);
                });
            }
            ReferenceEdit::Trim(place, trim_db) => {
                let trim_db = if trim_db.is_finite() { *trim_db } else { 0.0 };
                self.edit_reference("Reference trim", *place, |saved| {
                    saved.trim_db = trim_db.clamp(-MOST_TRIM_DB, MOST_TRIM_DB);
                });
            }
            ReferenceEdit::FreeRun(place, is_free_running) => {
                self.edit_reference("Reference play", *place, |saved| {
                    saved.is_free_running = *is_free_running;
                });
            }
            ReferenceEdit::AddRegion(place, region) => {
                self.edit_reference("Add loop", *place, |saved| {
                    if saved.regions.len() < MOST_REGIONS {
                        saved.regions.push(*region);
                        saved.region = Some(saved.regions.len() - 1);
                    }
                });
            }
            ReferenceEdit::MoveRegion(place, region, to) => {
                self.edit_reference("Move loop", *place, |saved| {
                    if let Some(region) = saved.regions.get_mut(*region) {
                        *region = *to;
                    }
                });
            }
            ReferenceEdit::RemoveRegion(place, region) => {
                self.edit_reference("Remove loop", *place, |saved| {
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
                self.edit_reference("Choose loop", *place, |saved| {
                    saved.region = region.filter(|region| *region < saved.regions.len());
                });
            }
            ReferenceEdit::LevelMatch(level_match) => {
                self.desk.listening.set_level_match(*level_match);
            }
            ReferenceEdit::StopComparing => self.desk.listening.stop_comparing(),
        }
    }

    /// Takes what file dialogs have brought.
    pub(super) fn take_picked(&mut self) {
        for picked in self.desk.take_picked() {
            match picked {
                Picked::Add(paths) => self.edit_references(&ReferenceEdit::Add(paths)),
                Picked::Find(id, path) => {
                    // The list may have changed meanwhile.
                    let list = self.desk.references.list();
                    let Some(place) = list.iter().position(|reference| reference.id == id) else {
                        continue;
                    };
                    if self.desk.listening().blind.is_none() {
                        let name = format!("Find {}", list[place].saved.name);
                        self.as_step(&name, |editor| {
                            editor.desk.references.replace_file(place, path);
                        });
                    }
                }
            }
        }
    }

    fn edit_reference(
        &mut self,
        name: &str,
        place: usize,
        edit: impl FnOnce(&mut burnish_session::references::ReferenceEntry),
    ) {
        self.as_step(name, |editor| {
            editor.desk.references.edit(place, |reference| edit(&mut reference.saved));
        });
    }

    fn edit_snapshots(&mut self, edit: &SnapshotEdit, setter: &ParamSetter<'_>) {
        match edit {
            SnapshotEdit::Choose(snapshot) => self.choose_snapshot(*snapshot, setter),
            SnapshotEdit::Rename(snapshot, name) => self.as_step("Rename snapshot", |editor| {
                editor.desk.snapshots.edit(|bank| bank.rename(*snapshot, name));
            }),
            SnapshotEdit::Copy(from, to) => self.copy_snapshot(*from, *to, setter),
            SnapshotEdit::SideBySide(are_side_by_side) => {
                self.desk.listening.set_side_by_side(*are_side_by_side);
            }
            SnapshotEdit::Undo => {
                if let Some(step) = self.steps.undo() {
                    self.go(&step.from, &step.to, setter);
                }
            }
            SnapshotEdit::Redo => {
                if let Some(step) = self.steps.redo() {
                    self.go(&step.from, &step.to, setter);
                }
            }
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
        self.steps.record(&format!("Snapshot {letter}"), before, after);
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
        self.steps.record(&name, before, after);
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
                self.desk.ask_for_spectrum_reset();
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

    /// Sets the trim so that the highest true peak seen up to now would have reached -6 dBTP.
    fn trim_to_headroom(&mut self, setter: &ParamSetter<'_>) {
        let peaks_dbtp = self.meters.input.max_true_peak_dbtp;
        let peak_dbtp = peaks_dbtp[0].max(peaks_dbtp[1]);
        if !peak_dbtp.is_finite() {
            self.desk.say("play the mix first: there is no peak to go by yet".to_owned());
            return;
        }
        if let Some(index) = parameter_index("trim.gain") {
            let mut settings = self.parameters.settings();
            parameters()[index].write(&mut settings, HEADROOM_DBTP - peak_dbtp);
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
