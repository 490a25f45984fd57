//! Campaigns (专项, 普查): class trees of their own, from which a report chooses.

use gewu_model::catalogue::{Campaign, CampaignNode, Catalogue};
use gewu_model::entry::ClassRef;
use serde_json::{Value, json};

use crate::out::{Failure, Out, Outcome};

/// The campaign of that code.
pub(super) fn named<'c>(catalogue: &'c Catalogue, code: &str) -> Result<&'c Campaign, Failure> {
    let all = || catalogue.campaigns().iter();
    let found = all().find(|campaign| campaign.code == code);
    found.ok_or_else(|| {
        let codes: Vec<&str> = all().map(|campaign| campaign.code.as_str()).collect();
        Failure::usage(match codes.is_empty() {
            true => "the catalogue has no campaigns".to_owned(),
            false => format!(
                "no campaign is called {code}; there are {}",
                codes.join(", ")
            ),
        })
    })
}

/// The class that a choice in the campaign's tree stands for: by the node's code or, where one node
/// alone reports it, by the class's own.
pub(super) fn choice(campaign: &Campaign, code: &str) -> Result<ClassRef, Failure> {
    let choices = || {
        let nodes = campaign.nodes.iter();
        nodes.filter_map(|node| Some((node, node.class.as_ref()?)))
    };
    if let Some((_, class)) = choices().find(|(node, _)| node.code == code) {
        return Ok(class.clone());
    }
    let mut classes: Vec<&ClassRef> = choices()
        .map(|(_, class)| class)
        .filter(|class| class.code == code)
        .collect();
    classes.dedup();
    match classes.as_slice() {
        [class] => Ok((*class).clone()),
        _ => Err(Failure::usage(format!(
            "{code} is no choice of the campaign {0}: see `gewu classes --campaign {0}`",
            campaign.code
        ))),
    }
}

/// Prints the campaign's tree, each choice under its headings.
pub(super) fn print(catalogue: &Catalogue, campaign: &Campaign, out: Out) -> Outcome {
    for node in &campaign.nodes {
        let above = above(campaign, node);
        let class = node.class.as_ref();
        let class = class.and_then(|class| catalogue.class_in(catalogue.edition(), class).ok());
        let heads: Vec<Value> = above
            .iter()
            .map(|node| json!({ "code": node.code, "name": node.name }))
            .collect();
        let value = json!({
            "campaign": campaign.code, "code": node.code, "name": node.name, "above": heads,
            "class": node.class, "conditions": class.map(|class| &class.conditions),
        });
        out.say(&value, || {
            let reports = node.class.as_ref();
            let reports = reports.map_or(String::new(), |class| {
                format!("  → {} {}", class.kind, class.code)
            });
            let depth = "  ".repeat(above.len());
            format!("{depth}{:<8} {}{reports}", node.code, node.name.zh)
        });
    }
    Ok(())
}

/// The headings above a node, the uppermost first. The reader of the pack has refused circles.
fn above<'c>(campaign: &'c Campaign, node: &CampaignNode) -> Vec<&'c CampaignNode> {
    let of = |code: &str| campaign.nodes.iter().find(|node| node.code == code);
    let mut path = Vec::new();
    let mut next = node.parent.as_deref().and_then(of);
    while let Some(found) = next {
        path.push(found);
        next = found.parent.as_deref().and_then(of);
    }
    path.reverse();
    path
}
