//! The real plug-in in a real CLAP host.

use burnish_dsp::settings::{parameter_index, parameters};
use burnish_session::audio::StereoAudio;
use burnish_session::preset::presets;
use burnish_session::render::render;
use burnish_tests::host::{Change, Host, bundle_path};
use burnish_tests::saved_state::without_parameter;

use crate::support::{Signal, limited, material};

const MAX_BLOCK: usize = 512;
/// As hosts cut them: around loops, around automation, at the end.
const BLOCK_SIZES: [usize; 6] = [512, 1, 64, 333, 480, 17];

fn host(sample_rate_hz: f64) -> Host {
    let mut host = Host::load(&bundle_path()).unwrap_or_else(|error| panic!("{error}"));
    host.activate(sample_rate_hz, MAX_BLOCK).unwrap();
    host
}

/// The signal through the plug-in, in blocks of changing size.
fn through(host: &mut Host, input: &Signal, mut changes: Vec<Change>) -> Signal {
    input.through(&BLOCK_SIZES, |block| {
        host.process(block.left, block.right, &changes).unwrap();
        changes.clear();
    })
}

fn chorus(seconds: usize) -> StereoAudio {
    let mix = material("mix.flac");
    let (start, end) = (14 * 48_000, (14 + seconds) * 48_000);
    StereoAudio {
        left: mix.left[start..end].to_vec(),
        right: mix.right[start..end].to_vec(),
        ..mix
    }
}

#[test]
fn neutral_settings_pass_the_input_to_the_bit() {
    for rate_hz in [44_100.0, 48_000.0, 96_000.0] {
        let mut host = host(rate_hz);
        let latency = host.latency_frames();
        assert!(latency > 0);
        let input = Signal::noise(20_000, 0.3, 4);
        let output = through(&mut host, &input.padded(latency), Vec::new());
        assert!(output.left[latency..] == input.left[..], "{rate_hz} Hz");
        assert!(output.right[latency..] == input.right[..], "{rate_hz} Hz");
    }
}

#[test]
fn the_plug_in_renders_what_the_command_line_renders() {
    let mix = chorus(4);
    for preset in presets() {
        let expected = render(&mix, &preset.settings, |_| {});
        let mut host = host(48_000.0);
        host.set_offline(true).unwrap();
        host.activate(48_000.0, MAX_BLOCK).unwrap();
        let changes = host.changes_to(&preset.settings).unwrap();
        let input = Signal { left: mix.left.clone(), right: mix.right.clone() };
        let latency = host.latency_frames();
        let output = through(&mut host, &input.padded(latency), changes);
        assert_eq!(latency, expected.facts.latency_frames);
        assert!(output.left[latency..] == expected.audio.left[..], "{}", preset.name);
        assert!(output.right[latency..] == expected.audio.right[..], "{}", preset.name);
    }
}

#[test]
fn offline_and_real_time_give_the_same() {
    let mix = chorus(2);
    let settings = presets()[2].settings;
    let play = |is_offline: bool| {
        let mut host = host(48_000.0);
        host.set_offline(is_offline).unwrap();
        host.activate(48_000.0, MAX_BLOCK).unwrap();
        let changes = host.changes_to(&settings).unwrap();
        let input = Signal { left: mix.left.clone(), right: mix.right.clone() };
        through(&mut host, &input, changes)
    };
    assert!(play(true) == play(false));
}

#[test]
fn the_host_sees_every_parameter_of_the_table() {
    let mut host = host(48_000.0);
    let shown = host.shown_parameters().to_vec();
    assert_eq!(shown.len(), parameters().len());
    for (index, parameter) in parameters().iter().enumerate() {
        assert!(shown[index].module.starts_with(parameter.stage.name()), "{}", parameter.id);
        // The default, as the plug-in writes it.
        let default = host.value(index).unwrap();
        assert_eq!(host.text(index, default).unwrap(), parameter.kind.format(parameter.default));
        // There and back through text.
        for position in [0.0, 0.37, 1.0] {
            let value = parameter.kind.from_normalized(position);
            let host_value = host.host_value(index, value).unwrap();
            assert_eq!(
                host.text(index, host_value).unwrap(),
                parameter.kind.format(value),
                "{}",
                parameter.id
            );
        }
    }
}

#[test]
fn bypassed_the_mix_leaves_to_the_bit_and_as_late_as_the_master() {
    let settings = presets()[2].settings;
    let mix = chorus(2);
    let input = Signal { left: mix.left.clone(), right: mix.right.clone() };
    for is_offline in [false, true] {
        let mut host = host(48_000.0);
        host.set_offline(is_offline).unwrap();
        host.activate(48_000.0, MAX_BLOCK).unwrap();
        let changes = host.changes_to(&settings).unwrap();
        let latency = host.latency_frames();
        let name = host.bypass().unwrap().to_owned();
        host.move_switch(&name, 1.0).unwrap();
        let output = through(&mut host, &input.padded(latency), changes);
        assert_eq!(host.latency_frames(), latency);
        assert!(output.left[latency..] == input.left[..], "offline: {is_offline}");
        assert!(output.right[latency..] == input.right[..], "offline: {is_offline}");
        // It belongs to the session, and a session of before there was one is not bypassed.
        let state = host.save_state().unwrap();
        let mut again = self::host(48_000.0);
        again.load_state(&state).unwrap();
        assert_eq!(again.switch(&name), Some(1.0));
        again.load_state(&without_parameter(&state, "bypass").unwrap()).unwrap();
        assert_eq!(again.switch(&name), Some(0.0));
    }
}

#[test]
fn the_bypass_makes_no_click_either_way() {
    let mut host = host(48_000.0);
    let changes = host.changes_to(&presets()[2].settings).unwrap();
    let tone = |n: usize| (0.5 * (std::f64::consts::TAU * 60.0 / 48_000.0 * n as f64).sin()) as f32;
    let name = host.bypass().unwrap().to_owned();
    let mut block = 0;
    let output = Signal::mono(96_000, tone).through(&[480], |samples| {
        if [100, 150].contains(&block) {
            host.move_switch(&name, if block == 100 { 1.0 } else { 0.0 }).unwrap();
        }
        let changes: &[Change] = if block == 0 { &changes } else { &[] };
        host.process(samples.left, samples.right, changes).unwrap();
        block += 1;
    });
    let bend = |samples: &[f32]| {
        let second = samples.windows(3).map(|w| (w[2] - 2.0 * w[1] + w[0]).abs());
        second.fold(0.0, f32::max)
    };
    let (before, both) = (bend(&output.left[24_000..47_000]), bend(&output.left[47_000..80_000]));
    // A jump would bend it by the difference of mix and master, some hundred times as much.
    assert!(both < 0.002, "{before} before, {both} while it is switched");
    assert_ne!(output.left[60_000..61_000], output.left[40_000..41_000]);
}

#[test]
fn automation_takes_effect_at_its_frame() {
    let mut host = host(48_000.0);
    let index = parameter_index("trim.gain").unwrap();
    let host_value = host.host_value(index, 6.0).unwrap();
    let latency = host.latency_frames();
    let input = Signal::mono(4096, |_| 0.1);
    let mut block = 0;
    let output = input.through(&[512], |samples| {
        let changes: &[Change] =
            if block == 2 { &[Change { frame: 100, index, host_value }] } else { &[] };
        host.process(samples.left, samples.right, changes).unwrap();
        block += 1;
    });
    let change = 2 * 512 + 100 + latency;
    // Trim has no latency of its own, but fades in from bypass.
    assert_eq!(output.left[change - 1], 0.1);
    assert!(output.left[change + 40] > 0.1);
    assert!((output.left[change + 2000] - 0.1 * 10f32.powf(0.3)).abs() < 1e-4);
}

#[test]
fn a_reset_leaves_no_tail() {
    let mut host = host(48_000.0);
    let noise = Signal::noise(4000, 0.5, 2);
    through(&mut host, &noise, Vec::new());
    host.reset();
    let silence = Signal::mono(4000, |_| 0.0);
    let output = through(&mut host, &silence, Vec::new());
    assert!(output.left.iter().chain(&output.right).all(|sample| *sample == 0.0));
}

#[test]
fn every_common_sample_rate_is_taken_and_the_latency_reported() {
    let mut host = host(48_000.0);
    for rate_hz in [44_100.0, 48_000.0, 88_200.0, 96_000.0, 176_400.0, 192_000.0] {
        host.activate(rate_hz, MAX_BLOCK).unwrap();
        // A latency that changed with the rate may cost one restart, never a second.
        host.idle();
        if host.take_restart_request() {
            host.activate(rate_hz, MAX_BLOCK).unwrap();
            host.idle();
        }
        assert!(!host.take_restart_request(), "{rate_hz} Hz");
        let milliseconds = host.latency_frames() as f64 / rate_hz * 1000.0;
        assert!(milliseconds < 7.0, "{rate_hz} Hz: {milliseconds} ms");
        let output = through(&mut host, &Signal::noise(3000, 0.5, 1), Vec::new());
        assert!(output.is_finite());
    }
}

#[test]
fn a_thread_may_outlive_the_plug_in_that_it_called() {
    for _ in 0..8 {
        let thread = std::thread::spawn(|| drop(host(48_000.0)));
        assert!(thread.join().is_ok());
    }
}

#[test]
fn linear_phase_asks_for_a_restart_and_reports_its_latency() {
    let mut host = host(48_000.0);
    let before = host.latency_frames();
    let index = parameter_index("eq.phase").unwrap();
    let host_value = host.host_value(index, 1.0).unwrap();
    let noise = Signal::noise(6000, 0.3, 3);
    through(&mut host, &noise, vec![Change { frame: 0, index, host_value }]);
    host.idle();
    assert!(host.take_restart_request());
    assert_eq!(host.latency_frames(), before, "no change while it runs");
    host.activate(48_000.0, MAX_BLOCK).unwrap();
    let latency = host.latency_frames();
    assert_eq!(latency, before + 8704);
    // Activation tells of the new latency; that may cost a second restart, never a third.
    host.idle();
    if host.take_restart_request() {
        host.activate(48_000.0, MAX_BLOCK).unwrap();
    }
    let output = through(&mut host, &noise.padded(latency), Vec::new());
    assert!(output.left[latency..] == noise.left[..]);
    host.idle();
    assert!(!host.take_restart_request());
}

#[test]
fn settings_that_change_in_every_block_neither_allocate_nor_break() {
    // The development build stops the program should the audio path allocate.
    let mut host = host(48_000.0);
    let all: Vec<Vec<Change>> = presets()
        .iter()
        .map(|preset| host.changes_to(&preset.settings).unwrap())
        .chain([host_changes_of_extremes()])
        .collect();
    let mut block = 0;
    let output = Signal::noise(96_000, 0.8, 6).through(&BLOCK_SIZES, |samples| {
        host.process(samples.left, samples.right, &all[block % all.len()]).unwrap();
        block += 1;
    });
    assert!(output.is_finite());
}

/// Every parameter at the upper end of its range.
fn host_changes_of_extremes() -> Vec<Change> {
    let mut host = host(48_000.0);
    let mut settings = limited();
    for parameter in parameters() {
        parameter.write(&mut settings, parameter.kind.from_normalized(1.0));
    }
    host.changes_to(&settings).unwrap()
}

/// After a long silence the chain rests; what comes then is heard as ever.
#[test]
fn what_comes_after_a_rest_is_not_late_and_not_less() {
    let mut host = host(48_000.0);
    let latency = host.latency_frames();
    let silence = Signal { left: vec![0.0; 1 << 16], right: vec![0.0; 1 << 16] };
    // Half a minute, of which the last third is rest.
    for _ in 0..22 {
        let output = through(&mut host, &silence, Vec::new());
        assert!(output.left.iter().chain(&output.right).all(|sample| *sample == 0.0));
    }
    let input = Signal::noise(20_000, 0.3, 4);
    let output = through(&mut host, &input.padded(latency), Vec::new());
    assert!(output.left[latency..] == input.left[..]);
    assert!(output.right[latency..] == input.right[..]);
    assert!(output.left[..latency].iter().all(|sample| *sample == 0.0));
}
