//! Shapes that plots are made of.

use egui::epaint::{BandPoint, BandShape};
use egui::{Align2, Color32, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, pos2};

use crate::format;
use crate::theme;

/// Lowest and highest frequency of every frequency axis.
pub(crate) const FREQUENCIES_HZ: [f64; 2] = [20.0, 20_000.0];

/// A straight mapping of values to screen coordinates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axis {
    from: f64,
    to: f64,
    start: f32,
    end: f32,
    is_logarithmic: bool,
}

impl Axis {
    /// `from` lands on `start`, `to` on `end`.
    pub(crate) fn linear(from: f64, to: f64, start: f32, end: f32) -> Self {
        Self { from, to, start, end, is_logarithmic: false }
    }

    /// The audible range over the width of `rect`.
    pub(crate) fn frequency(rect: Rect) -> Self {
        let [from, to] = FREQUENCIES_HZ;
        Self { from, to, start: rect.left(), end: rect.right(), is_logarithmic: true }
    }

    /// Where a value lies, at most at the ends; what is not a number lies at the start.
    pub(crate) fn at(&self, value: f64) -> f32 {
        self.at_unclamped(value).clamp(self.start.min(self.end), self.start.max(self.end))
    }

    /// Where a value lies, also beyond the ends.
    pub(crate) fn at_unclamped(&self, value: f64) -> f32 {
        let position = if self.is_logarithmic {
            (value.max(1e-3) / self.from).ln() / (self.to / self.from).ln()
        } else {
            (value - self.from) / (self.to - self.from)
        };
        let position = if position.is_nan() { 0.0 } else { position.clamp(-10.0, 10.0) };
        self.start + (self.end - self.start) * position as f32
    }

    /// The value at a coordinate, within the axis.
    pub(crate) fn value(&self, coordinate: f32) -> f64 {
        let position = f64::from((coordinate - self.start) / (self.end - self.start));
        let position = if position.is_nan() { 0.0 } else { position.clamp(0.0, 1.0) };
        if self.is_logarithmic {
            self.from * (self.to / self.from).powf(position)
        } else {
            self.from + (self.to - self.from) * position
        }
    }
}

/// The sunken ground of a plot.
pub(crate) fn well(painter: &Painter, rect: Rect) {
    let stroke = Stroke::new(1.0, theme::LINE);
    painter.rect(rect, theme::CONTROL_RADIUS, theme::WELL, stroke, StrokeKind::Inside);
}

/// Vertical lines at the decades and their halves, with the frequencies written below or inside.
pub(crate) fn frequency_grid(painter: &Painter, rect: Rect, label_y: f32) {
    let axis = Axis::frequency(rect);
    for frequency_hz in [50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10_000.0] {
        let x = axis.at(frequency_hz);
        painter.vline(x, rect.y_range(), Stroke::new(1.0, theme::GRID));
        let text = format::axis_frequency(frequency_hz);
        painter.text(
            pos2(x, label_y),
            Align2::CENTER_CENTER,
            text,
            theme::font(theme::LABEL_SIZE),
            theme::FAINT,
        );
    }
}

/// A line through points.
pub(crate) fn line(painter: &Painter, points: Vec<Pos2>, width: f32, color: Color32) {
    if points.len() > 1 {
        painter.line(points, Stroke::new(width, color));
    }
}

/// A dashed line through points.
pub(crate) fn dashed(painter: &Painter, points: &[Pos2], width: f32, color: Color32) {
    painter.extend(Shape::dashed_line(points, Stroke::new(width, color), 4.0, 3.0));
}

/// A dotted line through points.
pub(crate) fn dotted(painter: &Painter, points: &[Pos2], color: Color32) {
    painter.extend(Shape::dotted_line(points, color, 3.5, 0.9));
}

/// The area between points, left to right, and the height `base_y`.
pub(crate) fn area(painter: &Painter, points: &[Pos2], base_y: f32, color: Color32) {
    let band: Vec<_> = points
        .iter()
        .map(|point| BandPoint::new(point.x, point.y.min(base_y)..=point.y.max(base_y)))
        .collect();
    if band.len() > 1 {
        painter.add(BandShape::filled(band, color));
    }
}

/// The points of a history of `capacity` values, newest at the right edge of
/// `rect`, one for each column of pixels: the highest of its values. `start`
/// values have gone by before the first. Columns lie on a grid of all time and
/// only whole ones are given, so none changes once it is there.
pub(crate) fn history_points(
    rect: Rect,
    capacity: usize,
    start: u64,
    values: impl ExactSizeIterator<Item = f32>,
    y: impl Fn(f32) -> f32,
) -> Vec<Pos2> {
    let columns = (rect.width().floor() as usize).clamp(1, capacity) as u64;
    let capacity = capacity as u64;
    // A value belongs to the column in which it begins.
    let column_of = |value: u64| value * columns / capacity;
    let is_first = |value: u64| value == 0 || column_of(value - 1) != column_of(value);
    // The column of the value to come is not whole yet.
    let end = column_of(start + values.len() as u64);
    let oldest = end.saturating_sub(columns);
    let width = rect.width() / columns as f32;
    let mut points: Vec<Pos2> = Vec::with_capacity(columns as usize);
    let mut highest: Option<f32> = None;
    for (value, index) in values.zip(start..) {
        let column = column_of(index);
        if column >= end {
            break;
        }
        highest = match highest {
            _ if is_first(index) => Some(value),
            // Nor is the first, where it began before.
            None => continue,
            Some(highest) => Some(highest.max(value)),
        };
        let is_last = column_of(index + 1) != column;
        if let Some(highest) = highest.filter(|_| is_last && column >= oldest) {
            let x = rect.right() - (end - column) as f32 * width + 0.5 * width;
            points.push(pos2(x, y(highest)));
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_maps_there_and_back() {
        let rect = Rect::from_min_max(pos2(100.0, 0.0), pos2(400.0, 10.0));
        let axis = Axis::frequency(rect);
        assert!((axis.at(20.0) - 100.0).abs() < 1e-3);
        assert!((axis.at(20_000.0) - 400.0).abs() < 1e-3);
        assert!((axis.value(axis.at(632.0)) - 632.0).abs() < 0.1);
        let level = Axis::linear(0.0, -60.0, 10.0, 130.0);
        assert_eq!(level.at(-30.0), 70.0);
        assert_eq!(level.at(f64::NEG_INFINITY), 130.0);
        assert_eq!(level.at(f64::INFINITY), 10.0);
        assert_eq!(level.at(f64::NAN), 10.0);
    }

    #[test]
    fn a_history_keeps_the_highest_of_each_column_and_ends_at_the_right() {
        let rect = Rect::from_min_max(pos2(0.0, 0.0), pos2(10.0, 10.0));
        let values: Vec<f32> = (0..50).map(|i| if i == 7 { 9.0 } else { 1.0 }).collect();
        let points = history_points(rect, 100, 0, values.into_iter(), |value| value);
        assert_eq!(points.len(), 5);
        assert_eq!(points[0], pos2(5.5, 9.0));
        assert_eq!(points[4], pos2(9.5, 1.0));
        assert!(history_points(rect, 100, 0, std::iter::empty(), |value| value).is_empty());
    }

    #[test]
    fn a_column_never_changes_once_it_is_drawn() {
        for width in [7.0, 10.0, 33.0, 64.0, 100.0, 250.0] {
            let rect = Rect::from_min_max(pos2(0.0, 0.0), pos2(width, 10.0));
            let columns = (width as usize).min(100);
            let mut kept = std::collections::VecDeque::new();
            let mut start = 0_u64;
            let mut before: Vec<Pos2> = Vec::new();
            let mut noise = 1_u32;
            for n in 0..700 {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                kept.push_back((noise >> 8) as f32);
                if kept.len() > 116 {
                    kept.pop_front();
                    start += 1;
                }
                let values = kept.iter().copied();
                let points = history_points(rect, 100, start, values, |value| value);
                assert!(points.len() <= columns);
                if n > 116 {
                    assert!(points.len() >= columns - 1, "{width}: {}", points.len());
                }
                // The same heights, or one more at the right and the oldest gone.
                let heights = |points: &[Pos2]| points.iter().map(|p| p.y).collect::<Vec<_>>();
                let (old, new) = (heights(&before), heights(&points));
                let is_kept = (0..=old.len()).any(|gone| {
                    gone <= 2 && new.starts_with(&old[gone..]) && new.len() <= old.len() - gone + 1
                });
                assert!(is_kept, "{width}, {n}: {old:?} became {new:?}");
                before = points;
            }
        }
    }
}
