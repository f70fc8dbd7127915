//! What hosts do, at random.

use std::thread;
use std::time::{Duration, Instant};

use burnish_dsp::meters::Meters;
use burnish_dsp::processor::AudioSpec;
use burnish_tests::error::Error;
use burnish_tests::raw::Library;
use burnish_tests::raw::clap::{Bus, Events, Parameter, Raw, block, playing_from, row};
use burnish_tests::raw::vst3::{Changes, Raw as Vst3};
use burnish_tests::window::ParentWindow;

use crate::noise::{Chance, Signal};
use crate::process::Holds;

/// Instances at once, at most.
const MOST_INSTANCES: usize = 200;
const RATES_HZ: [f64; 12] = [
    8_000.0, 11_025.0, 22_050.0, 44_100.0, 48_000.0, 88_200.0, 96_000.0, 176_400.0, 192_000.0,
    352_800.0, 384_000.0, 768_000.0,
];
const IMPOSSIBLE_RATES_HZ: [f64; 5] = [1.0, 0.0, -48_000.0, f64::NAN, 1e9];
const CEILING_DB: f64 = -1.0;

/// What was done so far.
#[derive(Debug, Default)]
struct Done {
    scenes: u64,
    blocks: u64,
    frames: u64,
    events: u64,
    loads: u64,
    windows: u64,
}

/// Plays random scenes for so many minutes.
///
/// # Errors
/// What was wrong first, with the number of the scene.
pub(crate) fn soak(library: Library, minutes: u64, seed: u64) -> Result<(), Error> {
    println!("seed {seed}");
    let mut chance = Chance::new(seed);
    let mut done = Done::default();
    let began = Instant::now();
    let (mut told, mut settled) = (0, None);
    while began.elapsed() < Duration::from_secs(60 * minutes) {
        done.scenes += 1;
        let scene = (done.scenes, chance.below(12));
        let result = match scene.1 {
            0..=4 => any_calls(library, &mut chance, &mut done),
            5 | 6 => under_the_ceiling(library, &mut chance, &mut done),
            7 => neutral_is_exact(library, &mut chance, &mut done),
            8 => vst3(library, &mut chance, &mut done),
            9 => from_all_threads(library, &mut chance, &mut done),
            10 if chance.once_in(20) => crowd(library, &mut chance, &mut done),
            _ => windows(library, &mut chance, &mut done),
        };
        result.map_err(|error| format!("scene {} (kind {}): {error}", scene.0, scene.1))?;
        let minute = began.elapsed().as_secs() / 60;
        if minute > told {
            told = minute;
            let holds = Holds::now();
            println!("minute {minute}: {done:?}, {holds:?}");
            // A quarter of the time for what is made once.
            if minute * 4 >= minutes && settled.is_none() {
                settled = Some(holds);
            }
        }
    }
    let holds = Holds::now();
    println!("at the end: {done:?}, {holds:?}");
    if let Some(settled) = settled {
        let grown_mb = holds.resident_mb - settled.resident_mb;
        println!("memory since the first quarter: {grown_mb:+.1} MB");
        if grown_mb > 64.0 || holds.files > settled.files + 8 || holds.threads > settled.threads + 8
        {
            return Err(format!("expected a flat line, found {settled:?}, then {holds:?}").into());
        }
    }
    Ok(())
}

/// Values of parameters, some of them out of range or no numbers.
fn events(parameters: &[Parameter], frames: usize, chance: &mut Chance) -> Events {
    let parameter = &parameters[chance.below(parameters.len())];
    let count = chance.one_of(&[0, 1, 2, 7, frames.min(2_000)]);
    let values: Vec<_> = (0..count)
        .map(|place| {
            let time = match chance.below(20) {
                0 => u32::MAX,
                1 => chance.next() as u32,
                2 => 0,
                _ => (place * frames.max(1) / count) as u32,
            };
            let value = match chance.below(25) {
                0 => f64::NAN,
                1 => 1e300,
                2 => -7.0,
                _ => parameter.most * chance.unit(),
            };
            (time, value)
        })
        .collect();
    Events::of(parameter.id, &values)
}

/// One block of any length, with anything in it; it has to come out as numbers.
fn play(
    raw: &Raw,
    parameters: &[Parameter],
    chance: &mut Chance,
    done: &mut Done,
) -> Result<(), Error> {
    let frames = match chance.below(12) {
        0 => 0,
        1 => 1,
        2 => chance.below(65_537),
        3 => 65_536,
        _ => chance.below(2_049),
    };
    let channels = chance.one_of(&[2, 2, 2, 2, 1, 0, 6]);
    let signal = chance.one_of(&Signal::ALL);
    let mut buses: Vec<_> = (0..chance.below(4)).map(|_| Bus::new(channels, frames, 0.0)).collect();
    for samples in buses.iter_mut().flat_map(|bus| &mut bus.samples) {
        signal.fill(samples, chance);
    }
    let mut outputs = vec![Bus::new(chance.one_of(&[2, 2, 2, 1, 4]), frames, f32::NAN)];
    let is_in_place = chance.once_in(3) && !buses.is_empty() && !buses[0].samples.is_empty();
    let mut input_row = row(&mut buses);
    let mut output_row = row(if is_in_place { &mut buses[..1] } else { &mut outputs });
    let events = events(parameters, frames, chance);
    let transport = playing_from(chance.below(4_000) as i64);
    let mut block = block(frames as u32, &mut input_row, &mut output_row);
    block.in_events = events.list();
    if chance.once_in(2) {
        block.transport = &raw const transport;
    }
    raw.process(&block);
    done.blocks += 1;
    done.frames += frames as u64;
    done.events += events.all.len() as u64;
    let heard = if is_in_place { &buses[0] } else { &outputs[0] };
    if heard.is_finite() { Ok(()) } else { Err(format!("no number came out of {signal:?}").into()) }
}

/// A host that calls what it likes, in any order.
fn any_calls(library: Library, chance: &mut Chance, done: &mut Done) -> Result<(), Error> {
    let raw = if chance.once_in(9) { Raw::new(library) } else { Raw::initialised(library) };
    let parameters = raw.parameters();
    let mut saved = Vec::new();
    for _ in 0..chance.below(120) {
        match chance.below(24) {
            0 => {
                let rate = if chance.once_in(3) {
                    chance.one_of(&IMPOSSIBLE_RATES_HZ)
                } else {
                    chance.one_of(&RATES_HZ)
                };
                raw.activate(rate, chance.one_of(&[0, 1, 17, 64, 512, 4_096, 65_536, u32::MAX]));
            }
            1 => raw.deactivate(),
            2 => drop(raw.start()),
            3 => raw.stop(),
            4 => raw.reset(),
            5 => raw.on_main_thread(),
            6 => raw.flush(&events(&parameters, 64, chance)),
            7 => saved = raw.save().ok_or("expected a state, found none")?,
            8 => {
                done.loads += 1;
                let mut bytes = saved.clone();
                // Some of it may be something else, or not be there.
                for _ in 0..chance.one_of(&[0, 0, 1, 9]) {
                    let at = chance.below(bytes.len());
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte = chance.next() as u8;
                    }
                }
                if chance.once_in(4) {
                    bytes.truncate(chance.below(bytes.len() + 1));
                }
                raw.load(&bytes);
            }
            _ => play(&raw, &parameters, chance, done)?,
        }
    }
    Ok(())
}

/// With the limiter on, nothing leaves over its ceiling, whatever else moves.
fn under_the_ceiling(library: Library, chance: &mut Chance, done: &mut Done) -> Result<(), Error> {
    const FRAMES: usize = 512;
    let raw = Raw::initialised(library);
    let rate_hz = chance.one_of(&[44_100.0, 48_000.0, 96_000.0]);
    if !raw.activate(rate_hz, FRAMES as u32) {
        return Err(format!("expected it to start at {rate_hz} Hz").into());
    }
    let all = raw.parameters();
    // What is listened to instead of the master, and what adds to it, stay as they are; so
    // does the snapshot, for one that was never set has no limiter.
    let keeps = |name: &str| {
        ["Limiter On", "Limiter Ceiling", "Bypass", "Listen To", "EQ Phase", "Snapshot"]
            .contains(&name)
            || name.starts_with("Dither")
    };
    let moved: Vec<_> =
        all.iter().filter(|one| one.is_automatable && !keeps(&one.name)).cloned().collect();
    let find = |name: &str| {
        all.iter().find(|one| one.name == name).ok_or(format!("expected a parameter {name}"))
    };
    let ceiling = find("Limiter Ceiling")?;
    raw.flush(&Events::of(find("Limiter On")?.id, &[(0, 1.0)]));
    let value = raw.value_of(ceiling.id, "-1 dBTP").ok_or("expected to read \"-1 dBTP\"")?;
    raw.flush(&Events::of(ceiling.id, &[(0, value)]));
    let mut meter =
        Meters::without_bands(AudioSpec { sample_rate_hz: rate_hz, max_block_frames: FRAMES });
    let signal =
        chance.one_of(&[Signal::Noise(0.5), Signal::Noise(4.0), Signal::Clicks, Signal::Square]);
    for number in 0..150 {
        let mut inputs = [Bus::new(2, FRAMES, 0.0)];
        for samples in &mut inputs[0].samples {
            signal.fill(samples, chance);
        }
        let mut outputs = [Bus::new(2, FRAMES, f32::NAN)];
        let (mut input_row, mut output_row) = (row(&mut inputs), row(&mut outputs));
        let events = events(&moved, FRAMES, chance);
        let mut block = block(FRAMES as u32, &mut input_row, &mut output_row);
        block.in_events = events.list();
        raw.process(&block);
        if number == 70 {
            // A session over the one that plays.
            let saved = raw.save().ok_or("expected a state, found none")?;
            if !raw.load(&saved) {
                return Err("its own state is refused".into());
            }
            done.loads += 1;
        }
        if !outputs[0].is_finite() {
            return Err(format!("no number came out of {signal:?}").into());
        }
        meter.process(&outputs[0].samples[0], &outputs[0].samples[1]);
        done.blocks += 1;
        done.frames += FRAMES as u64;
        done.events += events.all.len() as u64;
    }
    // Without its end: a master that is cut off in full flight is none.
    let [left_dbtp, right_dbtp] = meter.snapshot().max_true_peak_dbtp;
    let over_db = left_dbtp.max(right_dbtp) - CEILING_DB;
    if over_db > 0.05 {
        return Err(
            format!("{over_db:+.3} dB over the ceiling with {signal:?} at {rate_hz} Hz").into()
        );
    }
    Ok(())
}

/// A neutral plug-in gives the mix back to the bit, however it is cut.
fn neutral_is_exact(library: Library, chance: &mut Chance, done: &mut Done) -> Result<(), Error> {
    let raw = Raw::initialised(library);
    let (rate_hz, longest) = (chance.one_of(&RATES_HZ), chance.one_of(&[1, 32, 480, 8_192]));
    if !raw.activate(rate_hz, longest) {
        return Err(format!("expected it to start at {rate_hz} Hz").into());
    }
    let latency = raw.latency() as usize;
    let mut sent: Vec<f32> = vec![0.0; latency];
    let mut came: Vec<f32> = Vec::new();
    while sent.len() < 3 * latency + 20_000 {
        let frames = chance.below(3_000);
        let mut inputs = [Bus::new(2, frames, 0.0)];
        // Quieter than what the limiter is there for.
        Signal::Noise(0.25).fill(&mut inputs[0].samples[0], chance);
        sent.extend_from_slice(&inputs[0].samples[0]);
        let mut outputs = [Bus::new(2, frames, f32::NAN)];
        let (mut input_row, mut output_row) = (row(&mut inputs), row(&mut outputs));
        raw.process(&block(frames as u32, &mut input_row, &mut output_row));
        came.extend_from_slice(&outputs[0].samples[0]);
        done.blocks += 1;
        done.frames += frames as u64;
    }
    match came.iter().zip(&sent).position(|(came, sent)| came != sent) {
        None => Ok(()),
        Some(frame) => Err(format!(
            "a neutral plug-in changed the mix at {rate_hz} Hz in blocks of {longest}: at frame \
             {frame} of {}, latency {latency}, {} for {}",
            came.len(),
            came[frame],
            sent[frame]
        )
        .into()),
    }
}

/// The same for the other format: setting up, playing and letting go in any order.
fn vst3(library: Library, chance: &mut Chance, done: &mut Done) -> Result<(), Error> {
    let raw = Vst3::new(library);
    let gain = raw.parameter("Trim Gain");
    for _ in 0..chance.below(80) {
        match chance.below(10) {
            0 => drop(
                raw.set_up(chance.one_of(&RATES_HZ), chance.one_of(&[-1, 0, 64, 4_096, i32::MAX])),
            ),
            1 => drop(raw.set_active(chance.once_in(2))),
            2 => drop(raw.set_processing(chance.once_in(2))),
            _ => {
                let frames = chance.below(3_000);
                let mut inputs = [Bus::new(chance.one_of(&[2, 1, 4]), frames, 0.0)];
                let signal = chance.one_of(&Signal::ALL);
                for samples in &mut inputs[0].samples {
                    signal.fill(samples, chance);
                }
                let mut outputs = [Bus::new(2, frames, f32::NAN)];
                let points: Vec<_> = (0..chance.one_of(&[0, 1, 40]))
                    .map(|_| (chance.next() as i32 >> chance.below(31), chance.unit()))
                    .collect();
                let changes = Changes::of(gain, &points, chance.below(3) as i32);
                raw.played(frames, &mut inputs, &mut outputs, |block| {
                    block.inputParameterChanges = Changes::list(&changes);
                });
                done.blocks += 1;
                done.frames += frames as u64;
                done.events += points.len() as u64;
                if !outputs[0].is_finite() {
                    return Err(format!("no number came out of {signal:?}").into());
                }
            }
        }
    }
    Ok(())
}

/// Calls from threads that may not make them, all at once.
fn from_all_threads(library: Library, chance: &mut Chance, done: &mut Done) -> Result<(), Error> {
    let raw = Raw::playing(library);
    let parameters = raw.parameters();
    let saved = raw.save().ok_or("expected a state, found none")?;
    let seeds: Vec<u64> = (0..4).map(|_| chance.next()).collect();
    let results = thread::scope(|scope| {
        let threads: Vec<_> = seeds
            .iter()
            .map(|seed| {
                let (raw, parameters, saved) = (&raw, &parameters, &saved);
                scope.spawn(move || {
                    let (mut chance, mut done) = (Chance::new(*seed), Done::default());
                    for _ in 0..60 {
                        match chance.below(9) {
                            0 => drop(raw.activate(48_000.0, 512)),
                            1 => raw.deactivate(),
                            2 => raw.reset(),
                            3 => raw.flush(&events(parameters, 64, &mut chance)),
                            4 => drop(raw.load(saved)),
                            5 => drop(raw.save()),
                            6 => raw.on_main_thread(),
                            _ => play(raw, parameters, &mut chance, &mut done)
                                .map_err(|error| error.to_string())?,
                        }
                    }
                    Ok::<_, String>(done)
                })
            })
            .collect();
        threads.into_iter().map(thread::ScopedJoinHandle::join).collect::<Vec<_>>()
    });
    for result in results {
        let other = result.map_err(|_| "a thread panicked")??;
        done.blocks += other.blocks;
        done.frames += other.frames;
        done.events += other.events;
    }
    Ok(())
}

/// Very many instances at once, each playing a little.
fn crowd(library: Library, chance: &mut Chance, done: &mut Done) -> Result<(), Error> {
    let count = 1 + chance.below(MOST_INSTANCES);
    let all: Vec<_> = (0..count).map(|_| Raw::playing(library)).collect();
    let parameters = all[0].parameters();
    for _ in 0..2 * count {
        play(&all[chance.below(count)], &parameters, chance, done)?;
    }
    Ok(())
}

/// A window that opens and closes, at any moment of its life.
fn windows(library: Library, chance: &mut Chance, done: &mut Done) -> Result<(), Error> {
    if std::env::var_os("DISPLAY").is_none() {
        return Ok(());
    }
    let parent = ParentWindow::open(1_100, 700)?;
    let raw = Raw::playing(library);
    let parameters = raw.parameters();
    for _ in 0..=chance.below(3) {
        if !raw.open_window(parent.id()) {
            return Err("expected a window, found that it is refused".into());
        }
        done.windows += 1;
        if chance.once_in(3) {
            // A hand on a knob, which the end of the window finds there.
            parent.press_inside(chance.below(1_000) as i16, chance.below(600) as i16)?;
        }
        for _ in 0..chance.below(6) {
            play(&raw, &parameters, chance, done)?;
            raw.on_main_thread();
            thread::sleep(Duration::from_millis(chance.one_of(&[0, 3, 20])));
        }
        if chance.once_in(4) {
            // Destroyed while it is open.
            break;
        }
        raw.close_window();
    }
    Ok(())
}
