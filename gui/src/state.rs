//! What several parts of the editor remember together from frame to frame: nothing but
//! its own appearance. What one part alone remembers lies in that part.

use burnish_dsp::settings::Stage;

use crate::gesture::Gesture;
use crate::page::Page;

/// A value that is being typed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Typing {
    /// The parameter's place in the table.
    pub(crate) index: usize,
    /// What was typed so far.
    pub(crate) text: String,
    /// What is wrong with it.
    pub(crate) error: Option<String>,
    /// Whether the field has just opened and must take the focus.
    pub(crate) is_new: bool,
}

/// What they remember.
#[derive(Debug)]
pub(crate) struct State {
    /// What is shown large.
    pub(crate) page: Page,
    /// The stage that is shown large, or was before another page.
    pub(crate) stage: Stage,
    /// The value being typed.
    pub(crate) typing: Option<Typing>,
    /// Drags under way.
    pub(crate) gestures: Vec<Gesture>,
    /// Whether "Stop", or the way out of the listening bar, was pressed during a blind
    /// test, whose page asks once more.
    pub(crate) is_stop_asked: bool,
}

impl Default for State {
    fn default() -> Self {
        Self {
            page: Page::Stage,
            stage: Stage::Limiter,
            typing: None,
            gestures: Vec::new(),
            is_stop_asked: false,
        }
    }
}

impl State {
    /// Opens the field of a parameter.
    pub(crate) fn begin_typing(&mut self, index: usize) {
        self.typing = Some(Typing { index, is_new: true, ..Typing::default() });
    }

    /// Whether the field of a parameter is open.
    pub(crate) fn is_typing(&self, index: usize) -> bool {
        self.typing.as_ref().is_some_and(|typing| typing.index == index)
    }

    /// The drag of a parameter, when there is one.
    pub(crate) fn gesture(&mut self, index: usize) -> Option<&mut Gesture> {
        self.gestures.iter_mut().find(|gesture| gesture.index == index)
    }
}
