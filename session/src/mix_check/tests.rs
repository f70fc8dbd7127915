use super::*;
use crate::audio::StereoAudio;
use crate::measure::measure;

/// Noise that is the same every time, uniform in -1 to 1.
fn noise(seed: u64) -> impl FnMut() -> f32 {
    let mut state = seed | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }
}

/// Noise with swells and a fade at both ends.
fn music(sample_rate_hz: u32, seconds: f64) -> StereoAudio {
    let frames = (seconds * f64::from(sample_rate_hz)) as usize;
    let (mut left_noise, mut right_noise) = (noise(3), noise(5));
    let (mut low, mut left, mut right) = ([0.0f32; 2], Vec::new(), Vec::new());
    for frame in 0..frames {
        let at_s = frame as f32 / sample_rate_hz as f32;
        let swell = 0.3 + 0.7 * (at_s * 2.9).sin().powi(4);
        let fade = (at_s / 0.3).min((seconds as f32 - at_s) / 0.6).clamp(0.0, 1.0);
        let (common, other) = (left_noise(), right_noise());
        low[0] += 0.2 * (common - low[0]);
        low[1] += 0.2 * (other - low[1]);
        left.push(fade * swell * (low[0] + 0.3 * low[1]));
        right.push(fade * swell * (low[0] - 0.3 * low[1]));
    }
    StereoAudio { sample_rate_hz, channels: 2, left, right }
}

fn report_of(audio: &StereoAudio) -> Report {
    let mut check = MixCheck::new(audio.sample_rate_hz, audio.channels);
    check.take(&audio.left, &audio.right);
    check.report(&measure(audio), None, true)
}

fn kinds(report: &Report) -> Vec<Kind> {
    report.findings.iter().map(|finding| finding.kind).collect()
}

#[test]
fn how_it_is_cut_into_pieces_changes_nothing() {
    let mut audio = music(44_100, 12.0);
    // Something to be found by as many as can be.
    for (place, sample) in audio.left.iter_mut().enumerate() {
        *sample = (*sample * 3.0).clamp(-0.5, 0.5) + 0.004;
        if place % 90_000 == 50_000 {
            *sample += 0.4;
        }
    }
    audio.left[200_000..200_300].fill(0.0);
    audio.right[200_000..200_300].fill(0.0);
    let whole = report_of(&audio);
    assert!(whole.findings.len() > 3, "{:?}", kinds(&whole));
    let measures = measure(&audio);
    for piece in [1, 63, 4096, 100_001] {
        let mut check = MixCheck::new(audio.sample_rate_hz, audio.channels);
        for (left, right) in audio.left.chunks(piece).zip(audio.right.chunks(piece)) {
            check.take(left, right);
        }
        assert_eq!(check.report(&measures, None, true), whole, "in pieces of {piece}");
    }
}

#[test]
fn there_is_nothing_to_be_said_of_silence_and_of_nothing() {
    for frames in [0, 1, 100, 96_000] {
        let silence = vec![0.0; frames];
        let audio = StereoAudio {
            sample_rate_hz: 48_000,
            channels: 2,
            left: silence.clone(),
            right: silence,
        };
        let report = report_of(&audio);
        assert_eq!(report.verdict, Verdict::Nothing, "{frames} frames");
        assert!(report.findings.is_empty(), "{frames} frames: {:?}", kinds(&report));
    }
}

#[test]
fn every_length_and_rate_is_checked() {
    for rate_hz in [8000, 22_050, 44_100, 96_000, 192_000, 384_000] {
        for seconds in [0.000_1, 0.01, 0.5, 3.0] {
            let report = report_of(&music(rate_hz, seconds));
            for finding in &report.findings {
                assert!(finding.value.is_finite(), "{rate_hz} Hz, {seconds} s: {finding:?}");
            }
        }
    }
}

#[test]
fn a_mix_is_mastered_trimmed_or_sent_back() {
    let audio = music(48_000, 15.0);
    let peak = audio.left.iter().chain(&audio.right).fold(0.0f32, |peak, x| peak.max(x.abs()));
    let at = |gain: f32, most: f32| {
        let change = |samples: &[f32]| -> Vec<f32> {
            samples.iter().map(|x| (x * gain / peak).clamp(-most, most)).collect()
        };
        StereoAudio { left: change(&audio.left), right: change(&audio.right), ..audio.clone() }
    };
    assert_eq!(report_of(&at(0.4, 1.0)).verdict, Verdict::Master);
    let Verdict::Trim { gain_db } = report_of(&at(0.9, 1.0)).verdict else {
        panic!("{:?}", report_of(&at(0.9, 1.0)));
    };
    let trimmed = at(0.9 * 10f32.powf(gain_db as f32 / 20.0), 1.0);
    let peak_dbtp = measure(&trimmed).true_peak_dbtp;
    assert!((-6.11..=-6.0).contains(&peak_dbtp), "{peak_dbtp}");
    assert_eq!(report_of(&trimmed).verdict, Verdict::Master);
    let clipped = report_of(&at(0.8, 0.4));
    assert!(
        matches!(&clipped.verdict, Verdict::Mix { because } if because.contains(&"Clipping")),
        "{clipped:?}"
    );
}

#[test]
fn a_normalised_file_is_no_clipped_one_and_a_square_wave_that_is_turned_down_stays_one() {
    let mut audio = music(48_000, 10.0);
    let peak = audio.left.iter().chain(&audio.right).fold(0.0f32, |peak, x| peak.max(x.abs()));
    audio.left.iter_mut().chain(&mut audio.right).for_each(|x| *x = (*x / peak).clamp(-1.0, 1.0));
    assert!(!kinds(&report_of(&audio)).contains(&Kind::Clipping));
    for gain in [1.0, 0.3, 0.05] {
        let mut cut = audio.clone();
        for sample in cut.left.iter_mut().chain(&mut cut.right) {
            *sample = (*sample * 2.0).clamp(-1.0, 1.0) * gain;
        }
        let report = report_of(&cut);
        let finding = report.findings.iter().find(|finding| finding.kind == Kind::Clipping);
        let finding = finding.unwrap_or_else(|| panic!("{gain}: {report:?}"));
        assert_eq!(finding.sureness, Sureness::Certain);
        assert!((finding.value - 20.0 * f64::from(gain).log10()).abs() < 0.01, "{finding:?}");
    }
}

#[test]
fn every_kind_has_its_words_and_its_place() {
    for (place, kind) in Kind::ALL.iter().enumerate() {
        assert_eq!(*kind as usize, place, "{kind:?}");
        let words = kind.words();
        for text in [words.name, words.why, words.in_the_mix, words.mastering, words.source] {
            assert!(!text.is_empty() && text.len() < 150, "{kind:?}: {text}");
        }
        let sentences = [words.why, words.in_the_mix, words.mastering];
        assert!(sentences.iter().all(|text| text.ends_with('.')), "{kind:?}");
        let mut finding = Finding::new(*kind, Sureness::Likely, 1.5, 1.0);
        assert!(finding.told().len() > 1, "{kind:?}");
        finding = finding.counted(3).at(vec![Span { from_s: 59.96, to_s: 63.0 }]);
        assert!(finding.told().ends_with(", at 1:00.0"), "{}", finding.told());
    }
}

#[test]
fn what_is_not_heard_whole_is_only_told_what_any_passage_tells() {
    let mut audio = music(48_000, 12.0);
    audio.left[200_000..200_300].fill(0.0);
    audio.right[200_000..200_300].fill(0.0);
    let mut check = MixCheck::new(48_000, 2);
    check.take(&audio.left[90_000..], &audio.right[90_000..]);
    let measures = measure(&audio);
    let of = |is_whole| check.report(&measures, None, is_whole).findings;
    assert!(of(true).iter().any(|finding| !finding.kind.is_of_the_sound()));
    assert!(of(false).iter().all(|finding| finding.kind.is_of_the_sound()));
}

#[test]
fn an_uncertain_finding_sends_nobody_back() {
    let uncertain = Finding::new(Kind::Clipping, Sureness::Uncertain, -3.0, 0.0);
    assert_eq!(Verdict::of(std::slice::from_ref(&uncertain), -6.0), Verdict::Master);
    let likely = Finding { sureness: Sureness::Likely, ..uncertain };
    assert!(matches!(Verdict::of(&[likely], -6.0), Verdict::Mix { .. }));
}
