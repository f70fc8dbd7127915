//! Which proposal is shown: one that stands still.
//!
//! Spectra gather while the song plays, and every quarter of a second there
//! would be other moves. What is shown stays until
//!
//! - something else is asked for: another amount, another limit, other free
//!   bands of the equaliser;
//! - or the music has changed: the difference to the reference is
//!   [`CHANGED_DB`] away from the one that the moves were made for;
//! - or, on the spectra of now, new moves would come nearer to the reference
//!   than those that are shown by more than [`BETTER_DB`].
//!
//! A held one stays in any case, as long as its bands are free. What the moves
//! do is rated anew on the spectra of now at every turn, so that the distances
//! beside them are true.

use burnish_dsp::equalizer::{BAND_COUNT, EqualizerSettings};

use super::making::Making;
use super::moves::Proposal;
use super::propose::{free_bands, propose, target};
use crate::balance::{Balance, Curve, difference, distance};

/// Differences closer together than this are the same music, dB.
pub const SAME_DB: f64 = 0.2;
/// Differences farther apart than this are of other music, dB.
pub const CHANGED_DB: f64 = 1.5;
/// New moves must come nearer to the reference by more than this, dB.
pub const BETTER_DB: f64 = 0.35;

/// What a proposal is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The present equaliser.
    pub equalizer: &'a EqualizerSettings,
    /// The rate that it runs at, Hz.
    pub sample_rate_hz: f64,
    /// What was measured.
    pub balance: &'a Balance,
    /// How much of the difference is taken, 0 to 1.
    pub amount: f64,
    /// The most that the moves together may do, dB.
    pub most_db: f64,
}

/// What a person decides about: while it stays, moves may.
#[derive(Clone, Debug, PartialEq)]
struct Wish {
    amount: f64,
    most_db: f64,
    sample_rate_hz: f64,
    /// The bands that nobody uses.
    free: Vec<usize>,
    is_on: bool,
}

#[derive(Clone, Debug)]
struct Kept {
    proposal: Proposal,
    wish: Wish,
    /// The difference that the moves were made for, dB.
    made_for_db: Curve,
    /// The one that they were last compared with new moves for, dB.
    compared_for_db: Curve,
}

/// Keeps a proposal.
#[derive(Clone, Debug, Default)]
pub struct ProposalKeeper {
    kept: Option<Kept>,
    /// Whether there is something to be rated: the kept proposal is of now.
    is_shown: bool,
    is_held: bool,
}

impl ProposalKeeper {
    /// The proposal of now.
    pub fn proposal(&self) -> Option<&Proposal> {
        self.kept.as_ref().filter(|_| self.is_shown).map(|kept| &kept.proposal)
    }

    /// Whether it stays whatever is measured or asked for.
    pub fn is_held(&self) -> bool {
        self.is_held
    }

    /// Holds what is shown, or lets go of it. There must be moves to be held.
    pub fn hold(&mut self, is_held: bool) {
        let has_moves = self.proposal().is_some_and(|proposal| !proposal.moves.is_empty());
        self.is_held = is_held && has_moves;
    }

    /// Forgets it, held or not: it was made, or it is of another song.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// Goes on to the spectra of now. Takes some ten milliseconds where new
    /// moves are worked out, and some tens of microseconds where none are.
    pub fn update(&mut self, asked: &Asked<'_>) {
        let Some(now_db) = asked.balance.difference_db else {
            // What is held comes back with the spectra.
            self.is_shown = false;
            if !self.is_held {
                self.kept = None;
            }
            return;
        };
        self.is_shown = true;
        let wish = Wish::new(asked);
        let kept = self.kept.take().and_then(|mut kept| {
            let can_stay = self.is_held || kept.wish == wish;
            kept.proposal = rated(&kept.proposal, asked).filter(|_| can_stay)?;
            Some(kept)
        });
        self.is_held &= kept.is_some();
        self.kept = match kept {
            Some(kept) if self.is_held => Some(kept),
            Some(kept) => Some(reconsidered(kept, asked, &now_db)),
            None => fresh(asked, wish, &now_db),
        };
    }
}

impl Wish {
    fn new(asked: &Asked<'_>) -> Self {
        Self {
            amount: asked.amount,
            most_db: asked.most_db,
            sample_rate_hz: asked.sample_rate_hz,
            free: free_bands(asked.equalizer),
            is_on: asked.equalizer.is_on,
        }
    }
}

fn fresh(asked: &Asked<'_>, wish: Wish, now_db: &Curve) -> Option<Kept> {
    let Asked { equalizer, sample_rate_hz, balance, amount, most_db } = *asked;
    let proposal = propose(equalizer, sample_rate_hz, balance, amount, most_db)?;
    Some(Kept { proposal, wish, made_for_db: *now_db, compared_for_db: *now_db })
}

/// The kept moves, or new ones where these are better or the music is another.
fn reconsidered(kept: Kept, asked: &Asked<'_>, now_db: &Curve) -> Kept {
    if apart_db(&kept.compared_for_db, now_db) < SAME_DB {
        return kept;
    }
    let Some(new) = fresh(asked, kept.wish.clone(), now_db) else { return kept };
    let gained_db = kept.proposal.distance_predicted_db - new.proposal.distance_predicted_db;
    let has_changed = apart_db(&kept.made_for_db, now_db) > CHANGED_DB;
    if has_changed || gained_db > BETTER_DB {
        return new;
    }
    Kept { compared_for_db: *now_db, ..kept }
}

/// How far two differences are apart, dB: far where they have nothing in common.
fn apart_db(a: &Curve, b: &Curve) -> f64 {
    difference(a, b).as_ref().and_then(distance).unwrap_or(f64::INFINITY)
}

/// The same moves on the equaliser of now, rated by the spectra of now; `None`
/// where a band of theirs is in use by now, or the stage off with others set.
fn rated(proposal: &Proposal, asked: &Asked<'_>) -> Option<Proposal> {
    let difference_db = asked.balance.difference_db?;
    let distance_before_db = distance(&difference_db)?;
    let free = free_bands(asked.equalizer);
    let is_off = !asked.equalizer.is_on && free.len() < BAND_COUNT;
    let has_room = proposal.moves.iter().all(|made| free.contains(&made.band)) && !is_off;
    if !has_room && !proposal.moves.is_empty() {
        return None;
    }
    let making = Making {
        settings: asked.equalizer,
        free: &free,
        sample_rate_hz: asked.sample_rate_hz,
        difference_db,
        most_db: asked.most_db,
    };
    let made = making.made(proposal.moves.clone());
    Some(Proposal {
        equalizer: made.equalizer,
        moves: made.moves,
        target_db: target(&difference_db, asked.amount),
        predicted_db: made.predicted_db,
        distance_before_db,
        distance_predicted_db: made.distance_db,
        limits: proposal.limits.clone(),
    })
}

#[cfg(test)]
mod tests {
    use burnish_dsp::equalizer::BandShape;

    use burnish_dsp::equalizer::BandSettings;

    use super::super::moves::Move;
    use super::*;
    use crate::balance::{BANDS, NOMINAL_HZ};

    /// Somebody who looks at a proposal.
    struct Watcher {
        keeper: ProposalKeeper,
        equalizer: EqualizerSettings,
        amount: f64,
        changes: usize,
        seed: u64,
    }

    impl Watcher {
        fn new() -> Self {
            Self {
                keeper: ProposalKeeper::default(),
                equalizer: EqualizerSettings::default(),
                amount: 1.0,
                changes: 0,
                seed: 1,
            }
        }

        /// From -1 to 1.
        fn random(&mut self) -> f64 {
            self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (self.seed >> 33) as f64 / f64::from(1u32 << 30) - 1.0
        }

        fn balance(difference_db: &Curve) -> Balance {
            Balance { difference_db: Some(*difference_db), ..Balance::default() }
        }

        fn sees(&mut self, balance: &Balance) {
            let before = self.moves();
            self.keeper.update(&Asked {
                equalizer: &self.equalizer,
                sample_rate_hz: 48_000.0,
                balance,
                amount: self.amount,
                most_db: 3.0,
            });
            if self.moves() != before {
                self.changes += 1;
            }
        }

        fn moves(&self) -> Vec<Move> {
            self.keeper.proposal().map(|proposal| proposal.moves.clone()).unwrap_or_default()
        }
    }

    /// A bump at one frequency, dB.
    fn bump(centre_hz: f64, height_db: f64) -> Curve {
        NOMINAL_HZ.map(|hz| Some(height_db * (-(hz / centre_hz).log2().powi(2)).exp()))
    }

    #[test]
    fn moves_stand_still_while_spectra_gather_and_are_rated_by_those_of_now() {
        let mut watcher = Watcher::new();
        let curve = bump(250.0, -5.0);
        // Each quarter of a second is up to 9 dB off in every band.
        let mut sum = [0.0; BANDS];
        let mut late = 0;
        let mut distances = Vec::new();
        for step in 1..=240 {
            let gathered_db = std::array::from_fn(|band| {
                sum[band] += 9.0 * watcher.random();
                Some(curve[band]? + sum[band] / f64::from(step))
            });
            let balance = Watcher::balance(&gathered_db);
            let before = watcher.changes;
            watcher.sees(&balance);
            late += if step > 40 { watcher.changes - before } else { 0 };
            let proposal = watcher.keeper.proposal().unwrap();
            assert_eq!(Some(proposal.distance_before_db), balance.distance_db());
            distances.push(proposal.distance_predicted_db);
        }
        assert!(watcher.changes < 10, "{} changes", watcher.changes);
        assert!(late <= 1, "{late} changes between 10 s and a minute");
        distances.dedup();
        assert!(distances.len() > 200, "the distance is of now");
    }

    #[test]
    fn other_music_and_other_wishes_have_other_moves_at_once() {
        let mut watcher = Watcher::new();
        watcher.sees(&Watcher::balance(&bump(250.0, -5.0)));
        let first = watcher.moves();
        watcher.sees(&Watcher::balance(&bump(4000.0, -5.0)));
        assert_ne!(watcher.moves(), first);
        assert_eq!(watcher.changes, 2);
        watcher.amount = 0.5;
        watcher.sees(&Watcher::balance(&bump(4000.0, -5.0)));
        assert_eq!(watcher.changes, 3);
        // A band in use, changed: the moves stay and go with it. One more in use: others.
        watcher.equalizer.bands[0] = BandSettings { is_on: true, ..watcher.equalizer.bands[0] };
        watcher.sees(&Watcher::balance(&bump(4000.0, -5.0)));
        let moves = watcher.moves();
        watcher.equalizer.bands[0].frequency_hz = 31.0;
        watcher.sees(&Watcher::balance(&bump(4000.0, -5.0)));
        assert_eq!(watcher.moves(), moves);
        let proposal = watcher.keeper.proposal().unwrap();
        assert_eq!(proposal.equalizer.bands[0].frequency_hz, 31.0);
        assert!(moves.iter().all(|made| made.band != 0));
    }

    #[test]
    fn music_that_drifts_is_followed_within_the_margin() {
        let mut watcher = Watcher::new();
        for step in 0..=300 {
            let balance = Watcher::balance(&bump(250.0, -2.0 - 0.02 * f64::from(step)));
            watcher.sees(&balance);
            // Every tenth: a proposal takes its time.
            if step % 10 != 0 {
                continue;
            }
            let shown = watcher.keeper.proposal().unwrap();
            let new = propose(&watcher.equalizer, 48_000.0, &balance, 1.0, 3.0).unwrap();
            let behind_db = shown.distance_predicted_db - new.distance_predicted_db;
            // Since they were compared, each has moved by no more than the music has.
            assert!(behind_db < BETTER_DB + 2.0 * SAME_DB, "{behind_db} at {step}");
        }
        assert!((1..12).contains(&watcher.changes), "{} changes", watcher.changes);
    }

    #[test]
    fn what_is_held_stays_until_it_is_let_go_or_its_band_is_taken() {
        let mut watcher = Watcher::new();
        watcher.keeper.hold(true);
        assert!(!watcher.keeper.is_held(), "there is nothing to be held");
        watcher.sees(&Watcher::balance(&bump(250.0, -5.0)));
        watcher.keeper.hold(true);
        let held = watcher.moves();
        watcher.amount = 0.5;
        let other = Watcher::balance(&bump(4000.0, -5.0));
        watcher.sees(&other);
        assert_eq!(watcher.moves(), held);
        let proposal = watcher.keeper.proposal().unwrap();
        assert_eq!(Some(proposal.distance_before_db), other.distance_db());
        assert!(proposal.distance_predicted_db > proposal.distance_before_db, "of now");
        // Nothing is shown that cannot be rated; it comes back.
        watcher.sees(&Balance::default());
        assert_eq!(watcher.keeper.proposal(), None);
        watcher.sees(&other);
        assert_eq!((watcher.moves(), watcher.keeper.is_held()), (held.clone(), true));
        watcher.keeper.hold(false);
        watcher.sees(&other);
        assert_ne!(watcher.moves(), held);
        watcher.keeper.hold(true);
        let band = watcher.moves()[0].band;
        let used = &mut watcher.equalizer.bands[band];
        (used.is_on, used.shape, used.gain_db) = (true, BandShape::Bell, -2.0);
        watcher.sees(&other);
        assert!(!watcher.keeper.is_held());
        assert!(watcher.moves().iter().all(|made| made.band != band));
        watcher.keeper.forget();
        assert_eq!(watcher.keeper.proposal(), None);
    }

    #[test]
    fn without_anything_in_common_there_is_nothing() {
        let mut watcher = Watcher::new();
        watcher.sees(&Balance::default());
        assert_eq!(watcher.keeper.proposal(), None);
        watcher.sees(&Watcher::balance(&[None; BANDS]));
        assert_eq!(watcher.keeper.proposal(), None);
    }
}
