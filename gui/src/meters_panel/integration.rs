//! How the integrated values follow the transport: the choice, pause and reset,
//! and in one line what they are of.

use burnish_dsp::integration::{IntegrationMode, Place};
use egui::{Align2, Color32, PopupCloseBehavior, Rect, pos2, vec2};

use crate::format;
use crate::icons;
use crate::scene::Scene;
use crate::theme;
use crate::view::{Edit, View};
use crate::widgets::{ButtonLook, Segment, button, menu_button, segments, show_menu};

/// Height of the mode's buttons and of the line below them.
pub(crate) const HEIGHT: f32 = 22.0 + 18.0;
/// Height where both share a menu button.
pub(crate) const FOLDED_HEIGHT: f32 = 22.0;

const RESET_WIDTH: f32 = 48.0;
const PAUSE_WIDTH: f32 = 26.0;

fn help(mode: IntegrationMode) -> &'static str {
    match mode {
        IntegrationMode::FreeRunning => {
            "Free-running: everything that has left the chain since the last reset counts, \
             whatever is heard."
        }
        IntegrationMode::ResetOnPlay => {
            "Reset on play: the readings start afresh when the song is started, and stand still \
             when it stops."
        }
        IntegrationMode::Timeline => {
            "Timeline: the readings are of the song. A passage that is played again replaces what \
             was measured of it, so play what you have changed, not all of it. Kept with the \
             session; up to 3 h."
        }
    }
}

/// What fits on a third of the column.
fn short_name(mode: IntegrationMode) -> &'static str {
    match mode {
        IntegrationMode::FreeRunning => "Free",
        IntegrationMode::ResetOnPlay => "On play",
        IntegrationMode::Timeline => "Timeline",
    }
}

/// Pause and reset, at the right of `rect`.
pub(crate) fn buttons(scene: &mut Scene<'_>, rect: Rect) {
    let reset = Rect::from_min_max(pos2(rect.right() - RESET_WIDTH, rect.top()), rect.max);
    let is_fallback = scene.view.meters.integration.is_fallback;
    let is_song = scene.view.integration == IntegrationMode::Timeline && !is_fallback;
    let help = if is_song {
        "Starts all integrated and maximum readings afresh: the whole song has to be played again."
    } else {
        "Starts all integrated and maximum readings afresh."
    };
    if button(scene, reset, "Reset", "Reset meters", help, ButtonLook::Plain).clicked() {
        scene.edits.push(Edit::ResetMeters);
    }
    let right = reset.left() - 4.0;
    let pause =
        Rect::from_min_max(pos2(right - PAUSE_WIDTH, rect.top()), pos2(right, rect.bottom()));
    let is_paused = scene.view.is_integration_paused;
    let (name, help, look) = if is_paused {
        let help = "Goes on measuring. What was played meanwhile does not count.";
        ("Start measuring", help, ButtonLook::Filled(theme::ATTENTION))
    } else {
        let help = "Pauses the integrated and maximum readings.";
        ("Pause measuring", help, ButtonLook::Plain)
    };
    if button(scene, pause, "", name, help, look).clicked() {
        scene.edits.push(Edit::PauseMeters(!is_paused));
    }
    if is_paused {
        icons::play(scene.painter(), pause.center(), theme::GROUND);
    } else {
        icons::pause(scene.painter(), pause.center(), theme::TEXT);
    }
}

/// The mode as buttons, and the line that says what is measured.
pub(crate) fn show(scene: &mut Scene<'_>, rect: Rect) {
    let names = IntegrationMode::ALL.map(|mode| format!("Integration: {}", mode.name()));
    let items: Vec<Segment<'_>> = IntegrationMode::ALL
        .into_iter()
        .zip(&names)
        .map(|(mode, name)| Segment {
            text: short_name(mode),
            name,
            help: help(mode),
            color: theme::CHOSEN,
            is_disabled: false,
        })
        .collect();
    let chosen = IntegrationMode::ALL.iter().position(|mode| *mode == scene.view.integration);
    let place = rect.with_max_y(rect.top() + 22.0);
    if let Some(clicked) = segments(scene, place, &items, chosen) {
        scene.edits.push(Edit::Integration(IntegrationMode::ALL[clicked]));
    }
    let status = Status::of(scene.view);
    let line = Rect::from_min_max(pos2(rect.left(), place.bottom() + 2.0), rect.max);
    let mut words = line;
    if status.needs_attention {
        icons::warning(scene.painter(), line.left_center() + vec2(8.0, 0.0), theme::ATTENTION);
        words.min.x += 22.0;
    }
    let font = theme::font(theme::LABEL_SIZE);
    scene.text_in(words, Align2::LEFT_CENTER, &status.long, font, status.color());
    scene.reading(line, "Measured", &status.long).on_hover_text(&status.help);
}

/// Both in a menu button, where there is no room for more.
pub(crate) fn show_folded(scene: &mut Scene<'_>, rect: Rect) {
    let status = Status::of(scene.view);
    let response = menu_button(scene, rect, &status.short, "Integration mode", &status.help);
    let chosen = scene.view.integration;
    let edits = &mut *scene.edits;
    show_menu(&response, 200.0, PopupCloseBehavior::CloseOnClick, |ui| {
        for mode in IntegrationMode::ALL {
            let item = egui::Button::selectable(mode == chosen, mode.name());
            if ui.add(item).on_hover_text(help(mode)).clicked() {
                edits.push(Edit::Integration(mode));
            }
        }
        ui.separator();
        ui.add(egui::Label::new(egui::RichText::new(&status.long).color(theme::QUIET)).wrap());
    });
}

/// What the integrated values are of, in words.
struct Status {
    short: String,
    long: String,
    help: String,
    needs_attention: bool,
}

impl Status {
    fn of(view: &View<'_>) -> Self {
        let (short, long, needs_attention) = words(view);
        let (short, long, needs_attention) = if view.is_bypassed {
            let long = format!("Of the master, not heard: {long}");
            ("Of the master".to_owned(), long, true)
        } else {
            (short, long, needs_attention)
        };
        let mode = view.integration;
        let pause = if view.is_integration_paused { "\nPaused." } else { "" };
        let help = format!("{long}.{pause}\n{}", help(mode));
        let long = if view.is_integration_paused { format!("Paused: {long}") } else { long };
        Self { short, long, help, needs_attention }
    }

    fn color(&self) -> Color32 {
        if self.needs_attention { theme::ATTENTION } else { theme::QUIET }
    }
}

/// Short, long, and whether it is not what was asked for.
fn words(view: &View<'_>) -> (String, String, bool) {
    let integration = &view.meters.integration;
    let measured_s = view.meters.output.loudness.measured_s;
    let measured = format::duration(measured_s);
    let mode = view.integration;
    let say = |short: &str, long: &str, is_odd| (short.to_owned(), long.to_owned(), is_odd);
    // The audio thread has not yet heard of the choice, or there is no audio.
    let is_waiting = integration.mode != mode;
    match mode {
        _ if is_waiting && mode != IntegrationMode::FreeRunning => {
            say(mode.name(), "Play the song to measure it", false)
        }
        IntegrationMode::FreeRunning if measured_s > 0.0 => {
            (mode.name().to_owned(), format!("{measured} measured since the reset"), false)
        }
        IntegrationMode::FreeRunning => say(mode.name(), "Play to measure", false),
        IntegrationMode::ResetOnPlay if integration.is_fallback => {
            say(mode.name(), "Free-running until the song is started", false)
        }
        IntegrationMode::ResetOnPlay => {
            (mode.name().to_owned(), format!("{measured} measured since the start"), false)
        }
        IntegrationMode::Timeline => match integration.place {
            Place::Unknown if integration.is_fallback => {
                say("No position", "The host gives no position: free-running", true)
            }
            _ if integration.is_fallback => {
                say(mode.name(), "Free-running until the song plays", false)
            }
            Place::BeforeStart => {
                say("Not measured", "Not measured before the song\u{2019}s start", true)
            }
            Place::BeyondEnd => say("Not measured", "Not measured beyond 3 h", true),
            _ if integration.timeline.span_s <= 0.0 => {
                say(mode.name(), "Play the song to measure it", false)
            }
            _ => share(integration.timeline.measured_s, integration.timeline.span_s),
        },
    }
}

fn share(measured_s: f64, span_s: f64) -> (String, String, bool) {
    // All of it is only said of all of it.
    let percent = (100.0 * measured_s / span_s + 1e-9).clamp(0.0, 100.0).floor();
    let long = format!("{percent} % of {} measured", format::duration(span_s));
    (format!("Timeline {percent} %"), long, false)
}
