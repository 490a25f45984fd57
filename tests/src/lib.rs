//! What proves the rest: a simulated disk and a simulated city, processes to kill, benchmarks, and
//! the generator of the fixtures.

pub mod bench;
pub mod disk;
pub mod fixtures;
pub mod frozen;
pub mod mounted;
pub mod process;
pub mod proxy;
pub mod sim;
pub mod soak;
