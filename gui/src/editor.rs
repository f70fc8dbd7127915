//! The editor: its layout, and the order in which its parts are drawn.

use burnish_dsp::settings::Stage;
use egui::{Rect, Ui, pos2, vec2};

use crate::header::Header;
use crate::page::Page;
use crate::pages::Pages;
use crate::scene::Scene;
use crate::stages::Stages;
use crate::state::State;
use crate::view::{Edit, View};
use crate::{chain_row, curtain, drop_target, fonts, listening_bar, message, meters_panel, theme};

/// The size that a new window opens with.
pub const DEFAULT_SIZE: [u32; 2] = [1100, 700];
/// The smallest size in which everything can be reached.
pub const SMALLEST_SIZE: [u32; 2] = [800, 500];

const HEADER_HEIGHT: f32 = 40.0;
const CHAIN_HEIGHT: f32 = 72.0;
const FOLDED_CHAIN_HEIGHT: f32 = 36.0;
const LISTENING_HEIGHT: f32 = 48.0;
const METERS_WIDTH: f32 = 280.0;
const FOLDED_METERS_WIDTH: f32 = 168.0;
/// Below this width the meters fold to numbers.
const FOLD_WIDTH: f32 = 960.0;
/// Below this height the chain row folds to names, and the meters fold too.
const FOLD_HEIGHT: f32 = 600.0;

/// How strongly the chain is drawn while the host has switched the plug-in out.
const BYPASSED_OPACITY: f32 = 0.4;

/// The editor. It holds nothing but its own appearance: what is shown comes in
/// with every frame, what the person asks for goes out.
#[derive(Debug, Default)]
pub struct Editor {
    state: State,
    header: Header,
    stages: Stages,
    pages: Pages,
}

/// Where the parts lie.
#[derive(Clone, Copy, Debug)]
struct Layout {
    header: Rect,
    chain: Rect,
    stage: Rect,
    meters: Rect,
    message: Rect,
    listening: Rect,
    are_meters_folded: bool,
    is_chain_folded: bool,
}

impl Layout {
    fn new(window: Rect, has_message: bool) -> Self {
        let gap = theme::GAP;
        let is_chain_folded = window.height() < FOLD_HEIGHT;
        let are_meters_folded = is_chain_folded || window.width() < FOLD_WIDTH;
        let (left, right) = (window.left() + gap, window.right() - gap);
        let row = |top: f32, height: f32| {
            Rect::from_min_max(pos2(left, top), pos2(right, top + height.max(0.0)))
        };
        let header = Rect::from_min_size(window.min, vec2(window.width(), HEADER_HEIGHT));
        let chain_height = if is_chain_folded { FOLDED_CHAIN_HEIGHT } else { CHAIN_HEIGHT };
        let chain = row(header.bottom() + gap, chain_height);
        let listening = row(window.bottom() - gap - LISTENING_HEIGHT, LISTENING_HEIGHT);
        let message_height = if has_message { 28.0 } else { 0.0 };
        let message = row(listening.top() - gap - message_height, message_height);
        let top = chain.bottom() + gap;
        let bottom = if has_message { message.top() - gap } else { listening.top() - gap };
        let main = row(top, bottom - top);
        let width = if are_meters_folded { FOLDED_METERS_WIDTH } else { METERS_WIDTH };
        let split = main.right() - width;
        Self {
            header,
            chain,
            stage: Rect::from_min_max(main.min, pos2(split - gap, main.bottom())),
            meters: Rect::from_min_max(pos2(split, main.top()), main.max),
            message,
            listening,
            are_meters_folded,
            is_chain_folded,
        }
    }
}

impl Editor {
    /// An editor that shows the limiter first.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives a fresh context the typeface and the style; once, before the first frame.
    pub fn install(ctx: &egui::Context) {
        ctx.set_fonts(fonts::definitions());
        theme::install(ctx);
    }

    /// The stage that is shown large.
    pub fn stage(&self) -> Stage {
        self.state.stage
    }

    /// Shows a stage large.
    pub fn choose_stage(&mut self, stage: Stage) {
        self.state.page = Page::Stage;
        self.state.stage = stage;
    }

    /// What is shown large.
    pub fn page(&self) -> Page {
        self.state.page
    }

    /// Shows a page large.
    pub fn choose_page(&mut self, page: Page) {
        self.state.page = page;
    }

    /// Draws one frame into the whole of `ui` and appends to `edits` what the person asks for.
    pub fn show(&mut self, ui: &mut Ui, view: &View<'_>, edits: &mut Vec<Edit>) {
        if ui.ctx().current_pass_index() == 0 {
            self.show_pass(ui, view, edits);
        } else {
            // egui draws a frame again when a size was not known, with the
            // same input: what that input asked for has been asked already.
            let gestures = self.state.gestures.clone();
            self.show_pass(ui, view, &mut Vec::new());
            self.state.gestures = gestures;
        }
    }

    fn show_pass(&mut self, ui: &mut Ui, view: &View<'_>, edits: &mut Vec<Edit>) {
        release_focus(ui);

        let window = ui.max_rect();
        ui.painter().rect_filled(window, 0, theme::GROUND);
        let layout = Layout::new(window, view.message.is_some());
        let mut scene = Scene { ui, view, edits, state: &mut self.state };
        self.header.show(&mut scene, layout.header);
        let is_blind = view.blind.is_running();
        if is_blind {
            // What could give the answer away is not drawn at all.
            scene.state.page = Page::Blind;
            curtain::show(&scene, layout.chain, layout.meters);
            self.pages.show(&mut scene, layout.stage);
        } else {
            let opacity = scene.ui.opacity();
            if view.is_bypassed {
                // It works on, but nobody hears it.
                scene.ui.set_opacity(BYPASSED_OPACITY * opacity);
            }
            chain_row::show(&mut scene, &mut self.stages, layout.chain, layout.is_chain_folded);
            scene.ui.set_opacity(opacity);
            if scene.state.page == Page::Stage {
                self.stages.show(&mut scene, layout.stage);
            } else {
                self.pages.show(&mut scene, layout.stage);
            }
            meters_panel::show(&mut scene, layout.meters, layout.are_meters_folded);
        }
        if let Some(text) = view.message {
            message::show(&mut scene, layout.message, text);
        }
        listening_bar::show(&mut scene, &self.pages, layout.listening);
        drop_target::show(&mut scene, window);
        self.end_lost_gestures(edits);
    }

    /// A control that vanished while it was dragged lets go.
    fn end_lost_gestures(&mut self, edits: &mut Vec<Edit>) {
        self.state.gestures.retain_mut(|gesture| {
            if !gesture.is_alive {
                edits.push(Edit::End(gesture.index));
            }
            std::mem::take(&mut gesture.is_alive)
        });
    }
}

/// A click anywhere but in a text field gives the keys back to the host.
fn release_focus(ui: &Ui) {
    let is_pressed = ui.input(|input| input.pointer.any_pressed());
    if is_pressed && !ui.ctx().text_edit_focused() {
        ui.memory_mut(|memory| {
            if let Some(id) = memory.focused() {
                memory.surrender_focus(id);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_its_place_in_every_window() {
        for (width, height) in [(800.0, 500.0), (1100.0, 700.0), (1600.0, 1000.0), (2400.0, 520.0)]
        {
            for has_message in [false, true] {
                let window = Rect::from_min_size(egui::Pos2::ZERO, vec2(width, height));
                let layout = Layout::new(window, has_message);
                let parts =
                    [layout.header, layout.chain, layout.stage, layout.meters, layout.listening];
                for (i, part) in parts.iter().enumerate() {
                    assert!(window.contains_rect(*part), "part {i} in {width} x {height}");
                    for other in &parts[i + 1..] {
                        assert!(!part.shrink(0.5).intersects(other.shrink(0.5)));
                    }
                }
                assert!(layout.stage.width() > 580.0 && layout.stage.height() > 240.0);
            }
        }
    }
}
