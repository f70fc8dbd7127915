//! Numbers as they are written everywhere in the editor: one decimal, a true
//! minus sign, "--" for silence and where there is no reading.

use burnish_dsp::units::SILENCE_DB;

/// What stands where there is no reading: of silence, or not yet.
pub(crate) const NO_READING: &str = "--";
/// What stands for the level of what is gone altogether.
const EVERYTHING: &str = "\u{2212}\u{221e}";

/// The widest magnitude that is written out; nothing real goes beyond it.
const WIDEST: f64 = 199.9;

/// A level or loudness: "−14.2", "0.0", "--".
pub(crate) fn level(value: f64) -> String {
    if value.is_nan() || value < SILENCE_DB { NO_READING.to_owned() } else { decimal(value, 1) }
}

/// A correlation of left and right: "0.87", "--". A silent channel, with which there is
/// none, reads exactly 0.
pub(crate) fn correlation(value: f64) -> String {
    if value == 0.0 { NO_READING.to_owned() } else { decimal(value, 2) }
}

/// What a mono sum loses: "−0.3", "−∞" where everything cancels, "--" in silence, which
/// has neither a loss nor a correlation.
pub(crate) fn mono_loss(loss_db: f64, correlation: f64) -> String {
    match (loss_db, correlation) {
        (0.0, 0.0) => NO_READING.to_owned(),
        _ => ratio(loss_db),
    }
}

/// One part less another, dB: "−6.0", "−∞" where the first is not there at all.
pub(crate) fn ratio(value: f64) -> String {
    if value < SILENCE_DB { EVERYTHING.to_owned() } else { level(value) }
}

/// A share as percent: "−0.13 %".
pub(crate) fn percent(share: f64) -> String {
    format!("{} %", decimal(100.0 * share, 2))
}

/// A difference that always carries its sign: "+1.2", "−0.4", "0.0".
pub(crate) fn signed(value: f64) -> String {
    let text = level(value);
    let is_positive = value.is_finite() && !text.starts_with('\u{2212}') && text != "0.0";
    if is_positive { format!("+{text}") } else { text }
}

/// A number with a fixed count of decimals and a true minus sign.
pub(crate) fn decimal(value: f64, decimals: usize) -> String {
    if value.is_nan() {
        return NO_READING.to_owned();
    }
    let scale = [1.0, 10.0, 100.0][decimals.min(2)];
    // Rounding must not leave a minus sign before zero.
    let rounded = (value.clamp(-WIDEST, WIDEST) * scale).round() / scale + 0.0;
    minus(&format!("{rounded:.decimals$}"))
}

/// The same text with a true minus sign, which is as wide as a figure.
pub(crate) fn minus(text: &str) -> String {
    match text.strip_prefix('-') {
        Some(rest) => format!("\u{2212}{rest}"),
        None => text.to_owned(),
    }
}

/// A frequency on an axis: "20", "500", "2k".
pub(crate) fn axis_frequency(frequency_hz: f64) -> String {
    if frequency_hz >= 1000.0 {
        format!("{}k", (frequency_hz / 100.0).round() / 10.0)
    } else {
        format!("{}", frequency_hz.round())
    }
}

/// A length of time: "3:07".
pub(crate) fn duration(seconds: f64) -> String {
    let seconds = if seconds.is_finite() { seconds.clamp(0.0, 359_999.0) as u64 } else { 0 };
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Splits "−1.0 dBTP" into the number and its unit.
pub(crate) fn split_unit(text: &str) -> (&str, &str) {
    let starts_with_digit = text.contains(|c: char| c.is_ascii_digit());
    match text.rsplit_once(' ') {
        Some((number, unit)) if starts_with_digit => (number, unit),
        _ => (text, ""),
    }
}

/// What an error has found, for where there is no room for what was expected, too: every
/// message says "expected ..., found ...".
pub(crate) fn found(message: &str) -> &str {
    message.split_once(", found ").map_or(message, |(_, found)| found)
}

/// What is said where there are as many as there may be.
pub(crate) fn full(most: usize, what: &str) -> String {
    format!("{most} {what} are the most: remove one first")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_the_rest_of_a_message() {
        assert_eq!(found("expected an audio file, found no such file"), "no such file");
        assert_eq!(found("loading was cancelled"), "loading was cancelled");
    }

    #[test]
    fn levels_have_one_decimal_and_a_true_minus_sign() {
        assert_eq!(level(-14.23), "\u{2212}14.2");
        assert_eq!(level(-0.04), "0.0");
        assert_eq!(level(f64::NEG_INFINITY), NO_READING);
        assert_eq!(level(-151.0), NO_READING);
        assert_eq!(level(f64::NAN), NO_READING);
        assert_eq!(level(f64::INFINITY), "199.9");
    }

    #[test]
    fn differences_carry_their_sign() {
        assert_eq!(signed(1.25), "+1.3");
        assert_eq!(signed(-1.25), "\u{2212}1.3");
        assert_eq!(signed(0.01), "0.0");
        assert_eq!(signed(f64::NEG_INFINITY), NO_READING);
    }

    #[test]
    fn what_silence_does_not_have_is_not_written_as_a_number() {
        assert_eq!((correlation(0.0).as_str(), correlation(-0.004).as_str()), ("--", "0.00"));
        assert_eq!(mono_loss(0.0, 0.0), "--");
        assert_eq!(mono_loss(0.0, 1.0), "0.0");
        assert_eq!(mono_loss(-3.01, 0.0), "\u{2212}3.0");
        assert_eq!(mono_loss(f64::NEG_INFINITY, -1.0), "\u{2212}\u{221e}");
    }

    #[test]
    fn units_come_apart_from_their_numbers() {
        assert_eq!(split_unit("\u{2212}1.0 dBTP"), ("\u{2212}1.0", "dBTP"));
        assert_eq!(split_unit("Transparent"), ("Transparent", ""));
        assert_eq!(split_unit("Low shelf"), ("Low shelf", ""));
        assert_eq!(split_unit("0.71"), ("0.71", ""));
    }

    #[test]
    fn axes_and_durations_are_short() {
        assert_eq!(axis_frequency(20.0), "20");
        assert_eq!(axis_frequency(2000.0), "2k");
        assert_eq!(axis_frequency(12_500.0), "12.5k");
        assert_eq!(duration(187.4), "3:07");
        assert_eq!(duration(f64::NAN), "0:00");
    }
}
