//! Why a change is refused.

/// The reason why bytes are not a change of ours, or why a plain change cannot be written.
///
/// No variant carries anything that a user wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeError {
    /// More bytes than [`Limits::max_bytes`](super::Limits::max_bytes).
    #[error("change has {len} bytes, shorten it to {max}")]
    TooLong {
        /// Length of the change.
        len: usize,
        /// Longest allowed.
        max: usize,
    },
    /// The first four bytes are not Automerge's.
    #[error("bytes are not an automerge chunk, send an uncompressed change chunk")]
    NotAChunk,
    /// The chunk holds a deflated change.
    #[error("chunk is a compressed change, send it uncompressed")]
    CompressedChunk,
    /// The chunk holds a whole document.
    #[error("chunk is a document, send single changes")]
    DocumentChunk,
    /// The chunk holds a bundle of changes.
    #[error("chunk is a bundle, send single changes")]
    BundleChunk,
    /// Automerge knows no such chunk.
    #[error("chunk type {0} is unknown, send an uncompressed change chunk")]
    UnknownChunkType(u8),
    /// The bytes end before what they announce.
    #[error("change is cut short, send it whole")]
    Truncated,
    /// Bytes follow the chunk.
    #[error("{0} bytes follow the chunk, send one chunk alone")]
    TrailingBytes(usize),
    /// The checksum is not that of the chunk.
    #[error("checksum does not match, send the change again")]
    ChecksumMismatch,
    /// A LEB128 number has more bytes than it needs.
    #[error("number is written longer than needed, encode canonically")]
    OverlongNumber,
    /// A LEB128 number does not fit 64 bits.
    #[error("number exceeds 64 bits, encode canonically")]
    NumberTooLarge,
    /// Actors have 24 bytes.
    #[error("actor has {0} bytes, use a key id and an epoch (24 bytes)")]
    ActorLength(usize),
    /// Dependencies are not strictly ascending.
    #[error("dependencies repeat or are out of order, sort them and name each once")]
    DepsNotSorted,
    /// The sequence number is zero or beyond what Automerge keeps.
    #[error("sequence number {0} is out of range, use 1 to 4294967295")]
    SeqOutOfRange(u64),
    /// An operation counter is zero or beyond what Automerge keeps.
    #[error("first operation {0} is out of range, keep all counters in 1 to 4294967295")]
    OpsOutOfRange(u64),
    /// A root that is not its author's first change at operation 1.
    #[error("root change must have sequence number 1 and first operation 1")]
    RootNotFirst,
    /// A root that depends on something.
    #[error("root change must have no dependencies")]
    RootWithDeps,
    /// An entry that depends on nothing.
    #[error("entry has no dependencies, name at least the root change")]
    EntryWithoutDeps,
    /// An entry whose counters are those of the root's own operations.
    #[error("entry starts at operation {0}, start above the root's operations")]
    EntryBeforeRoot(u64),
    /// The change claims a time.
    #[error("change sets a time, leave it zero")]
    TimeSet,
    /// The change carries a message.
    #[error("change carries a message, leave it empty")]
    MessageSet,
    /// The change carries an author or other bytes after its columns.
    #[error("{0} extra bytes or an author follow the columns, leave them out")]
    ExtraBytes(usize),
    /// The change lists an actor that no operation needs.
    #[error("change lists an actor that no operation uses, leave it out")]
    UnusedActor,
    /// An object id names an actor that the change does not list.
    #[error("operation names an actor that the change does not list")]
    UnlistedActor,
    /// The column's deflate bit is set.
    #[error("column {0:#x} is compressed, send it uncompressed")]
    CompressedColumn(u32),
    /// No change of ours has this column.
    #[error("column {0:#x} is unknown, leave it out")]
    UnknownColumn(u32),
    /// Columns are not strictly ascending.
    #[error("column {0:#x} is out of order, sort columns and name each once")]
    ColumnOrder(u32),
    /// A column that every change has is not there.
    #[error("column {0:#x} is missing, encode canonically")]
    MissingColumn(u32),
    /// A row has no value where it needs one.
    #[error("column {0:#x} holds a null, encode canonically")]
    NullInColumn(u32),
    /// A column has more or fewer rows than there are operations.
    #[error("column {0:#x} has another number of rows than there are operations")]
    RowsDiffer(u32),
    /// A column claims more rows than [`Limits::max_ops`](super::Limits::max_ops).
    #[error("change claims {claimed} operations, keep to {max}")]
    TooManyOperations {
        /// How many rows had been claimed when reading stopped.
        claimed: u64,
        /// Most allowed.
        max: u64,
    },
    /// Value lengths and value bytes do not add up.
    #[error("value lengths do not match the value bytes, encode canonically")]
    ValueLength,
    /// A text is not UTF-8.
    #[error("text is not utf-8, encode it so")]
    NotUtf8,
    /// An operation overwrites or deletes another.
    #[error("operation has a predecessor, write new keys only")]
    HasPredecessor,
    /// An operation addresses a list or text element.
    #[error("operation addresses a list element, write map keys only")]
    ListKey,
    /// An operation inserts into a sequence.
    #[error("operation inserts into a sequence, write map keys only")]
    InsertOperation,
    /// An operation marks text.
    #[error("operation marks text, write map keys only")]
    MarkOperation,
    /// An operation is neither make-map nor put.
    #[error("operation with action {0} is not allowed, make one map and put scalars")]
    ForbiddenAction(u64),
    /// A value is null, float, counter, timestamp or unknown.
    #[error("value of type {0} is not allowed, put bytes, text, integers or booleans")]
    ForbiddenValue(u8),
    /// A field or an entry has no name.
    #[error("field name or entry key is empty, name it")]
    EmptyName,
    /// A field is put twice.
    #[error("field occurs twice, put it once")]
    DuplicateField,
    /// The change writes into the document's root map other than a root change does.
    #[error("change is not a root, make case and entries first and in this order")]
    NotARoot,
    /// The change starts by making a map that is not in `/entries`.
    #[error("entry is not made in the root's entries map")]
    NotInEntries,
    /// The change starts with a put.
    #[error("change does not start by making its map")]
    NoMapMade,
    /// A second entry in one change.
    #[error("change makes a second entry, write one entry per change")]
    SecondEntry,
    /// A map made inside an entry or inside `/case`.
    #[error("change makes a nested map, put scalars only")]
    NestedMap,
    /// A put into a map that the change did not make.
    #[error("put goes into a map that is not the change's own")]
    PutIntoForeignMap,
    /// Automerge would write the same change with other bytes.
    #[error("change is not encoded as automerge encodes it, encode canonically")]
    NotCanonical,
    /// Automerge refused, or failed on, bytes that it would have written itself.
    #[error("automerge does not read the change")]
    AutomergeRefused,
}
