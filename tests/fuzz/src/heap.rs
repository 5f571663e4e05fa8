//! An allocator that counts, per thread, so that an input which makes a decoder ask for much is caught asking.
//!
//! It sees what Rust asks for. What zstd's C asks for it does not see: that is the window, which `record`'s unpacking holds to 4 MiB.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

/// The system's allocator, counted.
pub struct Counted;

/// What was asked for since [`begin`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asked {
    /// The largest single request, in bytes.
    pub largest: usize,
    /// The most bytes that were held at once beyond what was held at the beginning.
    pub peak: usize,
}

// Cells of plain numbers: they need no memory themselves, and nothing is left to do when a thread ends.
thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
    static LARGEST: Cell<usize> = const { Cell::new(0) };
}

/// Begins to count anew, on this thread.
pub fn begin() {
    HELD.set(0);
    PEAK.set(0);
    LARGEST.set(0);
}

/// What has been asked for since.
pub fn asked() -> Asked {
    Asked { largest: LARGEST.get(), peak: PEAK.get().max(0) as usize }
}

fn note(more: usize, less: usize) {
    let held = HELD.get() + more as isize - less as isize;
    HELD.set(held);
    PEAK.set(PEAK.get().max(held));
    LARGEST.set(LARGEST.get().max(more));
}

#[allow(unsafe_code, reason = "there is no other way to stand between a program and its memory; every call is passed on as it came")]
// SAFETY: the system's allocator does the work; the counting beside it touches nothing that was allocated.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size(), 0);
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(layout.size(), 0);
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        note(0, layout.size());
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(size, layout.size());
        unsafe { System.realloc(at, layout, size) }
    }
}
