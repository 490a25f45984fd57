//! Sorting and gathering with little code.
//!
//! The library's own stable sort is some three and a half kilobytes for every type that it sorts, and a
//! tree that is collected sorts first. What a phone sorts is short; here the order is found by one
//! function for all types, and each type adds a comparison and a swap.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Puts slices in order; items that compare as equal stay as they stood.
pub trait Arrange<T> {
    /// In the order of `compare`.
    fn arrange_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering);

    /// In the order of what `key` says of each.
    fn arrange_by_key<K: Ord>(&mut self, mut key: impl FnMut(&T) -> K) {
        self.arrange_by(|a, b| key(a).cmp(&key(b)));
    }

    /// In their own order.
    fn arrange(&mut self)
    where
        T: Ord,
    {
        self.arrange_by(T::cmp);
    }
}

impl<T> Arrange<T> for [T] {
    fn arrange_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        let order = order(self.len(), &mut |a, b| match (self.get(a), self.get(b)) {
            (Some(a), Some(b)) => compare(a, b),
            _ => Ordering::Equal,
        });
        settle(order, &mut |a, b| self.swap(a, b));
    }
}

/// Gathers what comes one by one into trees.
pub trait Gather: Iterator + Sized {
    /// What is distinct.
    fn into_set(self) -> BTreeSet<Self::Item>
    where
        Self::Item: Ord,
    {
        let mut set = BTreeSet::new();
        set.extend(self);
        set
    }

    /// By key; of one key the last.
    fn into_map<K: Ord, V>(self) -> BTreeMap<K, V>
    where
        Self: Iterator<Item = (K, V)>,
    {
        let mut map = BTreeMap::new();
        map.extend(self);
        map
    }

    /// What is distinct, unless one of them is an error.
    ///
    /// # Errors
    /// The first.
    fn try_into_set<T: Ord, E>(self) -> Result<BTreeSet<T>, E>
    where
        Self: Iterator<Item = Result<T, E>>,
    {
        let mut set = BTreeSet::new();
        for item in self {
            set.insert(item?);
        }
        Ok(set)
    }

    /// By key, unless one of them is an error; of one key the last.
    ///
    /// # Errors
    /// The first.
    fn try_into_map<K: Ord, V, E>(self) -> Result<BTreeMap<K, V>, E>
    where
        Self: Iterator<Item = Result<(K, V), E>>,
    {
        let mut map = BTreeMap::new();
        for item in self {
            let (key, value) = item?;
            map.insert(key, value);
        }
        Ok(map)
    }
}

impl<I: Iterator> Gather for I {}

type Compare<'a> = dyn FnMut(usize, usize) -> Ordering + 'a;

/// Which item comes at each place: runs of twice the length are merged until one is left.
#[inline(never)]
fn order(len: usize, compare: &mut Compare<'_>) -> Vec<usize> {
    let mut from: Vec<usize> = (0..len).collect();
    let mut width = 1;
    while width < len {
        let mut into = Vec::with_capacity(len);
        for pair in from.chunks(width * 2) {
            let (left, right) = pair.split_at(width.min(pair.len()));
            merge(left, right, &mut into, compare);
        }
        from = into;
        width *= 2;
    }
    from
}

fn merge(
    mut left: &[usize],
    mut right: &[usize],
    into: &mut Vec<usize>,
    compare: &mut Compare<'_>,
) {
    while let ([first, after @ ..], [other, beyond @ ..]) = (left, right) {
        if compare(*first, *other).is_le() {
            into.push(*first);
            left = after;
        } else {
            into.push(*other);
            right = beyond;
        }
    }
    into.extend_from_slice(left);
    into.extend_from_slice(right);
}

/// Moves every item to its place, a cycle of places at a time.
#[inline(never)]
fn settle(mut order: Vec<usize>, swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..order.len() {
        let mut at = start;
        loop {
            let next = std::mem::replace(&mut order[at], at);
            if next == start || next == at {
                break;
            }
            swap(at, next);
            at = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn arranges_as_the_stable_sort_does(items in prop::collection::vec((0_u8..8, any::<u16>()), 0..70)) {
            let (mut ours, mut theirs) = (items.clone(), items.clone());
            ours.arrange_by_key(|(key, _)| *key);
            theirs.sort_by_key(|(key, _)| *key);
            prop_assert_eq!(&ours, &theirs);
            ours.arrange();
            theirs.sort();
            prop_assert_eq!(&ours, &theirs);
        }

        #[test]
        fn gathers_as_collect_does(items in prop::collection::vec((0_u8..8, any::<u16>()), 0..70)) {
            let map: BTreeMap<_, _> = items.iter().copied().collect();
            prop_assert_eq!(&items.iter().copied().into_map(), &map);
            prop_assert_eq!(&items.iter().copied().map(Ok::<_, ()>).try_into_map(), &Ok(map));
            let set: BTreeSet<_> = items.iter().copied().collect();
            prop_assert_eq!(&items.iter().copied().into_set(), &set);
            prop_assert_eq!(&items.iter().copied().map(Ok::<_, ()>).try_into_set(), &Ok(set));
        }
    }

    #[test]
    fn the_first_error_is_what_comes_of_gathering() {
        let items = [Ok(1), Err("first"), Err("second")];
        assert_eq!(items.into_iter().try_into_set(), Err("first"));
        let items = [Ok((1, 1)), Err("first"), Err("second")];
        assert_eq!(items.into_iter().try_into_map(), Err("first"));
    }
}
