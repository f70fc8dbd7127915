//! What every part of the editor draws with: the canvas, what is to be shown,
//! and where wishes go.

use std::sync::Arc;

use burnish_dsp::settings::{ChainParameter, parameter_index, parameters};
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{
    Align2, Color32, FontId, Galley, Id, Painter, Pos2, Rect, Response, Role, Sense, Stroke,
    StrokeKind, Ui, WidgetInfo,
};

use crate::gesture::Gesture;
use crate::state::State;
use crate::theme;
use crate::view::{Edit, View};

/// One frame of the editor while it is drawn.
pub(crate) struct Scene<'a> {
    pub(crate) ui: &'a mut Ui,
    pub(crate) view: &'a View<'a>,
    pub(crate) edits: &'a mut Vec<Edit>,
    pub(crate) state: &'a mut State,
}

impl Scene<'_> {
    pub(crate) fn painter(&self) -> &Painter {
        self.ui.painter()
    }

    /// The identity of a part; the same name is the same part from frame to frame.
    pub(crate) fn id(&self, name: &str) -> Id {
        self.ui.scope_id().with(name)
    }

    /// Makes a part of the canvas answer to the pointer and the keyboard.
    pub(crate) fn interact(&self, rect: Rect, name: &str, sense: Sense) -> Response {
        self.ui.interact(rect, self.id(name), sense)
    }

    /// A part that only explains itself under the pointer.
    pub(crate) fn explain(&self, rect: Rect, name: &str, help: &str) {
        self.interact(rect, name, Sense::hover()).on_hover_text(help);
    }

    /// A reading for assistive technology and tests: a name and what it reads.
    pub(crate) fn reading(&self, rect: Rect, name: &str, value: &str) -> Response {
        let response = self.interact(rect, name, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Meter, true, name));
        self.ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(value));
        response
    }

    /// A raised panel with its line.
    pub(crate) fn panel(&self, rect: Rect) {
        let stroke = Stroke::new(1.0, theme::LINE);
        self.painter().rect(rect, theme::PANEL_RADIUS, theme::PANEL, stroke, StrokeKind::Inside);
    }

    /// One line of text at a point.
    pub(crate) fn text(&self, at: Pos2, anchor: Align2, text: &str, font: FontId, color: Color32) {
        self.painter().text(at, anchor, text, font, color);
    }

    /// One line of text inside a rectangle, cut with an ellipsis where it is too long.
    /// Returns where it ended up.
    pub(crate) fn text_in(
        &self,
        rect: Rect,
        anchor: Align2,
        text: &str,
        font: FontId,
        color: Color32,
    ) -> Rect {
        if rect.width() < 1.0 {
            return Rect::from_center_size(rect.center(), egui::Vec2::ZERO);
        }
        let job = LayoutJob::single_section(text.to_owned(), TextFormat::simple(font, color));
        let galley = self.fitted(job, rect.width());
        let place = anchor.align_size_within_rect(galley.size(), rect);
        self.painter().galley(place.min, galley, color);
        place
    }

    /// Several lines of text, wrapped to the rectangle and cut at its lower edge.
    pub(crate) fn paragraph(&self, rect: Rect, text: &str, font: FontId, color: Color32) {
        let galley = self.painter().layout(text.to_owned(), font, color, rect.width());
        self.painter().with_clip_rect(rect).galley(rect.min, galley, color);
    }

    /// A number with its unit, the unit small and quiet, and left away where
    /// there is no room for it. Returns where it ended up.
    pub(crate) fn quantity(
        &self,
        rect: Rect,
        anchor: Align2,
        number: (&str, FontId, Color32),
        unit: &str,
    ) -> Rect {
        let (text, font, color) = number;
        let size = font.size;
        let bare = LayoutJob::single_section(text.to_owned(), TextFormat::simple(font, color));
        let mut job = bare.clone();
        if !unit.is_empty() {
            let unit_size = if size > theme::TEXT_SIZE { theme::TEXT_SIZE } else { size - 2.0 };
            let format = TextFormat::simple(theme::font(unit_size), theme::QUIET);
            job.append(unit, size * 0.22, format);
        }
        let mut galley = self.fitted(job, rect.width());
        if galley.elided && !unit.is_empty() {
            galley = self.fitted(bare, rect.width());
        }
        let place = anchor.align_size_within_rect(galley.size(), rect);
        self.painter().galley(place.min, galley, color);
        place
    }

    fn fitted(&self, mut job: LayoutJob, width: f32) -> Arc<Galley> {
        job.wrap = TextWrapping {
            max_width: width.max(0.0),
            max_rows: 1,
            break_anywhere: true,
            overflow_character: Some('\u{2026}'),
        };
        job.break_on_newline = false;
        self.painter().layout_job(job)
    }

    /// The value of a parameter in the settings that are shown.
    pub(crate) fn value(&self, index: usize) -> f64 {
        parameters()[index].read(self.view.settings)
    }

    /// Whether a switch is on.
    pub(crate) fn is_on(&self, id: &str) -> bool {
        self.value(index_of(id)) >= 0.5
    }

    /// A whole gesture at once; nothing when the value is already there.
    pub(crate) fn set_once(&mut self, index: usize, value: f64) {
        let value = parameters()[index].kind.snap(value);
        if value != self.value(index) {
            self.edits.extend([Edit::Begin(index), Edit::Set(index, value), Edit::End(index)]);
        }
    }

    /// Values of several parameters as one gesture; those that are there already are left alone.
    pub(crate) fn set_together(&mut self, values: &[(usize, f64)]) {
        let snapped = |(index, value): (usize, f64)| (index, parameters()[index].kind.snap(value));
        let moved: Vec<(usize, f64)> = values
            .iter()
            .map(|value| snapped(*value))
            .filter(|(index, value)| *value != self.value(*index))
            .collect();
        self.edits.extend(moved.iter().map(|(index, _)| Edit::Begin(*index)));
        self.edits.extend(moved.iter().map(|(index, value)| Edit::Set(*index, *value)));
        self.edits.extend(moved.iter().map(|(index, _)| Edit::End(*index)));
    }

    /// One of a run of values, by wheel or keys.
    pub(crate) fn step_to(&mut self, index: usize, value: f64) {
        let value = parameters()[index].kind.snap(value);
        if value != self.value(index) {
            self.edits.extend([Edit::BeginRun(index), Edit::Set(index, value), Edit::End(index)]);
        }
    }

    /// The parameter goes back to what it is in neutral settings.
    pub(crate) fn reset(&mut self, index: usize) {
        self.set_once(index, parameters()[index].default);
    }

    /// Moves the parameter by a share of its control's travel, at least one step.
    pub(crate) fn nudge(&mut self, index: usize, travel: f64) {
        let kind = &parameters()[index].kind;
        let value = self.value(index);
        let mut moved = kind.from_normalized(kind.to_normalized(value) + travel);
        if moved == value && travel != 0.0 {
            moved = kind.snap(value + step_of(kind) * travel.signum());
        }
        self.step_to(index, moved);
    }

    /// A drag begins.
    pub(crate) fn begin_drag(&mut self, index: usize) {
        let value = self.value(index);
        let position = parameters()[index].kind.to_normalized(value);
        self.state.gestures.retain(|gesture| gesture.index != index);
        self.state.gestures.push(Gesture { index, position, value, is_alive: true });
        self.edits.push(Edit::Begin(index));
    }

    /// The drag goes on by a share of the control's travel.
    pub(crate) fn drag_by(&mut self, index: usize, travel: f64) {
        let kind = &parameters()[index].kind;
        let Some(gesture) = self.state.gesture(index) else { return };
        gesture.is_alive = true;
        gesture.position = (gesture.position + travel).clamp(0.0, 1.0);
        let value = kind.from_normalized(gesture.position);
        if value != gesture.value {
            gesture.value = value;
            self.edits.push(Edit::Set(index, value));
        }
    }

    /// The drag goes on to a value.
    pub(crate) fn drag_to(&mut self, index: usize, value: f64) {
        let position = parameters()[index].kind.to_normalized(value);
        let Some(gesture) = self.state.gesture(index) else { return };
        let travel = position - gesture.position;
        self.drag_by(index, travel);
    }

    /// The drag ends.
    pub(crate) fn end_drag(&mut self, index: usize) {
        let count = self.state.gestures.len();
        self.state.gestures.retain(|gesture| gesture.index != index);
        if self.state.gestures.len() != count {
            self.edits.push(Edit::End(index));
        }
    }

    /// Whether a drag of this parameter is under way.
    pub(crate) fn is_dragged(&self, index: usize) -> bool {
        self.state.gestures.iter().any(|gesture| gesture.index == index)
    }

    /// Turns of the wheel over a part in this frame, upward positive.
    pub(crate) fn wheel_turns(&self, response: &Response) -> f64 {
        if !response.contains_pointer() {
            return 0.0;
        }
        self.ui.input(|input| {
            input.events.iter().fold(0.0, |turns, event| match event {
                egui::Event::MouseWheel { unit, delta, .. } => {
                    // With shift held some systems turn the wheel sideways.
                    let delta = f64::from(delta.y + delta.x);
                    turns
                        + match unit {
                            egui::MouseWheelUnit::Point => delta / 50.0,
                            egui::MouseWheelUnit::Line | egui::MouseWheelUnit::Page => delta,
                        }
                }
                _ => turns,
            })
        })
    }

    /// How much slower a control moves while shift is held.
    pub(crate) fn fineness(&self) -> f64 {
        if self.ui.input(|input| input.modifiers.shift) { 0.1 } else { 1.0 }
    }

    /// Whether a click asks for the neutral value: double, or with ctrl (cmd) held.
    pub(crate) fn is_reset_click(&self, response: &Response) -> bool {
        response.double_clicked()
            || (response.clicked() && self.ui.input(|input| input.modifiers.command))
    }
}

/// The position of a parameter in the table.
pub(crate) fn index_of(id: &str) -> usize {
    parameter_index(id).unwrap_or_else(|| unreachable!("{id} is not in the table of parameters"))
}

/// A parameter of the table.
pub(crate) fn parameter(index: usize) -> &'static ChainParameter {
    &parameters()[index]
}

fn step_of(kind: &burnish_dsp::parameter::Kind) -> f64 {
    match *kind {
        burnish_dsp::parameter::Kind::Continuous { step, .. } => step,
        _ => 1.0,
    }
}
