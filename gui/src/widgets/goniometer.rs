//! The goniometer: every frame a dot, the middle upward, the sides across.
//!
//! `y = (L + R) / √2`, `x = (R - L) / √2`. The level is drawn as its power of
//! 0.6, which shows quiet passages too and leaves every angle as it is.

use std::collections::VecDeque;
use std::f32::consts::FRAC_1_SQRT_2;

use egui::{Align2, Mesh, Rect, Stroke, pos2, vec2};

use crate::scene::Scene;
use crate::theme;

const LEVEL_POWER: f32 = 0.6;
/// Most dots that are drawn; older frames are left out.
const MOST_DOTS: usize = 2400;

/// Dots of the newest frames, older ones fainter, in a diamond with its axes.
pub(crate) fn goniometer(scene: &Scene<'_>, rect: Rect, frames: &VecDeque<[f32; 2]>) {
    let size = rect.width().min(rect.height());
    let center = rect.center();
    let radius = 0.5 * size - 2.0;
    let painter = scene.painter().with_clip_rect(rect.intersect(scene.painter().clip_rect()));
    let corner = |x: f32, y: f32| center + vec2(x, y) * radius;
    let diamond = [corner(0.0, -1.0), corner(1.0, 0.0), corner(0.0, 1.0), corner(-1.0, 0.0)];
    let line = Stroke::new(1.0, theme::LINE);
    painter.add(egui::Shape::convex_polygon(diamond.to_vec(), theme::WELL, line));
    let grid = Stroke::new(1.0, theme::GRID);
    painter.line_segment([diamond[0], diamond[2]], grid);
    painter.line_segment([diamond[1], diamond[3]], grid);
    painter.line_segment([corner(-0.5, -0.5), corner(0.5, 0.5)], grid);
    painter.line_segment([corner(0.5, -0.5), corner(-0.5, 0.5)], grid);

    let shown = frames.len().min(MOST_DOTS);
    let mut mesh = Mesh::default();
    mesh.reserve_vertices(4 * shown);
    mesh.reserve_triangles(2 * shown);
    let dot = if size > 240.0 { 1.6 } else { 1.2 };
    for (age, [left, right]) in frames.iter().rev().take(shown).enumerate() {
        if !(left.is_finite() && right.is_finite()) {
            continue;
        }
        let (x, y) = (FRAC_1_SQRT_2 * (right - left), FRAC_1_SQRT_2 * (left + right));
        // The louder channel at full scale reaches the edge of the diamond.
        let level = left.abs().max(right.abs());
        if level < 1e-5 {
            continue;
        }
        let scale = FRAC_1_SQRT_2 * level.min(1.0).powf(LEVEL_POWER) / level;
        let at = center + vec2(x, -y) * scale * radius;
        let opacity = 0.75 * (1.0 - age as f32 / shown as f32).powi(2) + 0.06;
        let place = Rect::from_center_size(at, vec2(dot, dot));
        mesh.add_colored_rect(place, theme::faded(theme::MASTER, opacity));
    }
    painter.add(mesh);

    let font = theme::font(theme::LABEL_SIZE);
    let label = |at, anchor, text: &str| {
        painter.text(at, anchor, text, font.clone(), theme::FAINT);
    };
    let off = 0.5 * radius + 4.0;
    label(pos2(center.x - off, center.y - off), Align2::RIGHT_BOTTOM, "L");
    label(pos2(center.x + off, center.y - off), Align2::LEFT_BOTTOM, "R");
    if size > 200.0 {
        label(pos2(center.x + 4.0, center.y - radius + 12.0), Align2::LEFT_TOP, "M");
        label(pos2(center.x + radius - 12.0, center.y - 2.0), Align2::RIGHT_BOTTOM, "S");
    }
}
