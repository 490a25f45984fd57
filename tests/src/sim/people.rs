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

const fn inspector(name: &'static str, duty: &'static [&'static str]) -> Person {
    Person {
        name,
        roles: &["inspector"],
        units: &[],
        duty,
    }
}

const fn crew(name: &'static str, units: &'static [&'static str]) -> Person {
    Person {
        name,
        roles: &["crew"],
        units,
        duty: &[],
    }
}

const fn leader(name: &'static str, units: &'static [&'static str]) -> Person {
    Person {
        name,
        roles: &["unit_lead", "crew"],
        units,
        duty: &[],
    }
}

const fn citizen(name: &'static str) -> Person {
    Person {
        name,
        roles: &[],
        units: &[],
        duty: &[],
    }
}

/// The first five are always there. A name that comes twice is one person with two devices.
const CAST: [Person; 24] = [
    inspector("chen", &["990101Z01", "990101Z02"]),
    crew("li", &["drainage"]),
    citizen("citizen"),
    leader("sun", &["drainage"]),
    leader("zhou", &["roads"]),
    inspector("wang", &["990101Z02", "990101Z04"]),
    crew("gao", &["roads"]),
    crew("li", &["drainage"]),
    citizen("passer-by"),
    inspector("he", &["990101Z03"]),
    inspector("chen", &["990101Z01", "990101Z02"]),
    crew("ma", &["roads"]),
    crew("luo", &["drainage"]),
    inspector("deng", &["990101Z01"]),
    inspector("xu", &["990101Z02"]),
    citizen("neighbour"),
    citizen("shopkeeper"),
    leader("tang", &["roads"]),
    inspector("feng", &["990101Z03", "990101Z04"]),
    crew("cao", &["drainage"]),
    crew("peng", &["roads"]),
    inspector("zeng", &["990101Z04"]),
    citizen("driver"),
    crew("xiao", &["drainage", "roads"]),
];

/// Duty grids that an inspector may be given instead.
pub const DUTY: [&[&str]; 4] = [
    &["990101Z01"],
    &["990101Z03", "990101Z04"],
    &["990101Z02"],
    &["990101Z01", "990101Z03"],
];

/// Five to ten of them, or all.
pub fn cast(all: bool, dice: &mut Dice) -> Vec<Person> {
    let count = match all {
        true => CAST.len(),
        false => 5 + usize::try_from(dice.below(6)).unwrap_or(0),
    };
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
