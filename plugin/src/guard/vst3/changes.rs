//! Changes of parameters on their way from the host to the framework.

use std::cell::{Cell, RefCell};
use std::ptr;

use vst3::Steinberg::Vst::{
    IParamValueQueue, IParamValueQueueTrait, IParameterChanges, IParameterChangesTrait, ParamID,
    ParamValue,
};
use vst3::Steinberg::{int32, kInvalidArgument, kResultFalse, kResultOk, tresult};
use vst3::{Class, ComRef, ComWrapper};

/// A host gives one queue a parameter; more than this are not looked at.
const MOST_QUEUES: usize = 1024;
/// Points of a queue beyond these are not looked at: one that counts more is broken.
const MOST_POINTS: int32 = 1 << 24;

/// What has become due, as the framework sees it: a point a queue, at the first frame.
pub(super) struct Due {
    values: RefCell<Vec<(ParamID, ParamValue)>>,
    /// The queue that was asked for last: the framework looks at one at a time.
    current: Cell<usize>,
    /// This object as a queue.
    queue: Cell<*mut IParamValueQueue>,
}

impl Class for Due {
    type Interfaces = (IParameterChanges, IParamValueQueue);
}

impl Due {
    fn new() -> ComWrapper<Self> {
        let due = ComWrapper::new(Self {
            values: RefCell::new(Vec::with_capacity(MOST_QUEUES)),
            current: Cell::new(0),
            queue: Cell::new(ptr::null_mut()),
        });
        if let Some(queue) = due.as_com_ref::<IParamValueQueue>() {
            due.queue.set(queue.as_ptr());
        }
        due
    }
}

// SAFETY of both: as of the interface; only the call that it was made for looks at it.
impl IParameterChangesTrait for Due {
    unsafe fn getParameterCount(&self) -> int32 {
        self.values.borrow().len() as int32
    }

    unsafe fn getParameterData(&self, index: int32) -> *mut IParamValueQueue {
        match usize::try_from(index) {
            Ok(index) if index < self.values.borrow().len() => {
                self.current.set(index);
                self.queue.get()
            }
            _ => ptr::null_mut(),
        }
    }

    unsafe fn addParameterData(&self, _: *const ParamID, _: *mut int32) -> *mut IParamValueQueue {
        ptr::null_mut()
    }
}

impl IParamValueQueueTrait for Due {
    unsafe fn getParameterId(&self) -> ParamID {
        self.values.borrow().get(self.current.get()).map_or(ParamID::MAX, |(id, _)| *id)
    }

    unsafe fn getPointCount(&self) -> int32 {
        int32::from(self.current.get() < self.values.borrow().len())
    }

    unsafe fn getPoint(&self, index: int32, offset: *mut int32, value: *mut ParamValue) -> tresult {
        let values = self.values.borrow();
        match values.get(self.current.get()) {
            Some((_, found)) if index == 0 && !offset.is_null() && !value.is_null() => {
                // SAFETY: not null.
                unsafe {
                    *offset = 0;
                    *value = *found;
                }
                kResultOk
            }
            _ => kInvalidArgument,
        }
    }

    unsafe fn addPoint(&self, _: int32, _: ParamValue, _: *mut int32) -> tresult {
        kResultFalse
    }
}

/// A host's queue, and how far it has been read.
struct Cursor {
    queue: *mut IParamValueQueue,
    id: ParamID,
    /// The point that is read next.
    next: int32,
    points: int32,
    /// The point that comes next: at which frame, and the value.
    coming: Option<(usize, ParamValue)>,
}

impl Cursor {
    /// Reads on to the next point that means something: one before the point
    /// before it is with that, one after the block's end is at its last frame.
    fn advance(&mut self, frames: usize) {
        let before = self.coming.take().map_or(0, |(frame, _)| frame);
        // SAFETY: a host's queue lives through the call that it was given to.
        let Some(queue) = (unsafe { ComRef::from_raw(self.queue) }) else { return };
        while self.next < self.points {
            let (mut offset, mut value) = (0, f64::NAN);
            // SAFETY: both are places.
            let result = unsafe { queue.getPoint(self.next, &raw mut offset, &raw mut value) };
            self.next += 1;
            if result == kResultOk && value.is_finite() {
                let frame = usize::try_from(offset).unwrap_or(0);
                let frame = frame.min(frames.saturating_sub(1)).max(before);
                self.coming = Some((frame, value.clamp(0.0, 1.0)));
                return;
            }
        }
    }
}

/// The changes of one host's block.
pub(super) struct Changes {
    cursors: Vec<Cursor>,
    due: ComWrapper<Due>,
}

impl Changes {
    /// With room for all that may come; the only place that allocates.
    pub(super) fn new() -> Self {
        Self { cursors: Vec::with_capacity(MOST_QUEUES), due: Due::new() }
    }

    /// Begins a block of `frames` frames.
    ///
    /// # Safety
    ///
    /// `host` is null or a host's, and lives until [`Self::end`].
    pub(super) unsafe fn begin(&mut self, host: *mut IParameterChanges, frames: usize) {
        self.end();
        // SAFETY: the caller's promise.
        let Some(host) = (unsafe { ComRef::from_raw(host) }) else { return };
        // SAFETY: the host's own functions.
        let count = unsafe { host.getParameterCount() };
        for index in 0..count.min(MOST_QUEUES as int32) {
            // SAFETY: the host's own functions; a queue is null or one.
            let (data, id, points) = unsafe {
                let data = host.getParameterData(index);
                let Some(queue) = ComRef::from_raw(data) else { continue };
                (data, queue.getParameterId(), queue.getPointCount().min(MOST_POINTS))
            };
            let mut cursor = Cursor { queue: data, id, next: 0, points, coming: None };
            cursor.advance(frames);
            self.cursors.push(cursor);
        }
    }

    /// Collects what is due at a frame, the last point of each parameter, and
    /// says at which frame the next one is.
    pub(super) fn due_at(&mut self, start: usize, frames: usize) -> Option<usize> {
        let mut values = self.due.values.borrow_mut();
        values.clear();
        let mut next: Option<usize> = None;
        for cursor in &mut self.cursors {
            let mut last = None;
            while let Some((frame, value)) = cursor.coming {
                if frame > start {
                    next = Some(next.map_or(frame, |next| next.min(frame)));
                    break;
                }
                last = Some(value);
                cursor.advance(frames);
            }
            if let Some(value) = last {
                values.push((cursor.id, value));
            }
        }
        next
    }

    /// What was collected, for the framework; null where there is nothing.
    pub(super) fn list(&self) -> *mut IParameterChanges {
        if self.due.values.borrow().is_empty() {
            return ptr::null_mut();
        }
        self.due
            .as_com_ref::<IParameterChanges>()
            .map_or(ptr::null_mut(), |changes| changes.as_ptr())
    }

    /// Forgets the host's.
    pub(super) fn end(&mut self) {
        self.cursors.clear();
    }
}
