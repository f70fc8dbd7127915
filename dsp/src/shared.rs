//! Tables that depend on a few numbers alone: made once in a process, and shared.

use std::sync::{Arc, Mutex, PoisonError};

/// The tables of one kind by what they were made for; those of a handful of sample rates
/// are all there ever are. They stay when nobody uses them: hosts activate again and again.
#[derive(Debug)]
pub(crate) struct Shared<K, T>(Mutex<Vec<(K, Arc<T>)>>);

impl<K: PartialEq, T> Shared<K, T> {
    /// None made yet.
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// The table for `key`, which `make` makes when it is the first to ask. It waits and
    /// allocates: for constructors only.
    pub(crate) fn get(&self, key: K, make: impl FnOnce() -> T) -> Arc<T> {
        // A panic in `make` leaves the list as it was.
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, table)) = tables.iter().find(|(made_for, _)| *made_for == key) {
            return Arc::clone(table);
        }
        let table = Arc::new(make());
        tables.push((key, Arc::clone(&table)));
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_made_once_for_each_key() {
        static SQUARES: Shared<usize, Vec<usize>> = Shared::new();
        let squares = |count: usize| SQUARES.get(count, || (0..count).map(|n| n * n).collect());
        let first = squares(4);
        assert_eq!(*first, [0, 1, 4, 9]);
        assert_eq!(*squares(2), [0, 1]);
        let again = SQUARES.get(4, || unreachable!("it is there"));
        assert!(Arc::ptr_eq(&first, &again));
    }
}
