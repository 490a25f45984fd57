//! Which role may write which kind, read from the policy's own page and by nothing that judges by it.

use std::collections::BTreeSet;

use serde_json::Value;

/// Roles with the kinds that some rule gives them.
#[derive(Debug, Clone)]
pub struct Rules(BTreeSet<(String, String)>);

impl Rules {
    /// The built-in policy.
    pub fn built_in() -> Self {
        let page: Value =
            serde_json::from_slice(gewu_model::policy::BUILT_IN).unwrap_or(Value::Null);
        let names = |value: &Value| -> Vec<String> {
            let list = value.as_array().into_iter().flatten();
            list.filter_map(|name| name.as_str().map(str::to_owned))
                .collect()
        };
        let rules = page["rules"].as_array().into_iter().flatten();
        let given = rules.flat_map(|rule| {
            let kinds = names(&rule["kinds"]);
            let roles = names(&rule["roles"]);
            roles.into_iter().flat_map(move |role| {
                let kinds = kinds.clone().into_iter();
                kinds.map(move |kind| (role.clone(), kind))
            })
        });
        Self(given.collect())
    }

    /// Whether a role may write a kind under some relation. What the centre writes it was asked for by a
    /// person or service, whom the instruction names.
    pub fn gives(&self, role: &str, kind: &str) -> bool {
        role == "centre" || self.0.contains(&(role.to_owned(), kind.to_owned()))
    }
}
