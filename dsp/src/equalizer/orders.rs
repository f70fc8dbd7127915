//! Kernels made on another thread.
//!
//! A kernel takes some milliseconds at 192 kHz, more than a small block has. So
//! a filter that is played through orders it: settings, and room for the kernel,
//! go out, and the kernel comes back when somebody has made it.

use std::sync::Arc;

use crossbeam::queue::ArrayQueue;

use super::kernel::{Designer, Kernel, designer};
use super::settings::EqualizerSettings;
use crate::processor::AudioSpec;

/// A kernel on its way: room for it, then itself.
#[derive(Debug)]
pub(crate) struct KernelOrder {
    /// What it is, or was, made for.
    pub(super) settings: EqualizerSettings,
    pub(super) kernel: Kernel,
}

/// Carries the orders of one filter out and its kernels back, without locks.
#[derive(Debug)]
pub(crate) struct KernelOrders {
    // One at a time is under way.
    ordered: ArrayQueue<KernelOrder>,
    made: ArrayQueue<KernelOrder>,
}

impl KernelOrders {
    /// Nothing is ordered.
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { ordered: ArrayQueue::new(1), made: ArrayQueue::new(1) })
    }

    /// Audio thread: orders a kernel; gives the room back when one is under way.
    pub(super) fn order(&self, order: KernelOrder) -> Result<(), Kernel> {
        self.ordered.push(order).map_err(|order| order.kernel)
    }

    /// Audio thread: the kernel that was ordered, once it has been made.
    pub(super) fn take(&self) -> Option<KernelOrder> {
        self.made.pop()
    }

    /// Another thread: what is ordered.
    pub(crate) fn next(&self) -> Option<KernelOrder> {
        self.ordered.pop()
    }
}

/// Makes the kernels that are ordered at one sample rate.
pub(crate) struct KernelMaker {
    designer: Designer,
}

impl std::fmt::Debug for KernelMaker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KernelMaker").finish_non_exhaustive()
    }
}

impl KernelMaker {
    /// For streams of this sample rate.
    pub(crate) fn new(spec: AudioSpec) -> Self {
        Self { designer: designer(spec) }
    }

    /// Makes what was ordered there, and sends it back.
    pub(crate) fn make(&mut self, orders: &KernelOrders, mut order: KernelOrder) {
        self.designer.make(&order.settings, &mut order.kernel);
        // There is room: one at a time is under way.
        let _ = orders.made.push(order);
    }
}
