use super::scale::power_of;
use super::*;

fn spec(sample_rate_hz: f64) -> AudioSpec {
    AudioSpec { sample_rate_hz, max_block_frames: 512 }
}

fn sine(rate: f64, hz: f64, gain: f64, seconds: f64) -> Vec<f32> {
    let step = std::f64::consts::TAU * hz / rate;
    (0..(seconds * rate) as usize).map(|n| (gain * (step * n as f64).sin()) as f32).collect()
}

#[test]
fn a_full_scale_sine_in_one_channel_reads_minus_three() {
    for rate in [8000.0, 11_025.0, 22_050.0, 44_100.0, 48_000.0, 384_000.0] {
        let mut meter = LoudnessMeter::new(spec(rate));
        let left = sine(rate, 997.0, 1.0, 3.5);
        meter.process(&left, &vec![0.0; left.len()]);
        let read = meter.snapshot();
        // Below 44.1 kHz the bilinear transform bends the shelf a little.
        let tolerance = if rate < 40_000.0 { 0.25 } else { 0.01 };
        for lufs in [read.momentary_lufs, read.short_term_lufs, read.integrated_lufs] {
            assert!((lufs + 3.01).abs() < tolerance, "{lufs} at {rate}");
        }
    }
}

#[test]
fn steps_stay_on_the_clock_at_every_rate() {
    for rate in [8000.0, 11_025.0, 22_050.0, 44_100.0 / 1.001, 48_000.0] {
        let mut clock = StepClock::new(rate);
        let mut frames = 0;
        for step in 1..=1000_u32 {
            let left = clock.frames_left();
            frames += left;
            assert!(clock.advance(left));
            assert!((frames as f64 - f64::from(step) * rate / 100.0).abs() <= 0.5);
        }
        assert_eq!(clock.steps(), 1000);
    }
}

#[test]
fn there_is_no_reading_before_a_window_is_full() {
    let mut meter = LoudnessMeter::new(spec(48_000.0));
    let tone = sine(48_000.0, 997.0, 0.1, 3.0);
    meter.process(&tone[..19_199], &tone[..19_199]);
    assert_eq!(meter.snapshot().integrated_lufs, f64::NEG_INFINITY);
    assert_eq!(meter.snapshot().momentary_lufs, f64::NEG_INFINITY);
    meter.process(&tone[19_199..19_200], &tone[19_199..19_200]);
    assert!((meter.snapshot().integrated_lufs + 20.0).abs() < 0.2);
    assert_eq!(meter.snapshot().short_term_lufs, f64::NEG_INFINITY);
    meter.process(&tone[19_200..], &tone[19_200..]);
    assert!((meter.snapshot().short_term_lufs + 20.0).abs() < 0.1);
}

#[test]
fn an_incomplete_last_block_is_dropped() {
    let mut meter = LoudnessMeter::new(spec(48_000.0));
    let quiet = sine(48_000.0, 997.0, 0.1, 1.0);
    meter.process(&quiet, &quiet);
    let before = meter.snapshot().integrated_lufs;
    let loud = vec![0.9; 4799];
    meter.process(&loud, &loud);
    assert_eq!(meter.snapshot().integrated_lufs, before);
}

#[test]
fn what_is_not_finite_counts_as_silence() {
    let mut tone = sine(48_000.0, 997.0, 0.1, 4.0);
    let mut clean = LoudnessMeter::new(spec(48_000.0));
    let mut dirty = LoudnessMeter::new(spec(48_000.0));
    for n in [100, 5000, 90_000] {
        tone[n] = 0.0;
    }
    clean.process(&tone, &tone);
    tone[100] = f32::NAN;
    tone[5000] = f32::INFINITY;
    tone[90_000] = f32::NEG_INFINITY;
    dirty.process(&tone, &tone);
    assert_eq!(clean.snapshot(), dirty.snapshot());
}

#[test]
fn what_passes_in_a_pause_is_not_measured_but_still_shown() {
    let mut meter = LoudnessMeter::new(spec(48_000.0));
    let quiet = sine(48_000.0, 997.0, 0.1, 5.0);
    let loud = sine(48_000.0, 997.0, 0.8, 5.003);
    meter.process(&quiet, &quiet);
    let before = meter.snapshot();
    meter.pause(true);
    meter.process(&loud, &loud);
    let paused = meter.snapshot();
    assert!((paused.short_term_lufs + 1.94).abs() < 0.1, "{}", paused.short_term_lufs);
    assert_eq!(paused.integrated_lufs, before.integrated_lufs);
    assert_eq!(paused.max_momentary_lufs, before.max_momentary_lufs);
    assert_eq!(paused.max_short_term_lufs, before.max_short_term_lufs);
    assert_eq!(paused.loudness_range_lu, before.loudness_range_lu);
    assert_eq!(paused.measured_s, 5.0);
    // Windows that reach into the pause would read far too much.
    meter.pause(false);
    meter.process(&quiet, &quiet);
    let after = meter.snapshot();
    assert!((after.integrated_lufs - before.integrated_lufs).abs() < 0.01);
    assert!((after.max_momentary_lufs - before.max_momentary_lufs).abs() < 0.01);
    assert!((after.max_short_term_lufs - before.max_short_term_lufs).abs() < 0.01);
    assert!(after.loudness_range_lu < 0.1, "{}", after.loudness_range_lu);
    assert_eq!(after.measured_s, 10.0);
}

#[test]
fn a_mono_stream_has_the_loudness_of_one_channel() {
    let tone = sine(48_000.0, 997.0, 1.0, 3.5);
    let mut meter = LoudnessMeter::new(spec(48_000.0));
    meter.set_mono(true);
    meter.process(&tone, &tone);
    assert!((meter.snapshot().integrated_lufs + 3.01).abs() < 0.01);
    assert!((meter.snapshot().short_term_lufs + 3.01).abs() < 0.01);
}

#[test]
fn a_day_is_measured_in_the_memory_of_a_minute() {
    let mut meter = LoudnessMeter::new(spec(48_000.0));
    let frames = 480;
    let step = |lufs: f64, meter: &mut LoudnessMeter| {
        // The energy of a step that reads this loud.
        meter.energies.step = [power_of(lufs) * f64::from(frames), 0.0];
        let length = meter.clock.frames_left();
        assert!(meter.clock.advance(length));
        meter.complete_step(frames as usize);
    };
    // Every hour: half of it at -20, the rest at -30 LUFS, with a minute of silence.
    for hour in 0..24 {
        for (seconds, lufs) in [(1800, -20.0), (1740, -30.0), (60, f64::NEG_INFINITY)] {
            (0..seconds * 100).for_each(|_| step(lufs, &mut meter));
        }
        let read = meter.snapshot();
        let mean = (1800.0 * power_of(-20.0) + 1740.0 * power_of(-30.0)) / 3540.0;
        // The blocks at the seams are a few in 36000.
        let error = read.integrated_lufs - lufs(mean);
        assert!(error.abs() < 0.01, "{error} LU after hour {hour}");
        assert!((read.loudness_range_lu - 10.0).abs() < 0.01, "{}", read.loudness_range_lu);
        assert!((read.max_short_term_lufs + 20.0).abs() < 1e-9);
    }
    for histogram in [&meter.integrated_blocks, &meter.range_blocks] {
        assert_eq!(histogram.bins(), Histogram::new().bins());
    }
}

#[test]
fn silence_and_dc_have_no_loudness() {
    for level in [0.0, 0.5] {
        let mut meter = LoudnessMeter::new(spec(48_000.0));
        let dc = vec![level; 48_000 * 6];
        meter.process(&dc, &dc);
        assert_eq!(meter.snapshot().momentary_lufs, f64::NEG_INFINITY);
        assert_eq!(meter.snapshot().short_term_lufs, f64::NEG_INFINITY);
    }
}
