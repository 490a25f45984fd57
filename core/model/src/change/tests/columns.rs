//! Columns that are not written as Automerge writes them.

use super::*;
use crate::change::hostile;

#[test]
fn runs_that_automerge_would_not_write_are_refused() {
    for bytes in [
        hostile::runs_cut_in_two(&entry()),
        hostile::runs_written_out(&entry()),
    ] {
        automerge_takes(&bytes);
        refused(&bytes, ChangeError::NotCanonical);
    }
}

#[test]
fn an_empty_run_is_refused() {
    let mut raw = hostile::RawChange::of(&entry());
    raw.replace_column(0x70, vec![0, 0, 6, 0]);
    refused(&raw.bytes(), ChangeError::NotCanonical);
}

#[test]
fn numbers_longer_than_needed_are_refused() {
    let column = hostile::overlong_number(&entry());
    automerge_takes(&column);
    refused(&column, ChangeError::OverlongNumber);
    refused(
        &hostile::overlong_chunk_length(&entry()),
        ChangeError::OverlongNumber,
    );
}

#[test]
fn an_unknown_column_is_refused() {
    for spec in [0x90, 0xb2, 0xfff0] {
        let bytes = hostile::unknown_column(&entry(), spec);
        automerge_takes(&bytes);
        refused(&bytes, ChangeError::UnknownColumn(spec));
    }
}

#[test]
fn a_deflated_column_is_refused() {
    refused(
        &hostile::deflated_column(&entry()),
        ChangeError::CompressedColumn(0x5f),
    );
}

#[test]
fn columns_out_of_order_or_repeated_are_refused() {
    refused(
        &hostile::columns_swapped(&entry()),
        ChangeError::ColumnOrder(0x01),
    );
    refused(
        &hostile::column_repeated(&entry()),
        ChangeError::ColumnOrder(0x70),
    );
}

#[test]
fn missing_columns_are_refused() {
    for spec in [0x15, 0x34, 0x42, 0x56, 0x70] {
        refused(
            &hostile::without_column(&entry(), spec),
            ChangeError::MissingColumn(spec),
        );
    }
    refused(
        &hostile::without_column(&entry(), 0x57),
        ChangeError::ValueLength,
    );
    refused(
        &hostile::without_column(&entry(), 0x01),
        ChangeError::NullInColumn(0x01),
    );
    refused(
        &hostile::without_column(&entry(), 0x02),
        ChangeError::NullInColumn(0x02),
    );
}

#[test]
fn an_empty_column_is_refused() {
    let mut raw = hostile::RawChange::of(&root());
    raw.columns.retain(|(spec, _)| *spec > 2);
    raw.insert_column(0x01, vec![]);
    refused(&raw.bytes(), ChangeError::RowsDiffer(0x01));
}

#[test]
fn columns_of_different_lengths_are_refused() {
    let rows: [(u32, &[u8]); 5] = [
        (0x01, &[5, 0]),
        (0x15, &[5, 1, b'k']),
        (0x34, &[5]),
        (0x56, &[5, 2]),
        (0x70, &[7, 0]),
    ];
    for (spec, rows) in rows {
        let mut raw = hostile::RawChange::of(&entry());
        raw.replace_column(spec, rows.to_vec());
        refused(&raw.bytes(), ChangeError::RowsDiffer(spec));
    }
}

#[test]
fn value_lengths_beyond_the_data_or_short_of_it_are_refused() {
    refused(
        &hostile::value_beyond_data(&entry()),
        ChangeError::ValueLength,
    );
    let mut raw = hostile::RawChange::of(&entry());
    raw.replace_column(0x56, vec![6, 2]);
    refused(&raw.bytes(), ChangeError::ValueLength);
}

#[test]
fn integers_that_do_not_fill_their_length_are_refused() {
    let mut raw = hostile::RawChange::of(&root());
    raw.replace_column(0x56, vec![2, 0, 0x7d, 0x23, 0x86, 2, 0x46]);
    refused(&raw.bytes(), ChangeError::ValueLength);
}

#[test]
fn texts_that_are_not_utf8_are_refused() {
    let mut raw = hostile::RawChange::of(&entry());
    raw.replace_column(0x15, vec![6, 1, 0xff]);
    refused(&raw.bytes(), ChangeError::NotUtf8);
}
