//! A grid of buckets over points or segments: neighbours without comparing all with all.

use crate::plane::Point;

/// More buckets than this cost memory without finding neighbours faster.
const MAX_BUCKETS: i64 = 1 << 22;

/// Item numbers by the square that they touch.
#[derive(Debug)]
pub(crate) struct Buckets {
    low: Point,
    size: i64,
    columns: i64,
    rows: i64,
    starts: Vec<u32>,
    items: Vec<u32>,
}

/// An inclusive range of columns in one row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) row: i64,
    pub(crate) from: i64,
    pub(crate) to: i64,
}

impl Buckets {
    /// Buckets for `count` items between `low` and `high`; `runs` names the squares of an item.
    pub(crate) fn build(
        low: Point,
        high: Point,
        count: usize,
        runs: impl Fn(&Self, u32, &mut dyn FnMut(Run)),
    ) -> Self {
        let mut buckets = Self::empty(low, high, count);
        let mut totals = vec![0_u32; (buckets.columns * buckets.rows + 1) as usize];
        for item in 0..count as u32 {
            runs(&buckets, item, &mut |run| {
                for bucket in buckets.of(run) {
                    totals[bucket + 1] += 1;
                }
            });
        }
        for i in 1..totals.len() {
            totals[i] += totals[i - 1];
        }
        let mut next = totals.clone();
        let mut items = vec![0; totals.last().copied().unwrap_or(0) as usize];
        for item in 0..count as u32 {
            runs(&buckets, item, &mut |run| {
                for bucket in buckets.of(run) {
                    items[next[bucket] as usize] = item;
                    next[bucket] += 1;
                }
            });
        }
        buckets.starts = totals;
        buckets.items = items;
        buckets
    }

    fn empty(low: Point, high: Point, count: usize) -> Self {
        let (width, height) = crate::plane::delta(low, high);
        let target = (count as i64).clamp(1, MAX_BUCKETS);
        let area = i128::from(width + 1) * i128::from(height + 1);
        let mut size = ((area / i128::from(target)).unsigned_abs().isqrt() as i64).max(1);
        while (width / size + 1) * (height / size + 1) > 2 * MAX_BUCKETS {
            size *= 2;
        }
        Self {
            low,
            size,
            columns: width / size + 1,
            rows: height / size + 1,
            starts: Vec::new(),
            items: Vec::new(),
        }
    }

    /// The squares that the segment passes, widened by `reach` on every side.
    pub(crate) fn along(&self, a: Point, b: Point, reach: (i32, i32), visit: &mut dyn FnMut(Run)) {
        let (a, b) = if a.y <= b.y { (a, b) } else { (b, a) };
        let (rx, ry) = (i64::from(reach.0), i64::from(reach.1));
        let (bottom, top) = (i64::from(a.y) - ry, i64::from(b.y) + ry);
        for row in self.row(bottom)..=self.row(top) {
            let floor = i64::from(self.low.y) + row * self.size - ry;
            let (x0, x1) = span_between(a, b, floor, floor + self.size + 2 * ry);
            visit(Run {
                row,
                from: self.column(x0 - rx),
                to: self.column(x1 + rx),
            });
        }
    }

    /// The square of a point.
    pub(crate) fn at(&self, p: Point) -> Run {
        let column = self.column(i64::from(p.x));
        Run {
            row: self.row(i64::from(p.y)),
            from: column,
            to: column,
        }
    }

    /// The items of a run's squares; an item that touches several squares comes several times.
    pub(crate) fn items(&self, run: Run) -> impl Iterator<Item = u32> + '_ {
        let squares = self.of(run);
        let from = self.starts[squares.start] as usize;
        let to = self.starts[squares.end] as usize;
        self.items[from..to].iter().copied()
    }

    /// The items of every square, square by square.
    pub(crate) fn squares(&self) -> impl Iterator<Item = &[u32]> {
        self.starts
            .windows(2)
            .map(|ends| &self.items[ends[0] as usize..ends[1] as usize])
    }

    /// The x at which a column begins.
    pub(crate) fn left_of(&self, column: i64) -> i64 {
        i64::from(self.low.x) + column * self.size
    }

    fn of(&self, run: Run) -> std::ops::Range<usize> {
        let base = run.row * self.columns;
        (base + run.from) as usize..(base + run.to + 1) as usize
    }

    fn row(&self, y: i64) -> i64 {
        ((y - i64::from(self.low.y)).div_euclid(self.size)).clamp(0, self.rows - 1)
    }

    fn column(&self, x: i64) -> i64 {
        ((x - i64::from(self.low.x)).div_euclid(self.size)).clamp(0, self.columns - 1)
    }
}

/// The x extent of the upward segment `ab` for y in `[floor, ceiling]`, a little generous.
fn span_between(a: Point, b: Point, floor: i64, ceiling: i64) -> (i64, i64) {
    let (ax, bx) = (i64::from(a.x), i64::from(b.x));
    let (ay, by) = (i64::from(a.y), i64::from(b.y));
    let whole = (ax.min(bx), ax.max(bx));
    if ay == by {
        return whole;
    }
    let at = |y: i64| {
        let y = y.clamp(ay, by);
        let moved = i128::from(bx - ax) * i128::from(y - ay) / i128::from(by - ay);
        ax + moved as i64
    };
    let (x0, x1) = (at(floor), at(ceiling));
    ((x0.min(x1) - 1).max(whole.0), (x0.max(x1) + 1).min(whole.1))
}

/// The corners of the smallest box around the points.
pub(crate) fn bounds(points: impl Iterator<Item = Point>) -> (Point, Point) {
    let mut low = Point::new(i32::MAX, i32::MAX);
    let mut high = Point::new(i32::MIN, i32::MIN);
    for p in points {
        low = Point::new(low.x.min(p.x), low.y.min(p.y));
        high = Point::new(high.x.max(p.x), high.y.max(p.y));
    }
    if low.x > high.x {
        return (Point::new(0, 0), Point::new(0, 0));
    }
    (low, high)
}
