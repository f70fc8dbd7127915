//! Events on their way from the host to the framework and back.

use std::ffi::c_void;
use std::ptr;

use clap_sys::events::{
    CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_GESTURE_BEGIN, CLAP_EVENT_PARAM_GESTURE_END,
    CLAP_EVENT_PARAM_MOD, CLAP_EVENT_PARAM_VALUE, CLAP_EVENT_TRANSPORT, clap_event_header,
    clap_event_param_gesture, clap_event_param_mod, clap_event_param_value, clap_event_transport,
    clap_input_events, clap_output_events,
};

/// Events of one block beyond these are not looked at: a list that counts more is broken.
const MOST_EVENTS: u32 = 1 << 24;

/// An event that means something to a plug-in without notes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Event {
    /// A parameter's value.
    Value(clap_event_param_value),
    /// A parameter's modulation.
    Modulation(clap_event_param_mod),
    /// Where the song is.
    Transport(clap_event_transport),
}

impl Event {
    /// A copy of what a host's event says; `None` for null, for what is too short,
    /// for numbers that are none, and for what means nothing here.
    ///
    /// # Safety
    ///
    /// `event` is null or points to as many bytes as its header says.
    unsafe fn read(event: *const clap_event_header) -> Option<(u32, Self)> {
        /// # Safety
        ///
        /// As for the function around it.
        unsafe fn whole<T: Copy>(event: *const clap_event_header, size: u32) -> Option<T> {
            // SAFETY: as long as it has to be.
            (size as usize >= size_of::<T>()).then(|| unsafe { event.cast::<T>().read_unaligned() })
        }
        if event.is_null() {
            return None;
        }
        // SAFETY: not null, and a header is the least there is.
        let header = unsafe { event.read_unaligned() };
        if header.space_id != CLAP_CORE_EVENT_SPACE_ID {
            return None;
        }
        // SAFETY: the caller's promise.
        let found = unsafe {
            match header.type_ {
                CLAP_EVENT_PARAM_VALUE => {
                    whole(event, header.size).map(Self::Value).filter(Self::is_a_number)?
                }
                CLAP_EVENT_PARAM_MOD => {
                    whole(event, header.size).map(Self::Modulation).filter(Self::is_a_number)?
                }
                CLAP_EVENT_TRANSPORT => Self::Transport(whole(event, header.size)?),
                _ => return None,
            }
        };
        Some((header.time, found))
    }

    fn is_a_number(&self) -> bool {
        match self {
            Self::Value(event) => event.value.is_finite(),
            Self::Modulation(event) => event.amount.is_finite(),
            Self::Transport(_) => true,
        }
    }
}

/// The events that a host gives, in whatever order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given(*const clap_input_events);

impl Given {
    /// A host's list; null is an empty one.
    pub(super) fn of(list: *const clap_input_events) -> Self {
        Self(list)
    }

    pub(super) fn count(self) -> u32 {
        // SAFETY: a host's list is null or a list.
        unsafe {
            self.0
                .as_ref()
                .and_then(|list| list.size.map(|size| size(self.0)))
                .unwrap_or(0)
                .min(MOST_EVENTS)
        }
    }

    /// When an event happens in the block, and what it is; `None` where it means nothing.
    pub(super) fn event(self, index: u32) -> Option<(u32, Event)> {
        // SAFETY: a host's list is null or a list, its events are null or events.
        unsafe {
            let get = self.0.as_ref()?.get?;
            Event::read(get(self.0, index))
        }
    }
}

/// Some of a host's events as the framework sees them: all at the first frame.
pub(super) struct Incoming {
    list: clap_input_events,
    given: Given,
    first: u32,
    end: u32,
    /// Copies that are being looked at: the framework looks at one, and at the next.
    slots: [Slot; 4],
}

#[derive(Clone, Copy)]
union Slot {
    value: clap_event_param_value,
    modulation: clap_event_param_mod,
    nothing: clap_event_header,
}

/// An event of a space that nobody knows.
const NOTHING: clap_event_header = clap_event_header {
    size: size_of::<clap_event_header>() as u32,
    time: 0,
    space_id: u16::MAX,
    type_: u16::MAX,
    flags: 0,
};

impl Incoming {
    /// The events `first..end` of a host.
    pub(super) fn of(given: Given, first: u32, end: u32) -> Self {
        Self {
            list: clap_input_events { ctx: ptr::null_mut(), size: Some(size), get: Some(get) },
            given,
            first,
            end,
            slots: [Slot { nothing: NOTHING }; 4],
        }
    }

    /// For the framework, as long as this stays where it is.
    pub(super) fn list(&mut self) -> *const clap_input_events {
        self.list.ctx = ptr::from_mut(self).cast();
        &raw const self.list
    }

    fn event(&mut self, index: u32) -> *const clap_event_header {
        let slot = &mut self.slots[index as usize % 4];
        let found =
            (index < self.end - self.first).then(|| self.given.event(self.first + index)).flatten();
        // Where the song is goes with the block, not with its events.
        *slot = match found {
            Some((_, Event::Value(mut event))) => {
                event.header.time = 0;
                Slot { value: event }
            }
            Some((_, Event::Modulation(mut event))) => {
                event.header.time = 0;
                Slot { modulation: event }
            }
            Some((_, Event::Transport(_))) | None => Slot { nothing: NOTHING },
        };
        ptr::from_ref(slot).cast()
    }
}

/// # Safety
///
/// `list` is an [`Incoming`]'s own.
unsafe fn incoming<'a>(list: *const clap_input_events) -> &'a mut Incoming {
    // SAFETY: its context is the `Incoming` around it, which only the one call
    // that it was made for looks at.
    unsafe { &mut *(*list).ctx.cast::<Incoming>() }
}

unsafe extern "C" fn size(list: *const clap_input_events) -> u32 {
    // SAFETY: the framework gives back the list that it was given.
    let incoming = unsafe { incoming(list) };
    incoming.end - incoming.first
}

unsafe extern "C" fn get(list: *const clap_input_events, index: u32) -> *const clap_event_header {
    // SAFETY: the framework gives back the list that it was given.
    unsafe { incoming(list) }.event(index)
}

/// What the framework says, on its way to the host: at the frame of the host's
/// block at which the framework's own begins.
pub(super) struct Outgoing {
    list: clap_output_events,
    host: *const clap_output_events,
    start: u32,
}

impl Outgoing {
    /// To a host's list, null for none.
    pub(super) fn to(host: *const clap_output_events, start: u32) -> Self {
        let list = clap_output_events { ctx: ptr::null_mut(), try_push: Some(try_push) };
        Self { list, host, start }
    }

    /// For the framework, as long as this stays where it is; null where the host
    /// takes nothing, so that nothing is lost.
    pub(super) fn list(&mut self) -> *const clap_output_events {
        // SAFETY: a host's list is null or a list.
        let takes = unsafe { self.host.as_ref() }.is_some_and(|host| host.try_push.is_some());
        self.list.ctx = ptr::from_mut(self).cast::<c_void>();
        if takes { &raw const self.list } else { ptr::null() }
    }
}

unsafe extern "C" fn try_push(
    list: *const clap_output_events,
    event: *const clap_event_header,
) -> bool {
    /// Gives a copy that says when in the host's block it is.
    ///
    /// # Safety
    ///
    /// `event` is a whole `T` that begins with a header, `host` takes events.
    unsafe fn push<T: Copy>(outgoing: &Outgoing, event: *const clap_event_header) -> bool {
        // SAFETY: the caller's promise.
        unsafe {
            let mut copy = event.cast::<T>().read();
            (*ptr::from_mut(&mut copy).cast::<clap_event_header>()).time += outgoing.start;
            (*outgoing.host)
                .try_push
                .is_some_and(|push| push(outgoing.host, ptr::from_ref(&copy).cast()))
        }
    }
    // SAFETY: the framework gives back the list that it was given, and events of
    // the types that it says; a list is only given for a host that takes events.
    unsafe {
        let outgoing = &*(*list).ctx.cast::<Outgoing>();
        match (*event).type_ {
            CLAP_EVENT_PARAM_VALUE => push::<clap_event_param_value>(outgoing, event),
            CLAP_EVENT_PARAM_GESTURE_BEGIN | CLAP_EVENT_PARAM_GESTURE_END => {
                push::<clap_event_param_gesture>(outgoing, event)
            }
            // The plug-in sends nothing else.
            _ => false,
        }
    }
}
