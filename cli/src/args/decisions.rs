// long-file: one command for each instruction, in one enum that clap reads
//! Arguments of the instructions that an operator gives: one command for each kind.

use clap::{Args, Subcommand};

/// An instruction on a case.
#[derive(Debug, Args)]
pub(crate) struct Decision {
    /// The case: its id, its task number, or the first digits of its id.
    pub(crate) case: String,
    /// A remark.
    #[arg(long, value_parser = super::words::words)]
    pub(crate) note: Option<String>,
    /// The view that the decision rests on; the present one by default. The server refuses the
    /// decision when the case has moved since. A token that reads no cases of the centre has to name it,
    /// and the whole id: `gewu show --json` on a device tells it as `view_token`. Ties and waiting requests
    /// are for tokens of the centre.
    #[arg(long, value_name = "TOKEN")]
    pub(crate) view: Option<String>,
    /// Take persons and units whom nobody here has heard of: their people enrol later.
    #[arg(long)]
    pub(crate) unknown_names: bool,
}

/// Why, by a code of the city's policy.
#[derive(Debug, Args)]
pub(crate) struct Reason {
    /// The reason, by the policy's code.
    #[arg(long, value_name = "CODE")]
    pub(crate) reason: Option<String>,
}

/// The request that an instruction grants.
#[derive(Debug, Args)]
pub(crate) struct Granted {
    /// The request that it grants: its hash, or the first digits. Without it, the one request of
    /// the kind that waits, if there is just one.
    #[arg(long, value_name = "HASH")]
    pub(crate) request: Option<String>,
}

/// When and how long somebody has for a finding.
#[derive(Debug, Args)]
pub(crate) struct Terms {
    /// The part of the day in which it has to be done, such as 22:00-06:00 (同时段).
    #[arg(long, value_name = "HH:MM-HH:MM")]
    pub(crate) same_period: Option<String>,
    /// The limit as written, such as 2紧急工作时.
    #[arg(long, value_name = "TEXT", value_parser = super::words::limit)]
    pub(crate) limit: Option<String>,
}

/// Whom a finding is asked of.
#[derive(Debug, Args)]
pub(crate) struct AskArgs {
    #[command(flatten)]
    pub(crate) decision: Decision,
    /// Who is asked; may be given several times.
    #[arg(long, value_name = "USER", required = true, value_parser = super::words::name)]
    pub(crate) person: Vec<String>,
    /// Ask them beside those asked before.
    #[arg(long)]
    pub(crate) also: bool,
    #[command(flatten)]
    pub(crate) terms: Terms,
}

#[derive(Debug, Args)]
pub(crate) struct DispatchArgs {
    #[command(flatten)]
    pub(crate) decision: Decision,
    /// The unit that answers for the work.
    #[arg(long, value_name = "UNIT", value_parser = super::words::name)]
    pub(crate) lead: String,
    /// A unit that helps; may be given several times.
    #[arg(long, value_name = "UNIT", value_parser = super::words::name)]
    pub(crate) assist: Vec<String>,
    /// The limit as written, such as 2紧急工作时.
    #[arg(long, value_name = "TEXT", value_parser = super::words::limit)]
    pub(crate) limit: Option<String>,
    /// One limit for several nodes together (捆绑时限).
    #[arg(long, value_name = "TEXT", value_parser = super::words::limit)]
    pub(crate) bundle_limit: Option<String>,
    /// The unit whose duty it is and that pays, when the lead does the work for it (代处置).
    #[arg(long, value_name = "UNIT", value_parser = super::words::name)]
    pub(crate) substitute_for: Option<String>,
    /// It was returned before: another return will not be granted.
    #[arg(long)]
    pub(crate) must_accept: bool,
    /// The due time that came with the case from elsewhere, as 2026-09-30T17:00 (+08:00 unless a zone
    /// follows); the server adds the one that it knows.
    #[arg(long, value_name = "TIME")]
    pub(crate) external_due: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CorrectArgs {
    #[command(flatten)]
    pub(crate) decision: Decision,
    /// The right class by code.
    #[arg(long, value_name = "CODE")]
    pub(crate) class: Option<String>,
    /// `component` or `matter`, with --class.
    #[arg(long, default_value = "matter", requires = "class")]
    pub(crate) kind: String,
    /// The right filing condition by code.
    #[arg(long, value_name = "CODE")]
    pub(crate) condition: Option<String>,
    /// Longitude of the right place in degrees, WGS-84.
    #[arg(long, allow_negative_numbers = true, requires = "lat")]
    pub(crate) lon: Option<f64>,
    /// Latitude of the right place in degrees, WGS-84.
    #[arg(long, allow_negative_numbers = true, requires = "lon")]
    pub(crate) lat: Option<f64>,
    /// The right component by its identifier.
    #[arg(long, value_name = "ID")]
    pub(crate) component: Option<String>,
    /// The area's grade (区域等级), on which limits depend.
    #[arg(long, value_name = "GRADE")]
    pub(crate) area_grade: Option<String>,
    /// When somebody elsewhere wants the case over by now, also when that is later than what was said before;
    /// as 2026-09-30T17:00.
    #[arg(long, value_name = "TIME")]
    pub(crate) external_due: Option<String>,
}

/// One command for each instruction.
#[derive(Debug, Subcommand)]
pub(crate) enum DecisionCommand {
    /// File a case (立案).
    File(Decision),
    /// Decline a case (不予受理, 不予立案).
    Decline {
        #[command(flatten)]
        decision: Decision,
        /// `not_accepted` or `not_filed`.
        #[arg(long, default_value = "not_accepted")]
        kind: String,
        #[command(flatten)]
        why: Reason,
    },
    /// Ask persons to verify before filing (核实).
    VerifyRequest(AskArgs),
    /// Ask persons to check after disposal (核查).
    CheckRequest(AskArgs),
    /// Bounce a finding back: the last verify or check is asked again (退件).
    RedoRequest {
        #[command(flatten)]
        decision: Decision,
        /// Who is asked; those who were asked before unless somebody is named.
        #[arg(long, value_name = "USER", value_parser = super::words::name)]
        person: Vec<String>,
        #[command(flatten)]
        why: Reason,
        #[command(flatten)]
        terms: Terms,
    },
    /// Have a case checked that its reporter settled on the spot (抽查).
    SpotCheck {
        #[command(flatten)]
        decision: Decision,
        /// Who is asked; may be given several times. The reporter does not count.
        #[arg(long, value_name = "USER", required = true, value_parser = super::words::name)]
        person: Vec<String>,
        /// The policy's rule by which it was drawn.
        #[arg(long, value_name = "CODE")]
        rule: Option<String>,
        #[command(flatten)]
        terms: Terms,
    },
    /// Send a case to a unit (派遣).
    Dispatch(DispatchArgs),
    /// Ask for work without a problem behind it (交办), on a case that was registered for it.
    #[command(group(clap::ArgGroup::new("whom").required(true).multiple(true)))]
    Order {
        #[command(flatten)]
        decision: Decision,
        /// A person who does it; may be given several times.
        #[arg(long, value_name = "USER", group = "whom", value_parser = super::words::name)]
        person: Vec<String>,
        /// A unit that does it; the first leads.
        #[arg(long, value_name = "UNIT", group = "whom", value_parser = super::words::name)]
        unit: Vec<String>,
        /// The limit as written.
        #[arg(long, value_name = "TEXT", value_parser = super::words::limit)]
        limit: Option<String>,
    },
    /// Pass a dispatched case on to another unit (转派).
    Forward {
        #[command(flatten)]
        decision: Decision,
        /// The unit.
        #[arg(long, value_parser = super::words::name)]
        unit: String,
        /// The unit that passes it on; the one that had it last by default.
        #[arg(long, value_name = "UNIT", value_parser = super::words::name)]
        from: Option<String>,
        /// The limit as written.
        #[arg(long, value_name = "TEXT", value_parser = super::words::limit)]
        limit: Option<String>,
    },
    /// Name the person or the team who does it (指派).
    #[command(group(clap::ArgGroup::new("whom").required(true).multiple(true)))]
    Assign {
        #[command(flatten)]
        decision: Decision,
        /// The person.
        #[arg(long, value_name = "USER", group = "whom", value_parser = super::words::name)]
        person: Option<String>,
        /// The team.
        #[arg(long, value_name = "UNIT", group = "whom", value_parser = super::words::name)]
        team: Option<String>,
    },
    /// Take an assignment back (撤销指派).
    #[command(group(clap::ArgGroup::new("whom").required(true).multiple(true)))]
    Unassign {
        #[command(flatten)]
        decision: Decision,
        /// The person.
        #[arg(long, value_name = "USER", group = "whom", value_parser = super::words::name)]
        person: Option<String>,
        /// The team.
        #[arg(long, value_name = "UNIT", group = "whom", value_parser = super::words::name)]
        team: Option<String>,
    },
    /// Grant a return (回退): one level up, from the top back to the centre.
    SendBack {
        #[command(flatten)]
        decision: Decision,
        #[command(flatten)]
        granted: Granted,
        /// The unit that gives it back; the one that had it last by default.
        #[arg(long, value_name = "UNIT", value_parser = super::words::name)]
        unit: Option<String>,
        #[command(flatten)]
        why: Reason,
    },
    /// Take a dispatch back (撤回派遣).
    Recall {
        #[command(flatten)]
        decision: Decision,
        #[command(flatten)]
        why: Reason,
    },
    /// Send the work back (返工).
    Rework {
        #[command(flatten)]
        decision: Decision,
        /// The unit that does it again.
        #[arg(long, value_parser = super::words::name)]
        lead: String,
        /// The limit as written.
        #[arg(long, value_name = "TEXT", value_parser = super::words::limit)]
        limit: Option<String>,
        #[command(flatten)]
        why: Reason,
    },
    /// Suspend the work (挂账): nothing is asked until it is resumed.
    Suspend {
        #[command(flatten)]
        decision: Decision,
        #[command(flatten)]
        granted: Granted,
        /// Until when, as 2026-09-30T17:00 (+08:00 unless a zone follows).
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
        #[command(flatten)]
        why: Reason,
    },
    /// Go on with what was suspended (恢复), by the same units and persons.
    Resume {
        #[command(flatten)]
        decision: Decision,
        /// The limit as written.
        #[arg(long, value_name = "TEXT", value_parser = super::words::limit)]
        limit: Option<String>,
    },
    /// Make a case that its reporter had settled an ordinary one (自处置转办).
    Convert {
        #[command(flatten)]
        decision: Decision,
        #[command(flatten)]
        why: Reason,
    },
    /// Close a case (结案).
    Close {
        #[command(flatten)]
        decision: Decision,
        /// `normal`, `late`, `forced`, `mistaken` or `special`.
        #[arg(long, default_value = "normal")]
        kind: String,
        /// The closing condition (结案条件) that is met, by code.
        #[arg(long, value_name = "CODE")]
        condition: Option<String>,
        /// Close its open duplicates after it, each by an instruction of its own of the same kind. Without it
        /// they are named and stay open.
        #[arg(long)]
        with_duplicates: bool,
    },
    /// Void a case (作废).
    Void {
        #[command(flatten)]
        decision: Decision,
        #[command(flatten)]
        why: Reason,
    },
    /// Open an ended case again (重新立案).
    Reopen {
        #[command(flatten)]
        decision: Decision,
        #[command(flatten)]
        granted: Granted,
        #[command(flatten)]
        why: Reason,
    },
    /// Give more time (延期).
    Extend {
        #[command(flatten)]
        decision: Decision,
        /// How much more, as the catalogue writes limits: 1工作日. What the request asks for by default.
        #[arg(long, value_name = "TEXT", value_parser = super::words::limit)]
        limit: Option<String>,
        /// The unit whose limit grows; the lead by default.
        #[arg(long, value_name = "UNIT", value_parser = super::words::name)]
        unit: Option<String>,
        #[command(flatten)]
        granted: Granted,
    },
    /// Refuse a request, or grant one that needs nothing else done: an appeal, a proposal.
    #[command(group(clap::ArgGroup::new("what").required(true)))]
    Decide {
        #[command(flatten)]
        decision: Decision,
        /// The request: its hash, or the first digits. Without it, the one that waits, if there is
        /// just one.
        #[arg(long, value_name = "HASH")]
        request: Option<String>,
        /// Grant it.
        #[arg(long, group = "what")]
        grant: bool,
        /// Refuse it.
        #[arg(long, group = "what")]
        refuse: bool,
        /// Which step of a review this is, from 1.
        #[arg(long)]
        step: Option<u8>,
        #[command(flatten)]
        why: Reason,
    },
    /// Press units or persons for an answer (督办).
    #[command(group(clap::ArgGroup::new("whom").required(true).multiple(true)))]
    Supervise {
        #[command(flatten)]
        decision: Decision,
        /// A unit; may be given several times.
        #[arg(long, value_name = "UNIT", group = "whom", value_parser = super::words::name)]
        unit: Vec<String>,
        /// A person; may be given several times.
        #[arg(long, value_name = "USER", group = "whom", value_parser = super::words::name)]
        person: Vec<String>,
        /// Within what an answer is expected, such as 4工作时.
        #[arg(long, value_name = "TEXT", value_parser = super::words::limit)]
        reply_within: Option<String>,
    },
    /// Tie a case to another (关联): a duplicate, or a relative.
    #[command(group(clap::ArgGroup::new("tie").required(true)))]
    Link {
        #[command(flatten)]
        decision: Decision,
        /// It is a duplicate of this case, which is worked on. The other case is told as well.
        #[arg(long, value_name = "CASE", group = "tie")]
        duplicate_of: Option<String>,
        /// This case is its duplicate.
        #[arg(long, value_name = "CASE", group = "tie")]
        has_duplicate: Option<String>,
        /// They have to do with each other.
        #[arg(long, value_name = "CASE", group = "tie")]
        related: Option<String>,
        /// Undo a tie that was made in error.
        #[arg(long, value_name = "CASE", group = "tie")]
        nothing: Option<String>,
        #[command(flatten)]
        granted: Granted,
    },
    /// Correct class or place beside the report (更正).
    Correct(CorrectArgs),
    /// Name other packs by which the case is judged from here on.
    #[command(group(clap::ArgGroup::new("what").required(true).multiple(true)))]
    Repin {
        #[command(flatten)]
        decision: Decision,
        /// The policy by the SHA-256 of its body, or the first digits as `gewu op packs` prints them.
        #[arg(long, value_name = "SHA256", group = "what")]
        policy: Option<String>,
        /// The catalogue by the SHA-256 of its body, or the first digits.
        #[arg(long, value_name = "SHA256", group = "what")]
        catalogue: Option<String>,
        /// The edition that the catalogue opens cases under, which is taken by default.
        #[arg(long, requires = "catalogue")]
        edition: Option<String>,
        /// Take a policy under which nobody could decide anything in this case as it stands.
        #[arg(long)]
        even_if_nothing_is_allowed: bool,
    },
    /// Say whose the object is (确权).
    #[command(group(clap::ArgGroup::new("what").required(true).multiple(true)))]
    Ownership {
        #[command(flatten)]
        decision: Decision,
        #[command(flatten)]
        granted: Granted,
        /// The competent authority (主管部门).
        #[arg(long, value_name = "UNIT", group = "what", value_parser = super::words::name)]
        authority: Option<String>,
        /// The owner (权属单位).
        #[arg(long, value_name = "UNIT", group = "what", value_parser = super::words::name)]
        owner: Option<String>,
        /// The handling unit (处置单位).
        #[arg(long, value_name = "UNIT", group = "what", value_parser = super::words::name)]
        handler: Option<String>,
    },
    /// Say what became of the reporter's reward (奖励).
    Reward {
        #[command(flatten)]
        decision: Decision,
        /// `granted`, `refused` or `paid`.
        #[arg(long)]
        state: String,
        /// The rule, by the policy's code.
        #[arg(long, value_name = "CODE")]
        rule: String,
        /// Points.
        #[arg(long)]
        points: Option<u32>,
        /// Money in hundredths of the currency unit.
        #[arg(long)]
        cents: Option<u64>,
        #[command(flatten)]
        why: Reason,
    },
    /// Say a word to the reporter (答复).
    Reply {
        #[command(flatten)]
        decision: Decision,
        /// The word.
        #[arg(long, value_parser = super::words::words)]
        text: String,
        /// What it replies to, such as an urge: its hash, or the first digits.
        #[arg(long, value_name = "HASH")]
        to: Option<String>,
    },
}
