//! When the choice of what is heard rests, and why.

use crate::scene::Scene;

/// What a choice says while it rests.
pub(super) const BLIND: &str = "A blind test is under way: its page chooses what is heard.";

/// Whether a blind test is under way, so that nothing may tell what is heard.
pub(super) fn is_blind(scene: &Scene<'_>) -> bool {
    scene.view.blind.is_running()
}
