//! The rows of a change, read under a bound on their number.

use super::ChangeError;
use super::cursor::Cursor;

/// Which columns Automerge writes, by id and type (`id << 4 | type`).
pub(super) mod spec {
    use crate::change::ChangeError;

    pub(in crate::change) const OBJECT_ACTOR: u32 = 0x01;
    pub(in crate::change) const OBJECT_COUNTER: u32 = 0x02;
    pub(in crate::change) const KEY_ACTOR: u32 = 0x11;
    pub(in crate::change) const KEY_COUNTER: u32 = 0x13;
    pub(in crate::change) const KEY_TEXT: u32 = 0x15;
    pub(in crate::change) const INSERT: u32 = 0x34;
    pub(in crate::change) const ACTION: u32 = 0x42;
    pub(in crate::change) const VALUE_META: u32 = 0x56;
    pub(in crate::change) const VALUE_BYTES: u32 = 0x57;
    pub(in crate::change) const PREDECESSORS: u32 = 0x70;
    pub(in crate::change) const PREDECESSOR_ACTOR: u32 = 0x71;
    pub(in crate::change) const PREDECESSOR_COUNTER: u32 = 0x73;
    pub(in crate::change) const EXPAND: u32 = 0x94;
    pub(in crate::change) const MARK_NAME: u32 = 0xa5;
    const DEFLATED: u32 = 0x08;

    /// Whether a change of ours may hold column `spec` after column `last`.
    pub(in crate::change) fn check(last: Option<u32>, spec: u32) -> Result<(), ChangeError> {
        if spec & DEFLATED != 0 {
            return Err(ChangeError::CompressedColumn(spec));
        }
        if last.is_some_and(|last| spec <= last) {
            return Err(ChangeError::ColumnOrder(spec));
        }
        match spec {
            OBJECT_ACTOR | OBJECT_COUNTER | KEY_TEXT | INSERT | ACTION | VALUE_META
            | VALUE_BYTES | PREDECESSORS => Ok(()),
            KEY_ACTOR | KEY_COUNTER => Err(ChangeError::ListKey),
            PREDECESSOR_ACTOR | PREDECESSOR_COUNTER => Err(ChangeError::HasPredecessor),
            EXPAND | MARK_NAME => Err(ChangeError::MarkOperation),
            other => Err(ChangeError::UnknownColumn(other)),
        }
    }
}

/// The columns of one change, each still encoded.
#[derive(Default)]
pub(super) struct Columns<'a>(Vec<(u32, &'a [u8])>);

impl<'a> Columns<'a> {
    pub(super) fn push(&mut self, spec: u32, bytes: &'a [u8]) {
        self.0.push((spec, bytes));
    }

    fn find(&self, spec: u32) -> Option<&'a [u8]> {
        self.0
            .iter()
            .find(|(other, _)| *other == spec)
            .map(|(_, bytes)| *bytes)
    }

    fn need(&self, spec: u32) -> Result<&'a [u8], ChangeError> {
        self.find(spec).ok_or(ChangeError::MissingColumn(spec))
    }

    #[cfg(any(test, feature = "hostile"))]
    pub(super) fn to_vec(&self) -> Vec<(u32, Vec<u8>)> {
        self.0
            .iter()
            .map(|(spec, bytes)| (*spec, bytes.to_vec()))
            .collect()
    }
}

/// The map an operation writes to; `None` is the document's root map.
pub(super) type Object = Option<(u64, u64)>;

/// The two operations there are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    MakeMap,
    Put,
}

/// A value that still lies in the chunk.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Null,
    Bytes(&'a [u8]),
    Str(&'a str),
    Uint(u64),
    Int(i64),
    Bool(bool),
}

/// One operation.
pub(super) struct Row<'a> {
    /// Actor index and counter of the map it writes to.
    pub(super) object: Object,
    pub(super) key: &'a str,
    pub(super) action: Action,
    pub(super) value: Value<'a>,
}

/// All operations of a change, at most `max`.
pub(super) fn rows<'a>(columns: &Columns<'a>, max: u64) -> Result<Vec<Row<'a>>, ChangeError> {
    let actions = full(columns, spec::ACTION, max, Cursor::uleb)?;
    let count = actions.len();
    let keys = same(
        full(columns, spec::KEY_TEXT, max, text)?,
        count,
        spec::KEY_TEXT,
    )?;
    no_inserts(columns.need(spec::INSERT)?, count, max)?;
    no_predecessors(columns, count, max)?;
    let objects = objects(columns, count, max)?;
    let values = values(columns, count, max)?;
    let mut rows = Vec::with_capacity(count);
    for (((action, key), object), value) in actions.into_iter().zip(keys).zip(objects).zip(values) {
        rows.push(Row {
            object,
            key,
            action: known_action(action)?,
            value,
        });
    }
    Ok(rows)
}

fn known_action(number: u64) -> Result<Action, ChangeError> {
    match number {
        0 => Ok(Action::MakeMap),
        1 => Ok(Action::Put),
        7 => Err(ChangeError::MarkOperation),
        other => Err(ChangeError::ForbiddenAction(other)),
    }
}

fn text<'a>(column: &mut Cursor<'a>) -> Result<&'a str, ChangeError> {
    std::str::from_utf8(column.counted()?).map_err(|_| ChangeError::NotUtf8)
}

/// A run-length encoded column. Every run is counted against `max` before it is written out.
fn runs<'a, T: Copy>(
    bytes: &'a [u8],
    max: u64,
    read: impl Fn(&mut Cursor<'a>) -> Result<T, ChangeError>,
) -> Result<Vec<Option<T>>, ChangeError> {
    let mut column = Cursor::new(bytes);
    let mut rows = Vec::new();
    while !column.is_empty() {
        let run = column.sleb()?;
        let nulls = if run == 0 { column.uleb()? } else { 0 };
        let claimed = bounded(rows.len(), run.unsigned_abs().saturating_add(nulls), max)?;
        if run > 0 {
            rows.resize(claimed, Some(read(&mut column)?));
        }
        while rows.len() < claimed {
            rows.push(if run < 0 {
                Some(read(&mut column)?)
            } else {
                None
            });
        }
    }
    Ok(rows)
}

/// The number of rows after `more` of them, unless that is beyond `max`.
fn bounded(rows: usize, more: u64, max: u64) -> Result<usize, ChangeError> {
    let claimed = more.saturating_add(rows as u64);
    if claimed > max {
        return Err(ChangeError::TooManyOperations { claimed, max });
    }
    usize::try_from(claimed).map_err(|_| ChangeError::TooManyOperations { claimed, max })
}

/// A run-length encoded column that must be there and hold no null.
fn full<'a, T: Copy>(
    columns: &Columns<'a>,
    spec: u32,
    max: u64,
    read: impl Fn(&mut Cursor<'a>) -> Result<T, ChangeError>,
) -> Result<Vec<T>, ChangeError> {
    let rows = runs(columns.need(spec)?, max, read)?;
    rows.into_iter()
        .collect::<Option<_>>()
        .ok_or(ChangeError::NullInColumn(spec))
}

fn same<T>(rows: Vec<T>, count: usize, spec: u32) -> Result<Vec<T>, ChangeError> {
    if rows.len() == count {
        Ok(rows)
    } else {
        Err(ChangeError::RowsDiffer(spec))
    }
}

/// A boolean column counts falses and trues in turn; here every row must be false.
fn no_inserts(bytes: &[u8], count: usize, max: u64) -> Result<(), ChangeError> {
    let mut column = Cursor::new(bytes);
    let falses = bounded(0, column.uleb()?, max)?;
    if !column.is_empty() {
        return Err(ChangeError::InsertOperation);
    }
    if falses == count {
        Ok(())
    } else {
        Err(ChangeError::RowsDiffer(spec::INSERT))
    }
}

fn no_predecessors(columns: &Columns<'_>, count: usize, max: u64) -> Result<(), ChangeError> {
    let counts = full(columns, spec::PREDECESSORS, max, Cursor::uleb)?;
    if counts.iter().any(|predecessors| *predecessors != 0) {
        return Err(ChangeError::HasPredecessor);
    }
    same(counts, count, spec::PREDECESSORS).map(|_| ())
}

fn objects(columns: &Columns<'_>, count: usize, max: u64) -> Result<Vec<Object>, ChangeError> {
    let actors = object_column(columns, spec::OBJECT_ACTOR, count, max)?;
    let counters = object_column(columns, spec::OBJECT_COUNTER, count, max)?;
    let ids = actors.into_iter().zip(counters).map(|id| match id {
        (None, None) => Ok(None),
        (Some(actor), Some(counter)) => Ok(Some((actor, counter))),
        (None, Some(_)) => Err(ChangeError::NullInColumn(spec::OBJECT_ACTOR)),
        (Some(_), None) => Err(ChangeError::NullInColumn(spec::OBJECT_COUNTER)),
    });
    ids.collect()
}

/// A column of object ids; Automerge leaves out a column that has only nulls.
fn object_column(
    columns: &Columns<'_>,
    spec: u32,
    count: usize,
    max: u64,
) -> Result<Vec<Option<u64>>, ChangeError> {
    match columns.find(spec) {
        None => Ok(vec![None; count]),
        Some(bytes) => same(runs(bytes, max, Cursor::uleb)?, count, spec),
    }
}

fn values<'a>(
    columns: &Columns<'a>,
    count: usize,
    max: u64,
) -> Result<Vec<Value<'a>>, ChangeError> {
    let metas = same(
        full(columns, spec::VALUE_META, max, Cursor::uleb)?,
        count,
        spec::VALUE_META,
    )?;
    let mut bytes = Cursor::new(columns.find(spec::VALUE_BYTES).unwrap_or_default());
    let values = metas.into_iter().map(|meta| value(meta, &mut bytes));
    let values = values.collect::<Result<_, _>>()?;
    if bytes.is_empty() {
        Ok(values)
    } else {
        Err(ChangeError::ValueLength)
    }
}

/// The value that `meta` (`length << 4 | type`) describes.
fn value<'a>(meta: u64, bytes: &mut Cursor<'a>) -> Result<Value<'a>, ChangeError> {
    let len = usize::try_from(meta >> 4).map_err(|_| ChangeError::ValueLength)?;
    let raw = bytes.take(len).map_err(|_| ChangeError::ValueLength)?;
    match (meta & 15, len) {
        (0, 0) => Ok(Value::Null),
        (1, 0) => Ok(Value::Bool(false)),
        (2, 0) => Ok(Value::Bool(true)),
        (3, _) => whole(raw, Cursor::uleb).map(Value::Uint),
        (4, _) => whole(raw, Cursor::sleb).map(Value::Int),
        (6, _) => std::str::from_utf8(raw)
            .map(Value::Str)
            .map_err(|_| ChangeError::NotUtf8),
        (7, _) => Ok(Value::Bytes(raw)),
        (0..=2, _) => Err(ChangeError::ValueLength),
        (code, _) => Err(ChangeError::ForbiddenValue(code as u8)),
    }
}

/// The number that fills `raw`.
fn whole<'a, T>(
    raw: &'a [u8],
    read: impl Fn(&mut Cursor<'a>) -> Result<T, ChangeError>,
) -> Result<T, ChangeError> {
    let mut cursor = Cursor::new(raw);
    let number = read(&mut cursor).map_err(|error| match error {
        ChangeError::Truncated => ChangeError::ValueLength,
        other => other,
    })?;
    if cursor.is_empty() {
        Ok(number)
    } else {
        Err(ChangeError::ValueLength)
    }
}
