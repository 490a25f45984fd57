//! Who takes part.

use crate::disk::Dice;

/// Where each duty grid's named place lies: longitude and latitude.
const PLACES: [(f64, f64); 8] = [
    (123.422_729, 41.799_961_6),
    (123.423_791_8, 41.804_543_9),
    (123.426_117_3, 41.796_311_7),
    (123.427_503_9, 41.802_690_8),
    (123.429_976_2, 41.799_011),
    (123.433_524_7, 41.799_903_5),
    (123.434_658_9, 41.805_300_4),
    // Outside the district.
    (123.415, 41.8),
];

/// The units that cases are sent to.
pub const UNITS: [&str; 2] = ["drainage", "roads"];

/// One of the cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    /// The user, and the name in stories.
    pub name: &'static str,
    /// The roles; none for a citizen.
    pub roles: &'static [&'static str],
    /// The units.
    pub units: &'static [&'static str],
    /// The duty grids.
    pub duty: &'static [&'static str],
}

impl Person {
    /// Whether this is a member of the public.
    pub const fn is_citizen(&self) -> bool {
        self.roles.is_empty()
    }

    /// Whether this person has the role.
    pub fn is(&self, role: &str) -> bool {
        self.roles.contains(&role)
    }
}

/// The three that are always there, then those that some runs have.
const CAST: [Person; 6] = [
    Person {
        name: "chen",
        roles: &["inspector"],
        units: &[],
        duty: &["990101Z01", "990101Z02"],
    },
    Person {
        name: "li",
        roles: &["crew"],
        units: &["drainage"],
        duty: &[],
    },
    Person {
        name: "citizen",
        roles: &[],
        units: &[],
        duty: &[],
    },
    Person {
        name: "zhou",
        roles: &["unit_lead", "crew"],
        units: &["roads"],
        duty: &[],
    },
    Person {
        name: "wang",
        roles: &["inspector"],
        units: &[],
        duty: &["990101Z02", "990101Z04"],
    },
    Person {
        name: "sun",
        roles: &["unit_lead"],
        units: &["drainage"],
        duty: &[],
    },
];

/// Three to six of them.
pub fn cast(dice: &mut Dice) -> Vec<Person> {
    let count = 3 + usize::try_from(dice.below(4)).unwrap_or(0);
    CAST[..count].to_vec()
}

/// Somewhere, mostly inside the district.
pub fn somewhere(dice: &mut Dice) -> (f64, f64) {
    PLACES[usize::try_from(dice.below(PLACES.len() as u64)).unwrap_or(0)]
}

/// One of a list.
pub fn one_of<'a, T>(dice: &mut Dice, list: &'a [T]) -> Option<&'a T> {
    list.get(usize::try_from(dice.below(list.len() as u64)).unwrap_or(0))
}
