//! A clock runs where somebody owes something, and nowhere else: random cases, with work that crosses
//! what the centre decided.

use gewu_model::case::{CaseRoot, SCHEMA};
use gewu_model::catalogue::Catalogue;
use gewu_model::deadline::clocks::{End, Held, Step, Told, asked, happenings};
use gewu_model::entry::{FieldKind, InstructionKind, Kind, Payload, Report};
use gewu_model::fold::{CENTRE, CaseView, QuestionKind, Row, Stage, Status, Written, fold};
use gewu_model::ids::{CaseId, ChangeHash, Digest};
use gewu_model::policy::{Capacity, Policy};
use gewu_model::time::Millis;
use proptest::prelude::*;

use crate::entries::{Author, Names, body, entry, field, instruction, report};

const CHEN: Author = author("chen", "inspector", None);
const PEOPLE: [Author; 4] = [
    CHEN,
    author("wang", "inspector", None),
    author("li", "crew", Some("drainage")),
    author("sun", "crew", Some("roads")),
];

const fn author(user: &'static str, role: &'static str, unit: Option<&'static str>) -> Author {
    Author { user, role, unit }
}

struct BuiltIn(Policy);

impl Held for BuiltIn {
    fn policy(&self, digest: &Digest) -> Option<&Policy> {
        Some(&self.0).filter(|held| held.hash() == *digest)
    }

    fn catalogue(&self, _: &Digest) -> Option<&Catalogue> {
        None
    }
}

/// A case whose entries are received one a minute.
struct Case {
    packs: BuiltIn,
    rows: Vec<Row>,
}

impl Case {
    fn reported(self_handled: bool) -> Self {
        let mut case = Self {
            packs: BuiltIn(Policy::built_in()),
            rows: Vec::new(),
        };
        let report = Payload::Report(Report {
            self_handled,
            ..report()
        });
        case.add(&CHEN, &report, None, 0);
        case
    }

    fn view(&self) -> CaseView {
        fold(&self.rows)
    }

    /// Adds an entry whose author had seen that many of those before.
    fn add(
        &mut self,
        author: &Author,
        payload: &Payload,
        answers: Option<ChangeHash>,
        seen: usize,
    ) -> ChangeHash {
        let hash = ChangeHash([self.rows.len() as u8 + 1; 32]);
        self.rows.push(Row {
            hash,
            deps: self.rows[..seen].iter().map(|row| row.hash).collect(),
            entry: Some(Written::from(entry(author, payload, answers))),
        });
        hash
    }

    fn instruct(&mut self, kind: InstructionKind, names: &Names) -> ChangeHash {
        let view = self.view();
        let number = u32::try_from(view.chain.len() + 1).unwrap();
        let payload = instruction(body(kind, names), view.tip(), 1, number);
        self.add(
            &author("server", CENTRE, None),
            &payload,
            None,
            self.rows.len(),
        )
    }

    /// Answers what is open in the eyes of somebody who has seen so many entries.
    fn write(&mut self, author: &Author, kind: FieldKind, pick: usize, seen: usize) -> bool {
        let view = fold(&self.rows[..seen]);
        let who = Capacity {
            user: author.user.into(),
            role: author.role.into(),
            unit: author.unit.map(Into::into),
        };
        if !view.may(&who, &self.packs.0).contains(&Kind::Field(kind)) {
            return false;
        }
        let answers = view.question.as_ref().map(|open| open.answer_to);
        let answers = answers.filter(|_| kind != FieldKind::Withdraw);
        self.add(author, &field(kind, pick), answers, seen);
        true
    }

    fn steps(&self) -> Vec<Step> {
        let view = self.view();
        let root = CaseRoot {
            schema: SCHEMA,
            id: CaseId([1; 16]),
            edition: "2026".into(),
            policy: self.packs.0.hash(),
            catalogue: Digest([9; 32]),
        };
        let told = Told {
            rows: &self.rows,
            view: &view,
            root: Some(&root),
            held: &self.packs,
        };
        let minute = |hash: &ChangeHash| Some(Millis(i64::from(hash.0[0]) * 60_000));
        asked(&happenings(&told, minute)).steps
    }

    fn running(&self) -> Vec<String> {
        let mut running: Vec<String> = self
            .steps()
            .into_iter()
            .filter(|step| step.end.is_none())
            .map(|step| step.node)
            .collect();
        running.sort();
        running.dedup();
        running
    }

    /// What the clock of a step ended with, the last time that it was asked.
    fn end(&self, node: &str) -> Option<End> {
        let steps = self.steps();
        let last = steps.iter().rfind(|step| step.node == node);
        last.expect("the step was asked").end
    }

    /// Which steps have to have a clock, as the case stands. Of what its reporter took back nobody has to
    /// accept anything, whatever the centre said about it since.
    fn owed(&self) -> Vec<&'static str> {
        let view = self.view();
        let taken_back = view.entries.iter().any(|entry| {
            let counts = entry.status == Status::Effective && entry.reason.is_none();
            entry.kind == FieldKind::Withdraw.name() && counts
        });
        let owed: &[&str] = match view.stage {
            Stage::Reported
            | Stage::VerifiedExists
            | Stage::VerifiedUnable
            | Stage::VerifiedNotExists => &["accept"],
            Stage::Verifying => &["accept", "verify"],
            Stage::Filed if !for_its_number(&view) => &["dispatch"],
            Stage::Dispatched | Stage::Suspended => &["handle"],
            Stage::Checking => &["check"],
            Stage::Filed
            | Stage::Worked
            | Stage::Handled
            | Stage::CheckPassed
            | Stage::CheckUnable
            | Stage::CheckFailed
            | Stage::Closed
            | Stage::Declined
            | Stage::Withdrawn
            | Stage::Void => &[],
        };
        let owed = owed.iter().copied();
        owed.filter(|node| *node != "accept" || !taken_back)
            .collect()
    }

    /// Something that is allowed happens; what, the number says.
    fn goes_on(&mut self, choice: u64) {
        let pick = |at: u32, of: usize| (choice.rotate_right(at * 8) & 0xff) as usize % of;
        if pick(0, 2) == 0 {
            return self.centre_decides(pick(1, 256));
        }
        // Mostly people know of everything; some have been away.
        let away = [0, 0, 1, 2, 3][pick(2, 5)];
        let seen = self.rows.len().saturating_sub(away).max(1);
        let kinds = [
            FieldKind::Handle,
            FieldKind::Check,
            FieldKind::Verify,
            FieldKind::Withdraw,
        ];
        for nth in 0..PEOPLE.len() * kinds.len() {
            let at = (nth + pick(3, 256)) % (PEOPLE.len() * kinds.len());
            let (who, kind) = (PEOPLE[at / kinds.len()], kinds[at % kinds.len()]);
            if self.write(&who, kind, pick(4, 3), seen) {
                return;
            }
        }
    }

    fn centre_decides(&mut self, choice: usize) {
        let view = self.view();
        let may = |kind: InstructionKind| {
            let asked = |role: &str| Capacity {
                user: "duty".into(),
                role: role.into(),
                unit: None,
            };
            let kind = Kind::Instruction(kind);
            let moves = !matches!(
                kind,
                Kind::Instruction(
                    InstructionKind::Register
                        | InstructionKind::Repin
                        | InstructionKind::Erase
                        | InstructionKind::Link
                        | InstructionKind::Reply
                        | InstructionKind::Decide
                )
            );
            let permits = |role| self.packs.0.permits(&asked(role), &kind, &view).is_ok();
            moves && (permits("operator") || permits("shift_leader"))
        };
        let all = InstructionKind::ALL.iter().copied();
        let allowed: Vec<InstructionKind> = all.filter(|kind| may(*kind)).collect();
        let kind = allowed[choice % allowed.len()];
        let inspector = ["chen", "wang"][choice % 2];
        let names = Names {
            units: vec![["drainage", "roads"][choice % 2].into()],
            ..Names::persons(&[inspector])
        };
        self.instruct(kind, &names);
    }
}

/// Whether a case that stands as filed was settled on the spot, and filed before anybody took it on or up again.
/// What waited for a dispatch before it had a number waits for it still.
fn for_its_number(view: &CaseView) -> bool {
    let files = ["file", "recall", "convert", "reopen", "send_back"];
    let mut filed = view.chain.iter().filter(|link| files.contains(&link.kind));
    view.facts.self_handled && filed.all(|link| link.kind == "file")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn a_clock_runs_where_something_is_owed_and_nowhere_else(
        self_handled in any::<bool>(),
        choices in prop::collection::vec(any::<u64>(), 1..24),
    ) {
        let mut case = Case::reported(self_handled);
        for choice in choices {
            case.goes_on(choice);
            let kinds: Vec<String> =
                case.view().entries.iter().map(|entry| entry.kind.clone()).collect();
            prop_assert_eq!(case.running(), case.owed(), "{:?}: {:?}", case.view().stage, kinds);
        }
    }
}

#[test]
fn an_order_ends_the_clocks_of_the_centre_and_its_work_leaves_none() {
    for filed in [false, true] {
        let mut case = Case::reported(false);
        if filed {
            case.instruct(InstructionKind::File, &Names::default());
        }
        let order = case.instruct(InstructionKind::Order, &Names::units(&["drainage"]));
        assert_eq!(case.running(), ["handle"], "filed: {filed}");
        let before = if filed { "dispatch" } else { "accept" };
        assert_eq!(case.end(before).map(|end| end.by), Some(order));
        assert!(case.write(&PEOPLE[2], FieldKind::Handle, 0, case.rows.len()));
        assert_eq!(
            (case.view().stage, case.running().len()),
            (Stage::Handled, 0)
        );
    }
}

#[test]
fn work_that_crossed_a_recall_ends_the_wait_for_another_dispatch() {
    let mut case = Case::reported(false);
    case.instruct(InstructionKind::File, &Names::default());
    case.instruct(InstructionKind::Dispatch, &Names::units(&["drainage"]));
    let known = case.rows.len();
    case.instruct(InstructionKind::Recall, &Names::default());
    assert_eq!(case.running(), ["dispatch"]);
    assert!(case.write(&PEOPLE[2], FieldKind::Handle, 0, known));
    let handle = case.rows.last().unwrap().hash;
    assert_eq!(
        (case.view().stage, case.running().len()),
        (Stage::Handled, 0)
    );
    assert_eq!(case.end("dispatch").map(|end| end.by), Some(handle));
}

#[test]
fn nobody_owes_a_check_of_a_closed_case_that_was_opened_again() {
    let mut case = Case::reported(true);
    case.instruct(InstructionKind::Close, &Names::default());
    case.instruct(InstructionKind::SpotCheck, &Names::persons(&["wang"]));
    assert_eq!(case.running(), ["check"]);
    case.instruct(InstructionKind::Reopen, &Names::default());
    assert_eq!(case.running(), ["dispatch"]);
}

#[test]
fn nobody_owes_a_dispatch_of_what_was_settled_on_the_spot() {
    let mut case = Case::reported(true);
    case.instruct(InstructionKind::File, &Names::default());
    assert_eq!(case.running().len(), 0);
    case.instruct(InstructionKind::SpotCheck, &Names::persons(&["wang"]));
    assert_eq!(case.running(), ["check"]);
    assert!(case.write(&PEOPLE[1], FieldKind::Check, 2, case.rows.len()));
    assert_eq!(
        (case.view().stage, case.running().len()),
        (Stage::CheckFailed, 0)
    );
    // Taken on as a case like any other, it has to be sent to somebody.
    case.instruct(InstructionKind::Convert, &Names::default());
    assert_eq!(case.running(), ["dispatch"]);
    assert_eq!(
        case.view().question.map(|open| open.kind),
        None::<QuestionKind>
    );
    // A spot check of what was only reported ends the acceptor's wait.
    let mut unfiled = Case::reported(true);
    let drawn = unfiled.instruct(InstructionKind::SpotCheck, &Names::persons(&["wang"]));
    assert_eq!(unfiled.running(), ["check"]);
    assert_eq!(unfiled.end("accept").map(|end| end.by), Some(drawn));
}
