//! Operations that are well-formed to Automerge and still not ours.

use super::*;
use crate::change::hostile;
use automerge::ScalarValue;

/// Refused for `reason`, although Automerge takes the change.
#[track_caller]
fn refused_though_valid(bytes: &[u8], reason: ChangeError) {
    automerge_takes(bytes);
    refused(bytes, reason);
}

#[test]
fn an_operation_with_a_predecessor_is_refused() {
    let bytes = hostile::overwriting(&entry(), 3, &ROOT);
    refused_though_valid(&bytes, ChangeError::HasPredecessor);
}

#[test]
fn a_predecessor_count_without_predecessor_columns_is_refused() {
    let mut raw = hostile::RawChange::of(&entry());
    raw.replace_column(0x70, vec![6, 1]);
    refused(&raw.bytes(), ChangeError::HasPredecessor);
}

#[test]
fn a_deletion_is_refused() {
    refused_though_valid(
        &hostile::deleting(&entry()),
        ChangeError::ForbiddenAction(3),
    );
}

#[test]
fn an_increment_is_refused() {
    refused_though_valid(
        &hostile::incrementing(&entry()),
        ChangeError::ForbiddenAction(5),
    );
}

#[test]
fn a_mark_is_refused() {
    refused_though_valid(&hostile::marking(&entry()), ChangeError::MarkOperation);
}

#[test]
fn a_mark_without_its_columns_is_refused() {
    let mut raw = hostile::RawChange::of(&entry());
    raw.replace_column(0x42, vec![0x7f, 0, 5, 7]);
    refused(&raw.bytes(), ChangeError::MarkOperation);
}

#[test]
fn a_text_is_refused() {
    refused_though_valid(
        &hostile::making_text(&entry()),
        ChangeError::ForbiddenAction(4),
    );
}

#[test]
fn a_list_is_refused() {
    refused_though_valid(
        &hostile::making_a_list(&entry()),
        ChangeError::ForbiddenAction(2),
    );
}

#[test]
fn an_insertion_is_refused() {
    refused_though_valid(&hostile::inserting(&entry()), ChangeError::ListKey);
    refused_though_valid(
        &hostile::insert_flags(&entry()),
        ChangeError::InsertOperation,
    );
}

#[test]
fn a_list_element_is_refused() {
    let bytes = hostile::addressing_a_list_element(&entry(), 3);
    refused_though_valid(&bytes, ChangeError::ListKey);
}

#[test]
fn an_action_that_nobody_knows_is_refused() {
    let mut raw = hostile::RawChange::of(&entry());
    raw.replace_column(0x42, vec![0x7f, 0, 5, 99]);
    refused(&raw.bytes(), ChangeError::ForbiddenAction(99));
}

#[test]
fn null_float_counter_timestamp_and_unknown_values_are_refused() {
    let unknown = ScalarValue::Unknown {
        type_code: 12,
        bytes: vec![1],
    };
    let values = [
        (ScalarValue::Null, 0),
        (ScalarValue::F64(1.5), 5),
        (ScalarValue::counter(1), 8),
        (ScalarValue::Timestamp(1), 9),
        (unknown, 12),
    ];
    for (value, code) in values {
        let bytes = hostile::putting(&entry(), value);
        refused_though_valid(&bytes, ChangeError::ForbiddenValue(code));
    }
}

#[test]
fn two_entries_in_one_change_are_refused() {
    let bytes = hostile::making_a_second_entry(&entry(), "another");
    refused_though_valid(&bytes, ChangeError::SecondEntry);
}

#[test]
fn a_map_inside_the_entry_is_refused() {
    refused_though_valid(
        &hostile::making_a_nested_map(&entry()),
        ChangeError::NestedMap,
    );
}

#[test]
fn a_map_inside_the_case_is_refused() {
    refused_though_valid(
        &hostile::making_a_nested_map(&root()),
        ChangeError::NestedMap,
    );
}

#[test]
fn a_put_into_anothers_map_is_refused() {
    for counter in [1, 7] {
        let bytes = hostile::putting_into(&entry(), counter, &ROOT);
        refused_though_valid(&bytes, ChangeError::PutIntoForeignMap);
    }
}

#[test]
fn a_put_into_the_authors_own_earlier_map_is_refused() {
    let bytes = hostile::putting_into(&entry(), 1, &CREW);
    refused_though_valid(&bytes, ChangeError::PutIntoForeignMap);
}

#[test]
fn a_put_into_the_documents_root_map_is_refused() {
    let bytes = hostile::with_operations(&entry(), |ops| {
        ops.last_mut().unwrap().obj = automerge::legacy::ObjectId::Root;
    });
    refused_though_valid(&bytes, ChangeError::PutIntoForeignMap);
}

#[test]
fn a_put_beside_the_entries_is_refused() {
    let bytes = hostile::with_operations(&entry(), |ops| {
        ops.last_mut().unwrap().obj = ops.first().unwrap().obj.clone();
    });
    refused_though_valid(&bytes, ChangeError::PutIntoForeignMap);
}

#[test]
fn an_entry_made_elsewhere_than_in_the_entries_is_refused() {
    let bytes = hostile::with_operations(&entry(), |ops| {
        ops.first_mut().unwrap().obj =
            automerge::legacy::ObjectId::Id(automerge::legacy::OpId(1, ROOT.0.as_slice().into()));
    });
    refused_though_valid(&bytes, ChangeError::NotInEntries);
}

#[test]
fn a_change_that_makes_no_map_is_refused() {
    let bytes = hostile::with_operations(&entry(), |ops| drop(ops.remove(0)));
    refused_though_valid(&bytes, ChangeError::NoMapMade);
}

#[test]
fn a_change_without_operations_is_refused() {
    let bytes = hostile::with_operations(&entry(), Vec::clear);
    refused_though_valid(&bytes, ChangeError::MissingColumn(0x42));
}

#[test]
fn a_root_that_makes_other_maps_is_refused() {
    let swapped = hostile::with_operations(&root(), |ops| ops.swap(0, 1));
    refused_though_valid(&swapped, ChangeError::NotARoot);
    let lone = hostile::with_operations(&root(), |ops| ops.truncate(1));
    refused_though_valid(&lone, ChangeError::NotARoot);
    let put = hostile::with_operations(&entry(), |ops| {
        ops.first_mut().unwrap().obj = automerge::legacy::ObjectId::Root;
    });
    refused_though_valid(&put, ChangeError::NotARoot);
}

#[test]
fn a_field_that_occurs_twice_is_refused() {
    let bytes = hostile::with_operations(&entry(), |ops| ops.push(ops[1].clone()));
    refused_though_valid(&bytes, ChangeError::DuplicateField);
    let mut twice = entry();
    if let Body::Entry { fields, .. } = &mut twice.body {
        fields.push(fields[0].clone());
    }
    assert_eq!(twice.encode(), Err(ChangeError::DuplicateField));
}

#[test]
fn empty_names_are_refused() {
    let field = hostile::with_operations(&entry(), |ops| {
        ops.last_mut().unwrap().key = automerge::legacy::Key::Map("".into());
    });
    refused(&field, ChangeError::EmptyName);
    let key = hostile::with_operations(&entry(), |ops| {
        ops.first_mut().unwrap().key = automerge::legacy::Key::Map("".into());
    });
    refused(&key, ChangeError::EmptyName);
}

#[test]
fn a_value_on_a_make_operation_is_not_canonical() {
    let mut raw = hostile::RawChange::of(&root());
    raw.replace_column(0x56, vec![2, 2, 0x7d, 0x13, 0x87, 2, 0x46]);
    automerge_takes(&raw.bytes());
    refused(&raw.bytes(), ChangeError::NotCanonical);
}
