//! What may be done to a piece without anybody complaining.

use burnish_session::audio::StereoAudio;
use burnish_session::mix_check::Kind;

use super::tools;

/// Its name, what is rightly found in it all the same, and how it is done.
type Change = (&'static str, &'static [Kind], fn(&StereoAudio) -> StereoAudio);

/// All of them.
pub(super) const CHANGES: &[Change] = &[
    ("normalised", &[Kind::Headroom], |a| tools::normalised(a, -0.1)),
    ("12 dB down", &[Kind::LowLevel], |a| tools::gained(a, -12.0)),
    ("16 bit, dithered", &[], |a| tools::dithered(a, 16)),
    ("44.1 kHz", &[], |a| tools::at_rate(a, 44_100)),
    ("warmer", &[], |a| tools::shelf(a, 150.0, 3.0, true)),
    ("brighter", &[], |a| tools::shelf(a, 6000.0, 3.0, false)),
    ("darker", &[], |a| tools::shelf(a, 5000.0, -4.0, false)),
    ("fuller", &[], |a| tools::bell(a, 250.0, 2.0, 0.7)),
    ("more present", &[], |a| tools::bell(a, 3000.0, 2.0, 0.7)),
    ("scooped", &[], |a| tools::bell(a, 500.0, -3.0, 0.7)),
    ("glued", &[], tools::glued),
    ("wider", &[], |a| tools::widened(a, 2.0)),
    ("narrower", &[], |a| tools::widened(a, -6.0)),
    ("lo-fi", &[Kind::Headroom], tools::lo_fi),
    ("faded in and out", &[], tools::faded),
    ("in mono", &[], tools::mono),
    ("half a decibel right", &[], |a| tools::panned(a, 0.95, 1.0)),
];
