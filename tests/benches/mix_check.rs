//! What the mix check finds: every piece left alone and damaged, as a table.
//!
//! `cargo bench -p burnish-tests --bench mix_check`; `BURNISH_MATERIAL` names a folder of more
//! pieces (FLAC), and words as arguments show what is seen in the cases that have them in their
//! names.

use std::collections::BTreeMap;

use burnish_session::measure::measure;
use burnish_session::mix_check::{MixCheck, Sureness};
use burnish_tests::damage::{Case, Strength, cases, pieces};

/// How often damage of a kind was found at which strength.
#[derive(Default)]
struct Row {
    plain: [usize; 2],
    slight: [usize; 2],
    /// Found for certain or likely where it was not put.
    alarms: usize,
    /// Uncertain there.
    unsure: usize,
}

/// The table.
#[derive(Default)]
struct Confusion {
    rows: BTreeMap<String, Row>,
    clean: [usize; 3],
}

impl Confusion {
    /// Adds a case and says what was strange with it.
    fn add(&mut self, case: &Case, is_watched: bool) {
        let audio = &case.audio;
        let measures = measure(audio);
        let mut check = MixCheck::new(audio.sample_rate_hz, audio.channels);
        check.take(&audio.left, &audio.right);
        let findings = check.report(&measures, Some(case.bits), true).findings;
        let mut marks = Vec::new();
        if let Some((kind, strength)) = case.damage {
            let is_found = findings.iter().any(|finding| finding.kind == kind);
            let row = self.rows.entry(format!("{kind:?}")).or_default();
            let [all, found] = match strength {
                Strength::Plain => &mut row.plain,
                Strength::Slight => &mut row.slight,
            };
            *all += 1;
            *found += usize::from(is_found);
            if strength == Strength::Plain && !is_found {
                marks.push("MISSED");
            }
        }
        let (mut alarms, mut unsure) = (0, 0);
        for finding in &findings {
            let is_known = case.also.contains(&finding.kind)
                || case.damage.is_some_and(|(kind, _)| kind == finding.kind);
            if !is_known {
                let row = self.rows.entry(format!("{:?}", finding.kind)).or_default();
                let is_alarm = finding.sureness != Sureness::Uncertain;
                *(if is_alarm { &mut alarms } else { &mut unsure }) += 1;
                *(if is_alarm { &mut row.alarms } else { &mut row.unsure }) += 1;
            }
        }
        if alarms > 0 {
            marks.push("ALARM");
        } else if unsure > 0 {
            marks.push("unsure");
        }
        if case.damage.is_none() {
            self.clean[0] += 1;
            self.clean[1] += usize::from(alarms > 0);
            self.clean[2] += usize::from(alarms == 0 && unsure > 0);
        }
        if is_watched {
            println!("{}\n    {}", case.name, check.evidence(&measures));
        }
        if is_watched || !marks.is_empty() {
            let said: Vec<String> = findings
                .iter()
                .map(|finding| {
                    format!("{:?} {:?} {:.1}", finding.kind, finding.sureness, finding.value)
                })
                .collect();
            println!("{:36} {}: {}", case.name, marks.join(" "), said.join(", "));
        }
    }
}

fn main() {
    let words: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let mut table = Confusion::default();
    for piece in pieces() {
        cases(&piece, &mut |case| {
            if words.iter().all(|word| case.name.contains(word)) {
                table.add(case, !words.is_empty());
            }
        });
    }
    println!("\n{:18} {:>12} {:>12} {:>7} {:>7}", "damage", "plain", "slight", "alarms", "unsure");
    let mut plain = [0; 2];
    for (kind, row) in &table.rows {
        let share = |[all, found]: [usize; 2]| format!("{found} of {all}");
        println!(
            "{kind:18} {:>12} {:>12} {:>7} {:>7}",
            share(row.plain),
            share(row.slight),
            row.alarms,
            row.unsure
        );
        plain[0] += row.plain[0];
        plain[1] += row.plain[1];
    }
    let [clean, alarms, unsure] = table.clean;
    println!(
        "\nfound {} of {} that one would complain of; of {clean} that were left alone {alarms} \
         are false alarms, {unsure} unsure",
        plain[1], plain[0]
    );
}
