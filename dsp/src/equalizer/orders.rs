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

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    /// Settings that tell which order they are of.
    fn numbered(number: usize) -> EqualizerSettings {
        let mut settings = EqualizerSettings::default();
        settings.bands[0].gain_db = number as f64;
        settings
    }

    #[test]
    fn every_kernel_comes_back_once_with_what_it_was_ordered_with() {
        const ORDERS: usize = 60;
        let orders = KernelOrders::new();
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut made = 0;
                while made < ORDERS {
                    let Some(mut order) = orders.next() else {
                        thread::yield_now();
                        continue;
                    };
                    // What the designer writes, as far as the exchange is concerned.
                    let mark = realfft::num_complex::Complex64::new(made as f64, 0.0);
                    order.kernel.spectra[0].clear();
                    order.kernel.spectra[0].push(mark);
                    assert!(orders.made.push(order).is_ok(), "one at a time is under way");
                    made += 1;
                }
            });
            let mut kernel = Kernel::new(1, 1);
            for number in 0..ORDERS {
                assert!(orders.order(KernelOrder { settings: numbered(number), kernel }).is_ok());
                let order = loop {
                    match orders.take() {
                        Some(order) => break order,
                        None => thread::yield_now(),
                    }
                };
                assert_eq!(order.settings, numbered(number));
                assert_eq!(order.kernel.spectra[0][0].re, number as f64);
                kernel = order.kernel;
            }
            assert!(orders.take().is_none());
        });
    }

    #[test]
    fn an_order_too_many_is_given_back() {
        let orders = KernelOrders::new();
        let order = || KernelOrder { settings: numbered(0), kernel: Kernel::new(1, 1) };
        assert!(orders.order(order()).is_ok());
        assert!(orders.order(order()).is_err());
    }
}
