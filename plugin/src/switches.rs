//! Host parameters that are no settings of the chain: which snapshot is heard,
//! and what a controller switches while comparing.
//!
//! All but the snapshot are switches of an audition: what counts is that one
//! is *moved*. Where they stand when the stream begins, or when a session is
//! loaded, means nothing: that is the master.

use burnish_dsp::chain::SNAPSHOTS;
use burnish_dsp::compare::Listen;
use burnish_session::references::MOST_REFERENCES;

/// One of the parameters, in the order in which a host lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Switch {
    /// The snapshot: A, B, C or D.
    Snapshot,
    /// Mix, master or reference.
    Listen,
    /// The reference by its place in the list.
    Reference,
    /// The next reference, when it is switched on.
    NextReference,
    /// The previous one.
    PreviousReference,
}

impl Switch {
    pub(crate) const ALL: [Self; 5] = [
        Self::Snapshot,
        Self::Listen,
        Self::Reference,
        Self::NextReference,
        Self::PreviousReference,
    ];

    /// Stable id.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot",
            Self::Listen => "compare.listen",
            Self::Reference => "compare.reference",
            Self::NextReference => "compare.next",
            Self::PreviousReference => "compare.previous",
        }
    }

    /// Name as shown.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Snapshot => "Snapshot",
            Self::Listen => "Listen To",
            Self::Reference => "Reference",
            Self::NextReference => "Next Reference",
            Self::PreviousReference => "Previous Reference",
        }
    }

    /// How many positions it has.
    pub(crate) fn positions(self) -> usize {
        match self {
            Self::Snapshot => SNAPSHOTS,
            Self::Listen => Listen::ALL.len(),
            Self::Reference => MOST_REFERENCES,
            Self::NextReference | Self::PreviousReference => 2,
        }
    }

    /// Where it stands in a new instance.
    pub(crate) fn default_position(self) -> usize {
        match self {
            Self::Listen => Listen::Master as usize,
            _ => 0,
        }
    }

    /// A position in words.
    pub(crate) fn format(self, position: usize) -> String {
        let listen = ["Mix", "Master", "Reference"];
        let text = match self {
            Self::Snapshot => ["A", "B", "C", "D"].get(position),
            Self::Listen => listen.get(position),
            Self::Reference => return (position + 1).to_string(),
            Self::NextReference | Self::PreviousReference => ["Off", "On"].get(position),
        };
        (*text.unwrap_or(&"")).to_owned()
    }

    /// The position that words mean.
    pub(crate) fn parse(self, text: &str) -> Option<usize> {
        let text = text.trim();
        (0..self.positions()).find(|position| self.format(*position).eq_ignore_ascii_case(text))
    }
}

/// Where all of them stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SwitchPositions([usize; Switch::ALL.len()]);

impl Default for SwitchPositions {
    fn default() -> Self {
        Self(Switch::ALL.map(Switch::default_position))
    }
}

impl SwitchPositions {
    /// Asks for each.
    pub(crate) fn read(position: impl Fn(Switch) -> usize) -> Self {
        Self(Switch::ALL.map(position))
    }

    /// Where one stands.
    pub(crate) fn of(&self, switch: Switch) -> usize {
        self.0[switch as usize].min(switch.positions() - 1)
    }

    /// Those that have been moved since.
    pub(crate) fn moved_since(self, before: Self) -> impl Iterator<Item = (Switch, usize)> {
        Switch::ALL
            .into_iter()
            .filter(move |switch| self.of(*switch) != before.of(*switch))
            .map(move |switch| (switch, self.of(switch)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_position_is_written_and_read_alike() {
        for switch in Switch::ALL {
            assert!(switch.default_position() < switch.positions());
            for position in 0..switch.positions() {
                assert_eq!(switch.parse(&switch.format(position)), Some(position), "{switch:?}");
            }
            assert_eq!(switch.parse("sideways"), None);
        }
    }

    #[test]
    fn only_what_was_moved_counts() {
        let before = SwitchPositions::default();
        assert_eq!(before.moved_since(before).count(), 0);
        let after = SwitchPositions::read(|switch| match switch {
            Switch::Reference => 7,
            other => other.default_position(),
        });
        assert_eq!(after.moved_since(before).collect::<Vec<_>>(), [(Switch::Reference, 7)]);
    }
}
