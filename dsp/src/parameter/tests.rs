use super::*;

const FREQUENCY: Kind = Kind::logarithmic(20.0, 20_000.0, 0.1, Unit::Hertz);
const GAIN: Kind = Kind::linear(-24.0, 24.0, 0.01, Unit::Decibels);

#[test]
fn typed_values_are_understood_with_units_and_prefixes() {
    assert_eq!(FREQUENCY.parse("3k"), Ok(3000.0));
    assert_eq!(FREQUENCY.parse("250 Hz"), Ok(250.0));
    assert_eq!(FREQUENCY.parse("1.25 kHz"), Ok(1250.0));
    assert_eq!(GAIN.parse("-14"), Ok(-14.0));
    assert_eq!(GAIN.parse("1,5 dB"), Ok(1.5));
    assert_eq!(Kind::Choice(&["High shelf", "Bell"]).parse("high-shelf"), Ok(0.0));
    assert_eq!(Kind::Switch.parse("on"), Ok(1.0));
}

#[test]
fn what_is_not_understood_says_what_was_expected() {
    assert_eq!(GAIN.parse("loud"), Err("expected -24 to 24 dB, found \"loud\"".into()));
    assert_eq!(GAIN.parse("40"), Err("expected -24 to 24 dB, found 40".into()));
    assert!(GAIN.parse("nan").is_err());
    assert!(Kind::Switch.parse("maybe").is_err());
}

#[test]
fn a_comma_that_may_mean_two_things_is_asked_about() {
    assert_eq!(
        FREQUENCY.parse("12,000 Hz").unwrap_err(),
        "expected 20 to 20000 Hz, found \"12,000 Hz\": thousands or decimals? Write 12000 or 12.000"
    );
    for text in ["1,000", "120,500 hz", "-1,250", "1,250 kHz"] {
        let error = FREQUENCY.parse(text).unwrap_err();
        assert!(error.contains("thousands or decimals? Write "), "{error}");
    }
    for text in ["12,000.5", "1,000,000", "12 000", "12'000 Hz", "12\u{a0}000"] {
        let error = FREQUENCY.parse(text).unwrap_err();
        assert!(error.contains(": thousands are written without a mark, 1"), "{error}");
    }
    // Only decimals make sense.
    for (text, value) in [("1,5", 1.5), ("0,250", 0.25), ("-3,25", -3.25), ("7,5000", 7.5)] {
        assert_eq!(GAIN.parse(text), Ok(value), "{text}");
    }
    assert_eq!(FREQUENCY.parse("12.000 kHz"), Ok(12_000.0));
    assert_eq!(GAIN.parse("1,5,x").unwrap_err(), "expected -24 to 24 dB, found \"1,5,x\"");
    assert!(GAIN.parse("inf").is_err() && GAIN.parse("1e400").is_err());
}

#[test]
fn a_value_survives_the_way_through_32_bit_normalised_form() {
    for kind in [FREQUENCY, GAIN] {
        for i in 0..=1000 {
            let value = kind.from_normalized(f64::from(i) / 1000.0);
            let through = kind.from_normalized(f64::from(kind.to_normalized(value) as f32));
            assert_eq!(value, through);
            assert_eq!(kind.parse(&format!("{value}")), Ok(value));
        }
    }
}

#[test]
fn zero_is_never_shown_as_minus_zero() {
    assert_eq!(GAIN.format(-0.001), "0.00 dB");
    assert_eq!(FREQUENCY.format(3200.0), "3.20 kHz");
}
