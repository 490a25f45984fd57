//! `docs/workflow.md` says what the tables say.

use gewu_model::entry::{FieldKind, InstructionKind};
use gewu_model::fold::table::{
    self, Again, Effect, FIELD, FieldRow, INSTRUCTIONS, InstructionRow, Moves, Target,
};
use gewu_model::fold::{QuestionKind, Stage};

const DOCUMENT: &str = include_str!("../../../../docs/workflow.md");

/// The rows of the table whose first heading is `first`, as plain cells.
fn table_of(first: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| -> Vec<String> {
        let inner = line.trim().trim_matches('|');
        inner
            .split('|')
            .map(|cell| cell.trim().trim_matches('`').to_owned())
            .collect()
    };
    DOCUMENT
        .lines()
        .skip_while(|line| !line.starts_with(&format!("| {first} |")))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(cells)
        .collect()
}

const fn yes(truth: bool) -> &'static str {
    if truth { "yes" } else { "no" }
}

fn instruction_cells(row: &InstructionRow) -> Vec<String> {
    let effect = match row.effect {
        Effect::Asks(kind) => format!("asks {}", kind.name()),
        Effect::AsksAgain(Again::Finding) => "asks the finding again".to_owned(),
        Effect::AsksAgain(Again::Suspended) => "asks what was suspended".to_owned(),
        Effect::Returns => "one level up".to_owned(),
        Effect::Narrows => "narrows".to_owned(),
        Effect::Ends => "ends".to_owned(),
        Effect::Leaves => "leaves".to_owned(),
    };
    let stage = row.stage.map_or("–", Stage::name);
    let survives = yes(row.work_survives);
    vec![
        row.kind.name().to_owned(),
        effect,
        stage.to_owned(),
        survives.to_owned(),
    ]
}

fn field_cells(row: &FieldRow) -> Vec<String> {
    let moves = match row.moves {
        Moves::Nothing => "nothing".to_owned(),
        Moves::BeforeAnyInstruction => "before any instruction".to_owned(),
        Moves::Answer(kind) => format!("question {}", kind.name()),
        Moves::Work => "work".to_owned(),
        Moves::Confirm => "work, by the unit's word".to_owned(),
        Moves::Request => "nothing; waits for a decision".to_owned(),
    };
    let answers = match row.answers {
        Target::Case => "–",
        Target::Question(kind) => kind.name(),
        Target::Work => "work",
        Target::Open => "what is open",
        Target::Last => "the last instruction",
    };
    let needs = yes(row.needs_question);
    vec![
        row.kind.name().to_owned(),
        moves,
        answers.to_owned(),
        needs.to_owned(),
    ]
}

#[test]
fn the_instruction_table_is_the_document_s() {
    let coded: Vec<_> = INSTRUCTIONS.iter().map(instruction_cells).collect();
    assert_eq!(table_of("instruction"), coded);
}

#[test]
fn the_field_table_is_the_document_s() {
    let coded: Vec<_> = FIELD.iter().map(field_cells).collect();
    assert_eq!(table_of("entry"), coded);
}

#[test]
fn the_four_statuses_are_the_document_s() {
    let named: Vec<String> = table_of("status")
        .iter()
        .map(|row| row[0].clone())
        .collect();
    assert_eq!(named, ["effective", "superseded", "late", "orphan"]);
}

/// The edges of the diagram: from, to, label.
fn edges() -> Vec<(&'static str, &'static str, &'static str)> {
    DOCUMENT
        .lines()
        .filter_map(|line| {
            let (from, rest) = line.trim().split_once(" --> ")?;
            let (to, label) = rest.split_once(": ")?;
            Some((from, to, label))
        })
        .collect()
}

#[test]
fn the_diagram_knows_every_stage_and_no_other() {
    let all = stages();
    let drawn = edges();
    for stage in &all {
        let name = stage.name();
        assert!(drawn.iter().any(|(_, to, _)| *to == name), "{name}");
    }
    let known = |name: &str| name == "[*]" || all.iter().any(|stage| stage.name() == name);
    assert!(drawn.iter().all(|(from, to, _)| known(from) && known(to)));
}

/// Every stage: those that instructions set, and those that people in the field bring about.
fn stages() -> Vec<Stage> {
    let mut stages: Vec<Stage> = INSTRUCTIONS.iter().filter_map(|row| row.stage).collect();
    stages.extend([
        Stage::Reported,
        Stage::Withdrawn,
        Stage::Worked,
        Stage::VerifiedExists,
        Stage::VerifiedUnable,
        Stage::VerifiedNotExists,
        Stage::Handled,
        Stage::CheckPassed,
        Stage::CheckUnable,
        Stage::CheckFailed,
    ]);
    stages
}

#[test]
fn the_diagram_leads_where_the_table_leads() {
    for (from, to, label) in edges() {
        if let Some(kind) = InstructionKind::from_name(label) {
            let row = table::instruction(kind);
            // What is asked again brings the stage of what it was.
            let asked = QuestionKind::ALL.iter().map(|kind| kind.stage().name());
            let again = matches!(row.effect, Effect::AsksAgain(_)) && { asked }.any(|it| it == to);
            let set = row.stage.map(Stage::name) == Some(to);
            assert!(set || again, "{from} by {label}");
        } else if let Some(kind) = FieldKind::from_name(label).filter(|_| from != "[*]") {
            assert_ne!(table::field_row(kind).moves, Moves::Nothing, "{label}");
        }
    }
}
