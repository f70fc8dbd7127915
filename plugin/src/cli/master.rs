//! `burnish master`.

mod arguments;
mod warnings;

use std::path::PathBuf;

use burnish::ENGINE_REVISION;
use burnish_dsp::dither::BitDepth;
use burnish_dsp::settings::{ChainSettings, parameters};
use burnish_session::about::VERSION;
use burnish_session::mastering::{Order, Step, master};
use burnish_session::measure::Measures;
use burnish_session::metadata::Told;
use burnish_session::output::Output;
use burnish_session::preset::{ASSUMED_PEAK_DBTP, assign};
use burnish_session::targets::{targets, targets_called};
use serde::Serialize;
use serde_json::Value;

pub(super) use self::arguments::Arguments;
use self::arguments::{BitsArgument, TrimArgument};
use self::warnings::{
    LIMITER_IS_ON, idle_stage_warnings, lost_dither_warning, mono_warnings, other_dither_warning,
    over_warning,
};
use super::command::Command;
use super::progress::{bar, show, warn, warn_of};
use super::{tables, typed};

/// What was asked for, understood.
pub(super) struct Job {
    mix: PathBuf,
    output: Output,
    order: Order,
    warnings: Vec<String>,
}

/// What was done.
#[derive(Serialize)]
pub(super) struct Report {
    version: &'static str,
    engine_revision: u32,
    before: Measures,
    after: Measures,
    settings: Vec<(&'static str, Value)>,
    latency_frames: usize,
    metadata: Told,
    warnings: Vec<String>,
    #[serde(skip)]
    is_missed: bool,
}

impl Command for Arguments {
    type Job = Job;
    type Outcome = Report;

    fn understand(&self) -> Result<Job, String> {
        let target = self.target()?;
        let target_lufs = target.map(|target| target.lufs);
        let (mut settings, set) = self.settings(target)?;
        let is_set = |id: &str| set.iter().any(|index| parameters()[*index].id == id);
        let mut warnings = Vec::new();
        if target_lufs.is_some() {
            if is_set("limiter.on") && !settings.limiter.is_on {
                warnings.push(LIMITER_IS_ON.to_owned());
            }
            settings.limiter.is_on = true;
        }
        let is_dither_set = is_set("dither.depth");
        let depth = settings.dither.depth;
        let bits = self.bits.unwrap_or(BitsArgument::of_dither(depth));
        if is_dither_set {
            warnings.extend(lost_dither_warning(depth, bits));
        } else if depth != BitDepth::Off && bits != BitsArgument::of_dither(depth) {
            // A preset gives way to what was asked for.
            settings.dither.depth = bits.dither();
            warnings.push(other_dither_warning(depth, bits));
        }
        warnings.extend(idle_stage_warnings(&settings, &set));
        let (output, format) = self.place(bits)?;
        let is_dither_chosen = is_dither_set || depth != BitDepth::Off;
        if self.trim.is_some() && is_set("trim.gain") {
            return Err("--trim auto: the trim's gain is set by --set trim.gain".to_owned());
        }
        let assumed_peak_dbtp = self.trim.map(|TrimArgument::Auto| ASSUMED_PEAK_DBTP);
        let order = Order { settings, is_dither_chosen, assumed_peak_dbtp, target_lufs, format };
        Ok(Job { mix: self.mix.clone(), output, order, warnings })
    }

    fn work(job: Job) -> Result<Report, String> {
        let Job { mix, output, order, warnings } = job;
        let bar = bar("reading");
        let mastered = master(&mix, &output, &order, &mut |step, share| {
            bar.set_message(match step {
                Step::Reading => "reading".to_owned(),
                Step::Trying(number) => format!("try {number}"),
                Step::Mastering => "mastering".to_owned(),
            });
            show(&bar, share);
        });
        bar.finish_and_clear();
        let mastered = mastered.map_err(|error| error.to_string())?;
        let mut said = Vec::new();
        warn_of(&mix, &mastered.mix_warnings, &mut said);
        let of_mono =
            if mastered.before.channels == 1 { mono_warnings(&order.settings) } else { Vec::new() };
        let missed = mastered.stopped_by.as_ref().zip(order.target_lufs);
        let missed =
            missed.map(|(reason, lufs)| format!("{lufs:.1} LUFS was not reached: {reason}"));
        let is_missed = missed.is_some();
        let over = over_warning(mastered.over_full_scale);
        for warning in warnings.into_iter().chain(of_mono).chain(missed).chain(over) {
            warn(warning, &mut said);
        }
        Ok(Report {
            version: VERSION,
            engine_revision: ENGINE_REVISION,
            before: mastered.before,
            after: mastered.after,
            settings: typed::changed(&mastered.settings),
            latency_frames: mastered.latency_frames,
            metadata: mastered.metadata,
            warnings: said,
            is_missed,
        })
    }

    fn text(report: &Report) -> String {
        tables::before_after(&report.before, &report.after) + &tables::metadata(&report.metadata)
    }

    fn is_json(&self) -> bool {
        self.json
    }

    fn is_missed(report: &Report) -> bool {
        report.is_missed
    }
}

/// A loudness to be reached, and the ceiling that goes with it.
#[derive(Clone, Copy)]
struct Target {
    lufs: f64,
    ceiling_dbtp: Option<f64>,
}

impl Arguments {
    /// What is to be reached.
    fn target(&self) -> Result<Option<Target>, String> {
        if let Some(lufs) = self.lufs {
            if !(-70.0..=0.0).contains(&lufs) {
                return Err(format!("--lufs: expected -70 to 0 LUFS, found {lufs}"));
            }
            return Ok(Some(Target { lufs, ceiling_dbtp: None }));
        }
        let Some(name) = &self.target else { return Ok(None) };
        let mut ids: Vec<String> = targets().iter().map(|target| target.id.clone()).collect();
        ids[0].insert_str(0, "one of ");
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let found = targets_called(name);
        let target = typed::only_one("--target", name, &found, &ids, |target| target.id.as_str())?;
        let lufs = target.playback_lufs.ok_or_else(|| {
            format!("--target: {} does not normalise loudness; choose one with --lufs", target.name)
        })?;
        Ok(Some(Target { lufs, ceiling_dbtp: Some(target.ceiling_dbtp) }))
    }

    /// The chain as it was asked for, and which parameters were set by hand.
    fn settings(&self, target: Option<Target>) -> Result<(ChainSettings, Vec<usize>), String> {
        let mut settings = typed::preset(self.preset.as_deref())?;
        if let Some(ceiling_dbtp) = target.and_then(|target| target.ceiling_dbtp) {
            settings.limiter.ceiling_dbtp = ceiling_dbtp;
        }
        let mut set = Vec::new();
        for assignment in &self.set {
            let index = assign(&mut settings, assignment);
            set.push(index.map_err(|message| format!("--set {message}"))?);
        }
        if let Some(ceiling_dbtp) = self.ceiling {
            assign(&mut settings, &format!("limiter.ceiling={ceiling_dbtp}"))
                .map_err(|message| format!("--ceiling: {message}"))?;
            settings.limiter.is_on = true;
        }
        Ok((settings, set))
    }
}
