//! The names of a record's fields, for whoever reads it from JSON and passes over no other name in silence.

use serde::de::value::Error;
use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use serde::forward_to_deserialize_any;

/// Reads nothing: it only hears by which names a record wants to be read.
struct Listener<'l>(&'l mut Option<&'static [&'static str]>);

impl<'de> Deserializer<'de> for Listener<'_> {
    type Error = Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Error> {
        *self.0 = Some(fields);
        Err(Error::custom("nothing is read"))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Error> {
        Err(Error::custom("nothing is read"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// The names under which the fields of a record are read; `None` for what is no record, or reads whatever
/// names there are.
pub fn field_names<T: DeserializeOwned>() -> Option<&'static [&'static str]> {
    let mut fields = None;
    // It always fails, and has said its fields by then.
    let _: Result<T, Error> = T::deserialize(Listener(&mut fields));
    fields
}

#[cfg(test)]
mod tests {
    use super::field_names;
    use crate::entry::{Body, ClassRef, Correct, InstructionKind};

    #[test]
    fn a_record_says_its_fields_and_nothing_else_does() {
        assert_eq!(field_names::<ClassRef>(), Some(&["kind", "code"][..]));
        assert_eq!(
            field_names::<Box<Correct>>(),
            Some(Body::fields(InstructionKind::Correct))
        );
        assert_eq!(field_names::<String>(), None);
        assert_eq!(
            field_names::<serde_json::Map<String, serde_json::Value>>(),
            None
        );
    }

    #[test]
    fn every_instruction_says_its_fields() {
        for kind in InstructionKind::ALL {
            assert!(!Body::fields(*kind).is_empty(), "{}", kind.name());
        }
        assert!(Body::fields(InstructionKind::Extend).contains(&"limit"));
        assert!(!Body::fields(InstructionKind::Extend).contains(&"kind"));
    }
}
