//! Prints what the blocks of a long song cost: the median, and how far above it the worst lie.
//!
//! `blocks [--minutes N] [--passes N] [--paced] [--phase PHASE] [RATE...]` plays the demo mix over and over through the real library
//! that `BURNISH_CLAP` names, in blocks of 64 frames with everything at work, in minimum and in linear phase.
//! The gains of all bands are automated in every block; with a `DISPLAY` the editor is open and reads. Paced, each
//! block comes when it would from a sound card, and so what other threads make comes as often as it does there.
//!
//! What is measured is the processor time of the thread that plays, block by block: others on the machine take
//! time, but not of that. They still take its caches, and a virtual machine's own thieves count too; so the song
//! is played more than once, and what is dear in every pass is what the plug-in bunches.

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    match unix::run() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("blocks: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(not(unix))]
fn main() {
    eprintln!("blocks: expected a Unix system, found another; only there a thread's time is read");
}

#[cfg(unix)]
mod unix {
    use std::path::Path;
    use std::time::{Duration, Instant};

    use burnish_session::audio::StereoAudio;
    use burnish_session::decode::decode;
    use burnish_session::resample::resample;
    use burnish_tests::error::Error;
    use burnish_tests::host::bundle_path;
    use burnish_tests::raw::Library;
    use burnish_tests::raw::clap::{Bus, Events, Raw, block, playing_from, row};
    use burnish_tests::window::ParentWindow;

    const BLOCK_FRAMES: usize = 64;
    const BANDS: usize = 8;
    /// After so many blocks the automation begins anew.
    const AUTOMATION_BLOCKS: usize = 512;
    /// Blocks before the first that counts: caches and branches are warm, what is built on demand is there.
    const WARM_UP_S: f64 = 2.0;

    /// Everything at work, by name and as a person would type it.
    const SETTINGS: [(&str, &str); 16] = [
        ("Trim Gain", "6"),
        ("Glue On", "On"),
        ("Glue Threshold", "-30"),
        ("Stereo High width", "120"),
        ("Stereo Mono bass", "On"),
        ("Clipper On", "On"),
        ("Clipper Drive", "3"),
        ("Limiter On", "On"),
        ("Limiter Gain", "8"),
        ("Limiter Character", "Loud"),
        ("Dither Depth", "16 bit"),
        ("EQ 1 Channel", "Mid"),
        ("EQ 2 Channel", "Side"),
        ("EQ 3 Channel", "Mid"),
        ("EQ 5 Channel", "Side"),
        ("EQ 7 Channel", "Side"),
    ];

    /// What a block took.
    #[derive(Clone, Copy)]
    struct Cost {
        thread_ns: u32,
        wall_ns: u32,
    }

    pub(super) fn run() -> Result<(), Error> {
        let (mut minutes, mut passes, mut rates_hz) = (10.0_f64, 3, Vec::new());
        let (mut is_paced, mut phases) = (false, vec!["Minimum".to_owned(), "Linear".to_owned()]);
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--minutes" => minutes = arguments.next().ok_or("--minutes N")?.parse()?,
                "--passes" => passes = arguments.next().ok_or("--passes N")?.parse()?,
                "--paced" => is_paced = true,
                "--phase" => phases = vec![arguments.next().ok_or("--phase PHASE")?],
                rate => rates_hz.push(rate.parse()?),
            }
        }
        if rates_hz.is_empty() {
            rates_hz = vec![48_000, 96_000, 192_000];
        }
        let mix = decode(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../material/mix.flac"))?;
        let library = Library::load(&bundle_path())?;
        println!("blocks of {BLOCK_FRAMES} frames, {minutes} minutes, {passes} passes");
        for rate_hz in rates_hz {
            let song = resample(&mix, rate_hz)?;
            for phase in &phases {
                let count = (minutes * 60.0 * f64::from(rate_hz)) as usize / BLOCK_FRAMES;
                let mut least = vec![u32::MAX; count];
                for pass in 1..=passes {
                    let costs = play(library, &song, phase, count, is_paced)?;
                    let block_ns = 1e9 * BLOCK_FRAMES as f64 / f64::from(rate_hz);
                    let thread = costs.iter().map(|cost| cost.thread_ns).collect();
                    let what = format!("{rate_hz} Hz, {phase}, pass {pass}, thread");
                    tell(&what, thread, block_ns);
                    bunches(&costs, f64::from(rate_hz));
                    let wall = costs.iter().map(|cost| cost.wall_ns).collect();
                    tell(&format!("{rate_hz} Hz, {phase}, pass {pass}, wall"), wall, block_ns);
                    for (least, cost) in least.iter_mut().zip(&costs) {
                        *least = (*least).min(cost.thread_ns);
                    }
                    if pass == passes && passes > 1 {
                        let dearest = dearest(&least);
                        tell(
                            &format!("{rate_hz} Hz, {phase}, least of all"),
                            least.clone(),
                            block_ns,
                        );
                        println!("  the dearest blocks of these: {dearest:?}");
                    }
                }
            }
        }
        Ok(())
    }

    /// Plays so many blocks; what each took.
    fn play(
        library: Library,
        song: &StereoAudio,
        phase: &str,
        count: usize,
        is_paced: bool,
    ) -> Result<Vec<Cost>, Error> {
        let rate_hz = f64::from(song.sample_rate_hz);
        let raw = Raw::initialised(library);
        let set = |name: &str, text: &str| {
            let id = raw.parameter(name);
            let value = raw.value_of(id, text).ok_or_else(|| format!("{name}: \"{text}\""))?;
            raw.flush(&Events::of(id, &[(0, value)]));
            Ok::<(), Error>(())
        };
        for (name, text) in SETTINGS {
            set(name, text)?;
        }
        for band in 1..=BANDS {
            set(&format!("EQ {band} On"), "On")?;
        }
        set("EQ Phase", phase)?;
        if !raw.activate(rate_hz, BLOCK_FRAMES as u32) || !raw.start() {
            return Err("expected the plug-in to start, found that it refuses".into());
        }
        let window =
            std::env::var_os("DISPLAY").map(|_| ParentWindow::open(1100, 700)).transpose()?;
        if let Some(window) = &window
            && !raw.open_window(window.id())
        {
            return Err("expected the editor, found that it does not open".into());
        }
        let automation = automation(&raw)?;
        let mut inputs = [Bus::new(2, BLOCK_FRAMES, 0.0), Bus::new(2, BLOCK_FRAMES, 0.0)];
        let mut outputs = [Bus::new(2, BLOCK_FRAMES, 0.0)];
        let mut transport = playing_from(0);
        let song_blocks = song.left.len() / BLOCK_FRAMES;
        let warm_up = (WARM_UP_S * rate_hz) as usize / BLOCK_FRAMES;
        let mut costs = Vec::with_capacity(count);
        let begin = Instant::now();
        for number in 0..count + warm_up {
            let at = number % song_blocks * BLOCK_FRAMES;
            for (channel, source) in [&song.left, &song.right].into_iter().enumerate() {
                inputs[0].samples[channel][..].copy_from_slice(&source[at..at + BLOCK_FRAMES]);
            }
            let (mut input_row, mut output_row) = (row(&mut inputs), row(&mut outputs));
            let mut block = block(BLOCK_FRAMES as u32, &mut input_row, &mut output_row);
            let seconds = (number * BLOCK_FRAMES) as f64 / rate_hz;
            transport.song_pos_seconds = (seconds * f64::from(1_u32 << 31)) as i64;
            if is_paced {
                let due = begin + Duration::from_secs_f64(seconds);
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
            }
            block.transport = &raw const transport;
            block.in_events = automation[number % AUTOMATION_BLOCKS].list();
            let (thread, wall) = (thread_time(), Instant::now());
            raw.process(&block);
            let cost = Cost {
                thread_ns: ns(thread_time().saturating_sub(thread)),
                wall_ns: ns(wall.elapsed()),
            };
            if number >= warm_up {
                costs.push(cost);
            }
        }
        if window.is_some() {
            raw.close_window();
            std::thread::sleep(Duration::from_millis(300));
        }
        raw.stop();
        raw.deactivate();
        Ok(costs)
    }

    /// The gains of all bands, a block each: slow waves of different lengths.
    fn automation(raw: &Raw) -> Result<Vec<Events>, Error> {
        let gains: Vec<_> =
            (1..=BANDS).map(|band| raw.parameter(&format!("EQ {band} Gain"))).collect();
        let value = |id, text| raw.value_of(id, text).ok_or("a gain was not understood");
        let (low, high) = (value(gains[0], "-4")?, value(gains[0], "4")?);
        let events = (0..AUTOMATION_BLOCKS).map(|number| {
            let mut all = Events::of(gains[0], &[]);
            for (band, id) in gains.iter().enumerate() {
                let turns = (band + 1) as f64 * number as f64 / AUTOMATION_BLOCKS as f64;
                let share = 0.5 + 0.5 * (std::f64::consts::TAU * turns).sin();
                all.all.extend(Events::of(*id, &[(0, low + (high - low) * share)]).all);
            }
            all
        });
        Ok(events.collect())
    }

    /// The processor time of this thread.
    fn thread_time() -> Duration {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: a place for the time.
        unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    }

    fn ns(time: Duration) -> u32 {
        u32::try_from(time.as_nanos()).unwrap_or(u32::MAX)
    }

    /// What comes round again and again: the dearest place in a partition of the linear phase at its longest (2048
    /// frames), and in a tenth of a second, by the median of all blocks there, which no neighbour on the machine moves.
    fn bunches(costs: &[Cost], rate_hz: f64) {
        let tenth = (0.1 * rate_hz / BLOCK_FRAMES as f64).round() as usize;
        for period in [2048 / BLOCK_FRAMES, tenth] {
            let places = (0..period).map(|place| {
                let mut here: Vec<u32> =
                    costs.iter().skip(place).step_by(period).map(|cost| cost.thread_ns).collect();
                here.sort_unstable();
                (here.get(here.len() / 2).copied().unwrap_or_default() / 1000, place)
            });
            let mut places: Vec<_> = places.collect();
            places.sort_unstable_by(|one, other| other.cmp(one));
            let middle = places[period / 2].0;
            let dearest: Vec<_> =
                places.iter().take(6).map(|(us, place)| format!("{us} at {place}")).collect();
            println!(
                "  of {period} blocks that come round: middle {middle} us, dearest {}",
                dearest.join(", ")
            );
        }
    }

    /// The dearest blocks: number and microseconds.
    fn dearest(costs: &[u32]) -> Vec<(usize, u32)> {
        let mut numbers: Vec<usize> = (0..costs.len()).collect();
        numbers.sort_by_key(|number| std::cmp::Reverse(costs[*number]));
        numbers.iter().take(12).map(|number| (*number, costs[*number] / 1000)).collect()
    }

    fn tell(what: &str, mut costs_ns: Vec<u32>, block_ns: f64) {
        costs_ns.sort_unstable();
        let at = |share: f64| {
            f64::from(costs_ns[((costs_ns.len() - 1) as f64 * share) as usize]) / 1000.0
        };
        let late = costs_ns.iter().filter(|cost| f64::from(**cost) > block_ns).count();
        let (median, worst) = (at(0.5), at(1.0));
        println!(
            "{what}: median {median:.1} us, p99 {:.1}, p99.9 {:.1}, p99.99 {:.1}, worst {worst:.1} = {:.2} x the \
             median; late {late} of {}",
            at(0.99),
            at(0.999),
            at(0.9999),
            worst / median,
            costs_ns.len()
        );
    }
}
