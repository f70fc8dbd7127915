//! When the choice of what is heard rests, and why.

use burnish_dsp::settings::Stage;

use crate::scene::Scene;

/// What a choice says while it rests.
pub(crate) const BLIND: &str = "A blind test is under way: its page chooses what is heard.";
pub(crate) const BYPASSED: &str =
    "Bypassed, so the untouched mix is heard whatever is chosen: end that first.";

/// Whether a blind test is under way, so that nothing may tell what is heard.
pub(crate) fn is_blind(scene: &Scene<'_>) -> bool {
    scene.view.blind.is_running()
}

/// Why no choice of what is heard would change anything, if that is so.
pub(crate) fn resting(scene: &Scene<'_>) -> Option<&'static str> {
    if is_blind(scene) { Some(BLIND) } else { scene.view.is_bypassed.then_some(BYPASSED) }
}

/// Why there is no gain of the limiter to be taken back, if that is so.
pub(crate) fn without_gain(scene: &Scene<'_>) -> Option<&'static str> {
    let limiter = &scene.view.settings.limiter;
    if !limiter.is_on {
        Some("The limiter is off: there is no gain to take back.")
    } else if limiter.gain_db == 0.0 {
        Some("The limiter's gain is 0 dB: there is nothing to take back.")
    } else {
        None
    }
}

/// Whether what a stage changes is heard.
pub(crate) fn delta(scene: &Scene<'_>) -> Option<Stage> {
    scene.view.delta.filter(|_| scene.view.blind.test.is_none())
}
