//! Loop regions on the waveform: dragged into being, moved by their edges or
//! their tab, played by a click, taken away by their cross.

use burnish_session::references::{MOST_REGIONS, Region};
use egui::{
    Align2, CursorIcon, EventFilter, Key, Rect, Response, Role, Sense, Stroke, StrokeKind,
    WidgetInfo, pos2, vec2,
};

use super::times::describe;
use crate::format;
use crate::icons;
use crate::plots::Axis;
use crate::scene::Scene;
use crate::theme;
use crate::view::{Edit, ReferenceEdit, ReferenceView};
use crate::widgets::{ButtonLook, button};

/// Width of the place that answers for an edge.
const EDGE_WIDTH: f32 = 9.0;
const TAB_HEIGHT: f32 = 15.0;
/// From this width on a region has its cross.
const WIDTH_WITH_CROSS: f32 = 64.0;
/// How far an arrow key moves an edge, seconds; with shift a tenth of it.
const STEP_S: f64 = 0.1;

/// What of the regions is being dragged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grip {
    /// A region that is being made.
    New,
    Start(usize),
    End(usize),
    /// The tab, which moves the region as it is.
    Tab(usize),
}

/// A drag under way, in seconds of the song.
#[derive(Clone, Copy, Debug)]
pub(super) struct RegionDrag {
    song: usize,
    grip: Grip,
    /// The region as it was; where the drag began, for a new one.
    before: Region,
    pressed_s: f64,
    to_s: f64,
}

impl RegionDrag {
    /// Where the drag has brought the region.
    fn region(&self, duration_s: f64) -> Option<Region> {
        let Region { start_s, end_s } = self.before;
        match self.grip {
            Grip::New => Region::between(self.pressed_s, self.to_s, duration_s),
            Grip::Start(_) => Region::between(self.to_s, end_s, duration_s),
            Grip::End(_) => Region::between(start_s, self.to_s, duration_s),
            Grip::Tab(_) => {
                let latest_s = (duration_s - self.before.length_s()).max(0.0);
                let moved_s = (start_s + self.to_s - self.pressed_s).clamp(0.0, latest_s);
                Region::between(moved_s, moved_s + self.before.length_s(), duration_s)
            }
        }
    }
}

/// The waveform of one song, to which its regions belong.
#[derive(Clone, Copy)]
pub(super) struct Song<'a> {
    /// Its place in the list.
    pub(super) place: usize,
    /// The song.
    pub(super) reference: &'a ReferenceView,
    /// Where its waveform is drawn.
    pub(super) plot: Rect,
    /// Seconds from left to right.
    pub(super) axis: &'a Axis,
    /// Its length.
    pub(super) duration_s: f64,
}

impl Song<'_> {
    fn rect(&self, region: &Region) -> Rect {
        let x = self.axis.at(region.start_s)..=self.axis.at(region.end_s);
        Rect::from_x_y_ranges(x, self.plot.y_range())
    }
}

/// Draws the regions over the waveform, and answers to the pointer.
pub(super) fn show(scene: &mut Scene<'_>, drag: &mut Option<RegionDrag>, song: &Song<'_>) {
    drop_lost_drag(scene, drag, song);
    answer(scene, drag, song);
    for i in 0..song.reference.regions.len() {
        show_region(scene, drag, song, i);
    }
    show_new(scene, drag.as_ref(), song);
}

/// A drag whose song or region has gone, or whose end was not seen, is over.
fn drop_lost_drag(scene: &Scene<'_>, under_way: &mut Option<RegionDrag>, song: &Song<'_>) {
    let Some(drag) = under_way else { return };
    let (is_held, is_cancelled) = scene.ui.input(|input| {
        let pointer = &input.pointer;
        (pointer.any_down() || pointer.any_released(), input.key_pressed(Key::Escape))
    });
    let is_there = match drag.grip {
        Grip::New => true,
        Grip::Start(i) | Grip::End(i) | Grip::Tab(i) => i < song.reference.regions.len(),
    };
    if drag.song != song.place || !is_there || !is_held || is_cancelled {
        *under_way = None;
    }
}

/// The waveform itself: a drag makes a region, a click plays one.
fn answer(scene: &mut Scene<'_>, drag: &mut Option<RegionDrag>, song: &Song<'_>) {
    let name = "Reference waveform";
    let response = scene.interact(song.plot, name, Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    if response.hovered() {
        scene.ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
    }
    follow(scene, drag, &response, song, (Grip::New, None));
    if response.clicked() {
        let Some(at) = response.interact_pointer_pos() else { return };
        let at_s = song.axis.value(at.x);
        let regions = song.reference.regions.iter().enumerate();
        let hit = regions.filter(|(_, region)| (region.start_s..=region.end_s).contains(&at_s));
        let shortest = hit.min_by(|(_, a), (_, b)| a.length_s().total_cmp(&b.length_s()));
        if let Some((i, _)) = shortest {
            play(scene, song, i);
        }
    }
}

fn play(scene: &mut Scene<'_>, song: &Song<'_>, i: usize) {
    if song.reference.region != Some(i) {
        let edit = ReferenceEdit::ChooseRegion(song.place, Some(i));
        scene.edits.push(Edit::Reference(edit));
    }
}

/// Begins, continues and ends the drag of a grip.
fn follow(
    scene: &mut Scene<'_>,
    under_way: &mut Option<RegionDrag>,
    response: &Response,
    song: &Song<'_>,
    (grip, region): (Grip, Option<Region>),
) {
    let pointer_s = response.interact_pointer_pos().map(|at| song.axis.value(at.x));
    if response.drag_started() {
        let origin = scene.ui.input(|input| input.pointer.press_origin());
        let pressed_s = origin.map_or(0.0, |at| song.axis.value(at.x));
        *under_way = Some(RegionDrag {
            song: song.place,
            grip,
            before: region.unwrap_or(Region { start_s: pressed_s, end_s: pressed_s }),
            pressed_s,
            to_s: pointer_s.unwrap_or(pressed_s),
        });
    }
    let Some(mut drag) = under_way.filter(|drag| drag.grip == grip) else { return };
    drag.to_s = pointer_s.unwrap_or(drag.to_s);
    *under_way = (!response.drag_stopped()).then_some(drag);
    if !response.drag_stopped() {
        return;
    }
    let Some(region) = drag.region(song.duration_s) else { return };
    let edit = match grip {
        Grip::New if song.reference.regions.len() >= MOST_REGIONS => return,
        Grip::New => ReferenceEdit::AddRegion(song.place, region),
        Grip::Start(i) | Grip::End(i) | Grip::Tab(i) => {
            scene.edits.push(Edit::EndRun);
            ReferenceEdit::MoveRegion(song.place, i, region)
        }
    };
    scene.edits.push(Edit::Reference(edit));
}

fn show_region(scene: &mut Scene<'_>, drag: &mut Option<RegionDrag>, song: &Song<'_>, i: usize) {
    let before = song.reference.regions[i];
    let dragged = drag
        .filter(|drag| matches!(drag.grip, Grip::Start(j) | Grip::End(j) | Grip::Tab(j) if j == i));
    let region = dragged.and_then(|drag| drag.region(song.duration_s)).unwrap_or(before);
    let is_played = song.reference.region == Some(i);
    let rect = song.rect(&region);
    paint(scene, rect, is_played);
    show_edge(scene, drag, song, (i, region), true);
    show_edge(scene, drag, song, (i, region), false);
    show_tab(scene, drag, song, (i, region), is_played);
    if dragged.is_some() {
        write_times(scene, song, &region);
    } else if rect.width() >= WIDTH_WITH_CROSS {
        show_cross(scene, song, i, rect);
    }
}

fn paint(scene: &Scene<'_>, rect: Rect, is_played: bool) {
    let (fill, width, opacity) = if is_played { (0.10, 2.0, 1.0) } else { (0.06, 1.0, 0.6) };
    let painter = scene.painter();
    painter.rect_filled(rect, 0, theme::faded(theme::TEXT, fill));
    let stroke = Stroke::new(width, theme::faded(theme::TEXT, opacity));
    painter.vline(rect.left(), rect.y_range(), stroke);
    painter.vline(rect.right(), rect.y_range(), stroke);
    if is_played {
        painter.hline(rect.x_range(), rect.bottom() - 1.0, stroke);
    }
}

/// An edge that is dragged, or moved by the arrow keys.
fn show_edge(
    scene: &mut Scene<'_>,
    drag: &mut Option<RegionDrag>,
    song: &Song<'_>,
    (i, region): (usize, Region),
    is_start: bool,
) {
    let (grip, word, at_s) = if is_start {
        (Grip::Start(i), "start", region.start_s)
    } else {
        (Grip::End(i), "end", region.end_s)
    };
    let center = pos2(song.axis.at(at_s), song.plot.center().y);
    let size = vec2(EDGE_WIDTH, song.plot.height());
    let place = Rect::from_center_size(center, size).intersect(song.plot);
    let name = format!("Region {} {word}", i + 1);
    let response = scene.interact(place, &name, Sense::drag());
    response.widget_info(|| WidgetInfo {
        value: Some(at_s),
        ..WidgetInfo::labeled(Role::Slider, true, &name)
    });
    if response.hovered() || response.dragged() || response.has_focus() {
        scene.ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
        let stroke = Stroke::new(3.0, theme::TEXT);
        scene.painter().vline(center.x, song.plot.y_range(), stroke);
    }
    follow(scene, drag, &response, song, (grip, Some(region)));
    let steps = key_steps(scene, &response);
    if steps != 0.0 {
        let to_s = at_s + steps * STEP_S * scene.fineness();
        let drag = RegionDrag { song: song.place, grip, before: region, pressed_s: at_s, to_s };
        if let Some(moved) = drag.region(song.duration_s).filter(|moved| *moved != region) {
            let edit = ReferenceEdit::MoveRegion(song.place, i, moved);
            scene.edits.push(Edit::Reference(edit));
        }
    }
}

fn key_steps(scene: &Scene<'_>, response: &Response) -> f64 {
    if !response.has_focus() {
        return 0.0;
    }
    let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    scene.ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    scene.ui.input(|input| {
        input.num_presses(Key::ArrowRight) as f64 - input.num_presses(Key::ArrowLeft) as f64
    })
}

/// The number of a region: a click plays it, a drag moves it.
fn show_tab(
    scene: &mut Scene<'_>,
    drag: &mut Option<RegionDrag>,
    song: &Song<'_>,
    (i, region): (usize, Region),
    is_played: bool,
) {
    let width = if is_played { 28.0 } else { 17.0 };
    let left = song.axis.at(region.start_s).min(song.plot.right() - width);
    let place = Rect::from_min_size(pos2(left, song.plot.top()), vec2(width, TAB_HEIGHT));
    let name = format!("Region {}", i + 1);
    let response = scene.interact(place, &name, Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_played, &name));
    let text = describe(&region);
    scene.ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(text.as_str()));
    let is_active = response.hovered() || response.has_focus() || response.dragged();
    let (fill, ink) = match (is_played, is_active) {
        (true, _) => (theme::TEXT, theme::GROUND),
        (false, true) => (theme::QUIET, theme::GROUND),
        (false, false) => (theme::CHOSEN, theme::TEXT),
    };
    scene.painter().rect_filled(place, 2, fill);
    if response.has_focus() {
        let stroke = Stroke::new(1.0, theme::REFERENCE);
        scene.painter().rect_stroke(place, 2, stroke, StrokeKind::Outside);
    }
    let number = if is_played {
        icons::play(scene.painter(), place.left_center() + vec2(8.0, 0.0), ink);
        place.with_min_x(place.left() + 12.0)
    } else {
        place
    };
    let font = theme::strong_font(theme::LABEL_SIZE);
    scene.text_in(number, Align2::CENTER_CENTER, &(i + 1).to_string(), font, ink);
    follow(scene, drag, &response, song, (Grip::Tab(i), Some(region)));
    if response.clicked() {
        play(scene, song, i);
    }
    if !response.dragged() {
        response.on_hover_text(format!("{text}\nClick to loop it, drag to move it."));
    }
}

fn show_cross(scene: &mut Scene<'_>, song: &Song<'_>, i: usize, rect: Rect) {
    let place = Rect::from_min_size(
        pos2(rect.right() - TAB_HEIGHT - 4.0, rect.top()),
        vec2(TAB_HEIGHT, TAB_HEIGHT),
    );
    let name = format!("Remove region {}", i + 1);
    let help = "Takes the region away.";
    if button(scene, place, "\u{00d7}", &name, help, ButtonLook::Bare).clicked() {
        scene.edits.push(Edit::Reference(ReferenceEdit::RemoveRegion(song.place, i)));
    }
}

/// The region that is being dragged into being.
fn show_new(scene: &Scene<'_>, drag: Option<&RegionDrag>, song: &Song<'_>) {
    let drag = drag.filter(|drag| drag.grip == Grip::New);
    let Some(region) = drag.and_then(|drag| drag.region(song.duration_s)) else { return };
    if song.reference.regions.len() >= MOST_REGIONS {
        write(scene, song, &region, &format::full(MOST_REGIONS, "regions"));
        return;
    }
    paint(scene, song.rect(&region), true);
    write_times(scene, song, &region);
}

fn write_times(scene: &Scene<'_>, song: &Song<'_>, region: &Region) {
    write(scene, song, region, &describe(region));
}

/// A line over a region, at the lower edge and within the plot.
fn write(scene: &Scene<'_>, song: &Song<'_>, region: &Region, text: &str) {
    let font = theme::font(theme::LABEL_SIZE);
    let galley = scene.painter().layout_no_wrap(text.to_owned(), font, theme::TEXT);
    let half = 0.5 * galley.size().x + 6.0;
    let middle = song.rect(region).center().x;
    let x = middle.min(song.plot.right() - half).max(song.plot.left() + half);
    let center = pos2(x, song.plot.bottom() - 0.5 * galley.size().y - 6.0);
    let ground = Rect::from_center_size(center, galley.size() + vec2(8.0, 2.0));
    scene.painter().rect_filled(ground, 3, theme::faded(theme::GROUND, 0.9));
    let at = center - 0.5 * galley.size();
    scene.reading(ground.intersect(song.plot), "Dragged region", text);
    scene.painter().galley(at, galley, theme::TEXT);
}
