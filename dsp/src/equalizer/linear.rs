//! The equaliser without phase: one symmetric FIR filter for all bands.
//!
//! The kernel comes from [`super::kernel`], from another thread where there is
//! one to make it ([`super::orders`]), and is convolved with in `convolver`. A
//! new kernel is faded in over one partition. Partitions lie on a
//! grid fixed to the song, as all else that happens on a grid; where the song
//! jumps, what has entered rings out on the old grid beside what comes.

mod convolver;

use std::sync::Arc;

use self::convolver::{Convolver, Heard, Transforms};
use super::kernel::{Designer, Kernel, designer, forward, inverse, lengths};
use super::orders::{KernelOrder, KernelOrders};
use super::settings::EqualizerSettings;
use crate::processor::{AudioSpec, StereoBlock};
use crate::smoothing::phase_in;

/// The filters, and the audio that waits in them.
pub(super) struct LinearPhase {
    partition_frames: usize,
    /// The settings, and those that a kernel is to be made for next.
    settings: Option<EqualizerSettings>,
    wanted: Option<EqualizerSettings>,
    designer: Designer,
    orders: Option<Arc<KernelOrders>>,
    /// A kernel is made elsewhere, and the room of the other one lent for it.
    is_ordered: bool,
    /// It was ordered before the last reset.
    is_order_old: bool,
    /// Kernels may come late even after a reset.
    may_be_late: bool,
    /// What is heard is of before the reset, or nothing: the kernel comes late.
    is_stale: bool,
    kernels: [Kernel; 2],
    active: usize,
    /// What the active kernel was made for.
    active_settings: Option<EqualizerSettings>,
    /// What the other one is made for, when it is whole and waits to be heard.
    ready: Option<EqualizerSettings>,
    /// Whether the other kernel is heard too at the end of this partition.
    is_fading: bool,
    transforms: Transforms,
    /// Takes the audio in.
    current: Convolver,
    /// Took it in before the song jumped.
    ringing: Convolver,
    /// For so long that one is still heard.
    ringing_frames: usize,
    /// Nothing has entered since the reset.
    is_empty: bool,
    /// Where the song is at the next frame.
    song_frame: i64,
}

impl std::fmt::Debug for LinearPhase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LinearPhase").field("wanted", &self.wanted).finish_non_exhaustive()
    }
}

/// Plans the transforms, which takes 24 kB of stack, before there is anything else on it.
pub(crate) fn plan(spec: AudioSpec) {
    let (taps, partition_frames) = lengths(spec);
    drop((inverse(taps), forward(2 * partition_frames), inverse(2 * partition_frames)));
}

impl LinearPhase {
    /// Builds the filters; the only place that allocates.
    pub(super) fn new(spec: AudioSpec) -> Self {
        let (taps, partition_frames) = lengths(spec);
        let partitions = taps / partition_frames;
        Self {
            partition_frames,
            settings: None,
            wanted: None,
            designer: designer(spec),
            orders: None,
            is_ordered: false,
            is_order_old: false,
            may_be_late: false,
            is_stale: false,
            kernels: std::array::from_fn(|_| Kernel::new(partitions, partition_frames)),
            active: 0,
            active_settings: None,
            ready: None,
            is_fading: false,
            transforms: Transforms::new(partition_frames),
            current: Convolver::new(partitions, partition_frames),
            ringing: Convolver::new(partitions, partition_frames),
            ringing_frames: 0,
            is_empty: true,
            song_frame: 0,
        }
    }

    /// By how many frames the output lags: half the kernel, and the partition
    /// that has to fill before it can be transformed.
    pub(super) fn latency_frames(&self) -> usize {
        self.designer.taps() / 2 + self.partition_frames
    }

    /// Has the kernels made elsewhere from now on, or here; before the first block.
    pub(super) fn order_kernels(&mut self, orders: Option<Arc<KernelOrders>>) {
        self.orders = orders;
    }

    /// Whether kernels that are made elsewhere may come late even after a reset.
    pub(super) fn wait_for_kernels(&mut self, may_be_late: bool) {
        self.may_be_late = may_be_late;
    }

    /// Whether what is heard has come from the settings since the reset.
    pub(super) fn has_arrived(&self) -> bool {
        !self.is_stale
    }

    /// Takes new settings: at once when `is_fresh`, else, and where a kernel that
    /// is made elsewhere may be late, as soon as they are worked in.
    pub(super) fn configure(&mut self, settings: &EqualizerSettings, is_fresh: bool) {
        self.settings = Some(*settings);
        self.wanted = Some(*settings);
        if !is_fresh {
            return;
        }
        self.is_stale = false;
        if self.active_settings.as_ref() == Some(settings) {
            self.wanted = None;
        } else if self.orders.is_some() && (self.may_be_late || self.is_ordered) {
            self.is_stale = true;
        } else {
            self.wanted = None;
            let other = 1 - self.active;
            self.designer.make(settings, &mut self.kernels[other]);
            self.active = other;
            self.active_settings = Some(*settings);
        }
    }

    /// Forgets all audio; kernels under way are dropped, the settings come anew,
    /// and the song is at 0.
    pub(super) fn reset(&mut self) {
        self.current.reset(0);
        self.ringing_frames = 0;
        self.is_empty = true;
        self.song_frame = 0;
        self.is_fading = false;
        self.wanted = None;
        self.ready = None;
        self.is_order_old = self.is_ordered;
        self.designer.rest();
    }

    /// Tells where the song is at the next frame.
    pub(super) fn anchor(&mut self, song_frame: i64) {
        self.song_frame = song_frame;
    }

    /// Filters a block in place.
    pub(super) fn process(&mut self, block: &mut StereoBlock<'_>) {
        let mut start = 0;
        while start < block.frames() {
            self.follow_song();
            if self.current.is_at_tick() {
                self.tick();
            }
            let mut frames = self.current.frames_to_tick().min(block.frames() - start);
            if self.ringing_frames > 0 {
                if self.ringing.is_at_tick() {
                    self.ringing.tick(heard(&self.kernels, self.active, false));
                }
                frames = frames.min(self.ringing.frames_to_tick()).min(self.ringing_frames);
            }
            let mut run = block.slice(start, start + frames);
            let is_complete = self.current.exchange(&mut run);
            if self.ringing_frames > 0 {
                self.ringing_frames -= frames;
                if self.ringing.ring(&mut run) {
                    let heard = heard(&self.kernels, self.active, false);
                    self.ringing.complete(heard, &mut self.transforms);
                }
            }
            if is_complete {
                self.complete_partition();
            }
            self.is_empty = false;
            self.song_frame = self.song_frame.wrapping_add(frames as i64);
            start += frames;
        }
    }

    /// Moves the partitions to where they belong in the song. What rings out on
    /// another grid, or between two kernels, does so first.
    fn follow_song(&mut self) {
        let filled = phase_in(self.song_frame, self.partition_frames);
        if filled == self.current.filled() {
            return;
        }
        if self.is_empty {
            self.current.reset(filled);
        } else if self.ringing_frames == 0 && !self.is_fading {
            std::mem::swap(&mut self.current, &mut self.ringing);
            self.ringing_frames = self.ringing.memory_frames();
            self.current.reset(filled);
        }
    }

    /// This tick's share of the work: on the next kernel, and on what past
    /// inputs give to the next output.
    fn tick(&mut self) {
        match self.orders.take() {
            Some(orders) => {
                self.receive(&orders);
                self.order(&orders);
                self.orders = Some(orders);
            }
            None => self.design(),
        }
        self.current.tick(heard(&self.kernels, self.active, self.is_fading));
    }

    /// The settings to make a kernel for, unless there is one.
    fn take_wanted(&mut self) -> Option<EqualizerSettings> {
        self.wanted.take().filter(|wanted| Some(wanted) != self.active_settings.as_ref())
    }

    /// One step of a kernel that is made here.
    fn design(&mut self) {
        if self.designer.is_resting()
            && let Some(wanted) = self.take_wanted()
        {
            self.designer.begin(&wanted);
        }
        self.designer.advance(&mut self.kernels[1 - self.active]);
        if self.designer.is_ready() {
            self.ready = Some(*self.designer.settings());
        }
    }

    /// Takes the kernel that was made elsewhere. One that nobody wants any more,
    /// for it was ordered before a reset, is room for the next.
    fn receive(&mut self, orders: &KernelOrders) {
        if !self.is_ordered {
            return;
        }
        let Some(KernelOrder { settings, kernel }) = orders.take() else { return };
        self.is_ordered = false;
        self.kernels[1 - self.active] = kernel;
        if !std::mem::take(&mut self.is_order_old) || self.settings == Some(settings) {
            self.ready = Some(settings);
        }
    }

    /// Orders the next kernel, when there is room for it.
    fn order(&mut self, orders: &KernelOrders) {
        if self.is_ordered || self.ready.is_some() {
            return;
        }
        let Some(settings) = self.take_wanted() else { return };
        let kernel = std::mem::take(&mut self.kernels[1 - self.active]);
        self.is_ordered = true;
        if let Err(kernel) = orders.order(KernelOrder { settings, kernel }) {
            // An order of before is yet to be made.
            self.kernels[1 - self.active] = kernel;
            self.wanted = Some(settings);
            self.is_ordered = false;
        }
    }

    fn complete_partition(&mut self) {
        let heard = heard(&self.kernels, self.active, self.is_fading);
        self.current.complete(heard, &mut self.transforms);
        if self.is_fading {
            self.active = 1 - self.active;
            self.active_settings = self.ready.take();
            self.is_stale = false;
            self.designer.rest();
        }
        self.is_fading = self.ready.is_some() && self.ringing_frames == 0;
    }
}

fn heard(kernels: &[Kernel; 2], active: usize, is_fading: bool) -> Heard<'_> {
    Heard { kernel: &kernels[active], coming: is_fading.then_some(&kernels[1 - active]) }
}
