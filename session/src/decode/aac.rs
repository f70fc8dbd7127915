//! What AAC in ADTS and in MP4 have in common.

/// Rates by their number.
pub(super) const RATES_HZ: [u32; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
];
/// The rate of HE-AAC's lower half is at most this.
const MOST_HALF_BAND_HZ: u32 = 24_000;

/// What to say of a rate at which music is hardly ever coded as LC alone: HE-AAC need not
/// call itself so, and its upper half is then left out.
pub(super) fn half_band(rate_hz: u32) -> Option<String> {
    (rate_hz <= MOST_HALF_BAND_HZ).then(|| {
        format!(
            "it is AAC at {rate_hz} Hz: if it is HE-AAC, everything above {} Hz is missing",
            rate_hz / 2
        )
    })
}

/// What more channels than two are called, by AAC's number of their arrangement.
pub(super) fn surround(configuration: u8) -> Option<&'static str> {
    match configuration {
        3 => Some("3.0"),
        4 => Some("4.0"),
        5 => Some("5.0"),
        6 => Some("5.1"),
        7 => Some("7.1"),
        _ => None,
    }
}
