//! Whether the work behind a closing was done in time, as the case's clocks tell. That a case was closed as
//! normal says nothing of it: whoever closes it names the kind.

use serde_json::Value;

/// Whether the lead's work of the last round before that entry was done when it was due; `None` where no clock
/// tells.
pub(super) fn in_time(shown: &Value, entry: &Value) -> Option<bool> {
    let until = entry["received_at"].as_i64().unwrap_or(i64::MAX);
    let nodes = shown["clocks"]["nodes"].as_array()?;
    let done = |node: &&Value| {
        let ended = node["end"]["at"].as_i64();
        node["holder"].is_string()
            && node["assist"] != true
            && node["end"]["how"] == "done"
            && ended.is_some_and(|at| at <= until)
    };
    let last = nodes.iter().rfind(done)?;
    let round = |node: &&Value| node["node"] == last["node"] && node["number"] == last["number"];
    let lead = nodes.iter().filter(round).find(done)?;
    let (ended, due) = (lead["end"]["at"].as_i64()?, lead["due"].as_i64()?);
    Some(ended <= due)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn clock(holder: Value, number: u32, (ended, due): (i64, Value), how: &str) -> Value {
        json!({ "node": "handle", "number": number, "holder": holder, "assist": false,
            "end": { "at": ended, "how": how }, "due": due })
    }

    fn said(nodes: Vec<Value>, received: i64) -> Option<bool> {
        let shown = json!({ "clocks": { "nodes": nodes } });
        in_time(&shown, &json!({ "received_at": received }))
    }

    #[test]
    fn the_lead_s_last_work_before_a_closing_tells_whether_it_was_in_time() {
        let lead =
            |number, ended, due: i64| clock(json!("drainage"), number, (ended, json!(due)), "done");
        assert_eq!(
            said(vec![lead(1, 10, 10)], 50),
            Some(true),
            "exactly on time"
        );
        assert_eq!(said(vec![lead(1, 11, 10)], 50), Some(false));
        let again = || vec![lead(1, 11, 10), lead(2, 70, 80)];
        assert_eq!(said(again(), 90), Some(true), "the rework");
        assert_eq!(said(again(), 50), Some(false), "what was closed before it");
        let below = clock(json!("pumps"), 1, (11, json!(12)), "done");
        assert_eq!(
            said(vec![lead(1, 11, 10), below], 50),
            Some(false),
            "the lead answers"
        );
    }

    #[test]
    fn nothing_is_said_where_no_clock_tells() {
        assert_eq!(in_time(&json!({}), &json!({})), None);
        assert_eq!(said(vec![], 50), None);
        let unknown = clock(json!("drainage"), 1, (11, Value::Null), "done");
        assert_eq!(said(vec![unknown], 50), None, "no due time");
        let nobody = clock(Value::Null, 1, (11, json!(12)), "done");
        assert_eq!(said(vec![nobody], 50), None, "not a unit's");
        let over = clock(json!("drainage"), 1, (11, json!(12)), "cancelled");
        assert_eq!(said(vec![over], 50), None, "nobody's work");
    }
}
