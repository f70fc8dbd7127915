//! Times in a song as they are written to who makes loops of them.

use burnish_session::references::Region;

use crate::format;

/// "1:02.0 to 1:10.5, 8.5 s".
pub(super) fn describe(region: &Region) -> String {
    let length_s = region.length_s();
    let length = if length_s < 100.0 {
        format!("{} s", format::decimal(length_s, 1))
    } else {
        format::duration(length_s)
    };
    format!("{} to {}, {length}", place_in_song(region.start_s), place_in_song(region.end_s))
}

/// A place in a song to a tenth of a second: "1:02.5".
fn place_in_song(seconds: f64) -> String {
    let tenths =
        if seconds.is_finite() { (seconds.clamp(0.0, 359_999.0) * 10.0).round() } else { 0.0 };
    format!("{}.{}", format::duration(tenths / 10.0), tenths as u64 % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_described_to_a_tenth_of_a_second() {
        let region = Region { start_s: 61.96, end_s: 70.46 };
        assert_eq!(describe(&region), "1:02.0 to 1:10.5, 8.5 s");
        let region = Region { start_s: 0.0, end_s: 300.0 };
        assert_eq!(describe(&region), "0:00.0 to 5:00.0, 5:00");
        assert_eq!(place_in_song(f64::NAN), "0:00.0");
        assert_eq!(place_in_song(59.97), "1:00.0");
    }
}
