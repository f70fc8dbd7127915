//! True peaks between the samples, beside the tables of the EBU.

use super::*;

/// The highest error of the true-peak meter, dB, for a sine of this frequency at many phases.
fn true_peak_error_db(rate_hz: usize, hz: f64) -> f64 {
    const PHASES: u8 = 16;
    // A crest lies within the steady part of the lowest tone.
    let frames = rate_hz / 5;
    let turn = std::f64::consts::TAU * hz / rate_hz as f64;
    let errors = (0..PHASES).map(|phase| {
        let phase = std::f64::consts::PI * f64::from(phase) / f64::from(PHASES);
        let samples = (0..frames).map(|n| (0.5 * (turn * n as f64 + phase).sin()) as f32);
        let samples = faded(rate_hz, samples.collect());
        let mut meters = Meters::new(spec(rate_hz));
        meters.process(&samples, &samples);
        meters.finish();
        let read = meters.snapshot();
        assert!(read.max_true_peak_dbtp[0] >= read.max_peak_dbfs[0], "{hz} Hz at {rate_hz}");
        (read.max_true_peak_dbtp[0] - 20.0 * 0.5f64.log10()).abs()
    });
    errors.fold(0.0, f64::max)
}

#[test]
fn the_true_peak_of_a_sine_is_right_from_20_hz_to_20_khz_at_any_phase() {
    for rate_hz in [44_100, 48_000] {
        let rate = rate_hz as f64;
        // Where the samples fall on the same few phases for ever, and all over the band.
        let awkward = [3.0, 4.0, 5.0, 6.0, 8.0, 12.0].map(|period| rate / period);
        let sweep = (0..=60).map(|n| 20.0 * 1000f64.powf(f64::from(n) / 60.0));
        let top = (0..=20).map(|n| 16_000.0 + 200.0 * f64::from(n));
        let mut worst = (0.0, 0.0);
        for hz in sweep.chain(top).chain(awkward) {
            let error_db = true_peak_error_db(rate_hz, hz);
            if error_db > worst.0 {
                worst = (error_db, hz);
            }
        }
        println!("true peak at {rate_hz} Hz: {:.4} dB off at {:.0} Hz", worst.0, worst.1);
        assert!(worst.0 <= 0.1, "{} dB at {} Hz, {rate_hz}", worst.0, worst.1);
    }
}

#[test]
fn meter_and_limiter_agree() {
    for rate_hz in RATES_HZ {
        let frames = 2 * rate_hz;
        let noise = Signal::noise(frames, 0.9, 5);
        let signals = [("noise", noise), ("music", music(rate_hz, 2))];
        for (name, signal) in signals {
            for ceiling_dbtp in [-1.0, -3.0] {
                let mut settings = limited();
                settings.limiter.gain_db = 12.0;
                settings.limiter.ceiling_dbtp = ceiling_dbtp;
                let mut chain = Chain::new(spec(rate_hz));
                chain.configure(&settings);
                signal.padded(chain.latency_frames()).through(&[BLOCK_FRAMES], |block| {
                    chain.process(block);
                });
                chain.finish_meters();
                for peak_dbtp in chain.snapshot().output.max_true_peak_dbtp {
                    let over_db = peak_dbtp - ceiling_dbtp;
                    println!("{name} at {rate_hz} Hz: {over_db:+.4} dB to the ceiling");
                    assert!(over_db.abs() <= 0.1, "{name}: {over_db} dB at {rate_hz} Hz");
                    assert!(over_db <= 0.02, "{name}: {over_db} dB over at {rate_hz} Hz");
                }
            }
        }
    }
}
