//! The limiter: what goes in, what comes out, what was taken off, and the ceiling.

use burnish_dsp::settings::Stage;
use egui::Rect;

use super::face::{Face, Title};
use super::waveform::{self, Waveform};
use super::{frame, reduction_bar};
use crate::flow::{Item, Part};
use crate::format;
use crate::scene::{Scene, index_of, parameter};

const AUTO: &str = "Has no effect while the release is automatic.";

/// The limiter.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LimiterFace;

impl Face for LimiterFace {
    fn stage(&self) -> Stage {
        Stage::Limiter
    }

    fn title(&self) -> Title {
        Title {
            name: "Limiter",
            purpose: "loudness up to the ceiling, never above",
            has_note: true,
        }
    }

    fn reading(&self, scene: &Scene<'_>) -> Option<(String, &'static str)> {
        let [left, right] = scene.view.meters.reduction.limiter_db;
        Some(reduction_bar::reading(left.max(right)))
    }

    fn miniature(&mut self, scene: &Scene<'_>, area: Rect, is_on: bool) {
        reduction_bar::show(scene, area, scene.view.meters.reduction.limiter_db, 4.0, is_on);
    }

    fn show(&mut self, scene: &mut Scene<'_>, body: Rect) {
        let is_auto = scene.is_on("limiter.auto_release");
        let items = [
            Item::Knob("limiter.gain"),
            Item::Knob("limiter.ceiling"),
            Item::Space,
            Item::Block(&[
                &[Part::Choice("limiter.character", 84.0, None)],
                &[Part::Switch("limiter.auto_release")],
            ]),
            Item::knob_if(!is_auto, "limiter.release", AUTO),
            Item::Space,
            Item::Knob("limiter.transient_link"),
            Item::Knob("limiter.release_link"),
        ];
        let plot = frame::with_controls(scene, body, &items);
        let settings = &scene.view.settings.limiter;
        let ceiling = parameter(index_of("limiter.ceiling")).kind.format(settings.ceiling_dbtp);
        let name = format!("Ceiling {}", format::minus(&ceiling));
        waveform::show(
            scene,
            plot,
            &Waveform {
                input: |point| point.on_the_way.at_limiter,
                has_output: true,
                reduction: Some(|point| point.limiter_db),
                line: Some((settings.ceiling_dbtp, &name)),
                empty: "Play the mix: the waveform and what the limiter takes off appear here.",
            },
        );
        let [left, right] = scene.view.meters.reduction.limiter_db;
        let gentle = scene.view.reductions.limiter.share_between(0.0, 4.0);
        let now = format!("Gain reduction {} dB", format::decimal(-left.max(right), 1));
        let text = if scene.view.reductions.limiter.is_empty() {
            now
        } else {
            let percent = format::decimal(100.0 * gentle, 0);
            format!("{now}  \u{00b7}  under 4 dB for {percent} % since the reset")
        };
        frame::title_note(scene, body, &text);
        let help = "Slate is what reaches the limiter with its gain, copper the master, rose hangs from \
                    the top as far as the gain is reduced; the last 10 s.";
        scene.explain(plot, "Limiter history", help);
    }
}
