//! Memory that ends where a page begins that nobody may touch.

use std::ops::{Deref, DerefMut};
use std::ptr;

/// Elements with nothing behind them.
pub struct Edge<T> {
    map: *mut libc::c_void,
    bytes: usize,
    elements: *mut T,
    length: usize,
}

// SAFETY: it owns its memory.
unsafe impl<T: Send> Send for Edge<T> {}

impl<T: Copy> Edge<T> {
    pub fn new(elements: &[T]) -> Self {
        let page = 4096;
        let size = size_of_val(elements);
        let pages = size.div_ceil(page).max(1);
        let bytes = (pages + 1) * page;
        // SAFETY: memory of our own, of which the last page is closed.
        unsafe {
            let map = libc::mmap(
                ptr::null_mut(),
                bytes,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            );
            assert_ne!(map, libc::MAP_FAILED);
            let end = map.cast::<u8>().add(pages * page);
            assert_eq!(libc::mprotect(end.cast(), page, libc::PROT_NONE), 0);
            let first = end.sub(size).cast::<T>();
            ptr::copy_nonoverlapping(elements.as_ptr(), first, elements.len());
            Self { map, bytes, elements: first, length: elements.len() }
        }
    }

    /// The first element, for a host to lend.
    pub fn pointer(&mut self) -> *mut T {
        self.elements
    }
}

impl<T> Deref for Edge<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: so many elements are there.
        unsafe { std::slice::from_raw_parts(self.elements, self.length) }
    }
}

impl<T> DerefMut for Edge<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: so many elements are there, and they are ours.
        unsafe { std::slice::from_raw_parts_mut(self.elements, self.length) }
    }
}

impl<T> Drop for Edge<T> {
    fn drop(&mut self) {
        // SAFETY: nothing of it is lent any more.
        unsafe { libc::munmap(self.map, self.bytes) };
    }
}
