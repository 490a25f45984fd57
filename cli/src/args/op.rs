//! Arguments of the operator's commands.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::device::ContactArgs;

#[derive(Debug, Args)]
pub(crate) struct OpArgs {
    /// The server, such as http://127.0.0.1:8420.
    #[arg(long, value_name = "URL", env = "GEWU_SERVER")]
    pub(crate) server: String,
    /// The file with the operator's token; a new server writes DIR/operator.token.
    #[arg(long, value_name = "FILE", env = "GEWU_TOKEN_FILE")]
    pub(crate) token_file: PathBuf,
    #[command(subcommand)]
    pub(crate) command: OpCommand,
}

/// An instruction on a case.
#[derive(Debug, Args)]
pub(crate) struct Decision {
    /// The case: its id, its task number, or the first digits of its id.
    pub(crate) case: String,
    /// A remark.
    #[arg(long)]
    pub(crate) note: Option<String>,
    /// The view that the decision rests on; the present one by default. The server refuses the
    /// decision when the case has moved since.
    #[arg(long, value_name = "TOKEN")]
    pub(crate) view: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OpCommand {
    /// List cases.
    List {
        /// Only cases at this stage.
        #[arg(long)]
        stage: Option<String>,
        /// How many at most.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    /// Show a case with everything that was written in it.
    Show {
        /// The case.
        case: String,
    },
    /// Register a case that reached the centre otherwise.
    Register {
        /// The class by code.
        #[arg(long)]
        class: String,
        /// `component` or `matter`.
        #[arg(long, default_value = "matter")]
        kind: String,
        /// Longitude in degrees, WGS-84.
        #[arg(long, allow_negative_numbers = true)]
        lon: f64,
        /// Latitude in degrees, WGS-84.
        #[arg(long, allow_negative_numbers = true)]
        lat: f64,
        /// What was said.
        #[arg(long)]
        text: Option<String>,
        /// Where it came from.
        #[arg(long, default_value = "hotline")]
        source: String,
        /// Its identity there; the same one is registered once.
        #[arg(long)]
        external_id: Option<String>,
        #[command(flatten)]
        contact: ContactArgs,
    },
    /// Read how to reach who reported a case. Who read it and when is logged.
    Contact {
        /// The case.
        case: String,
    },
    /// List who read which contact when, the latest first.
    ContactLog {
        /// Only of this case.
        #[arg(long)]
        case: Option<String>,
        /// How many at most.
        #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=10000))]
        limit: u32,
    },
    /// File a case (立案).
    File(Decision),
    /// Decline a case (不予受理, 不予立案).
    Decline {
        #[command(flatten)]
        decision: Decision,
        /// `not_accepted` or `not_filed`.
        #[arg(long, default_value = "not_accepted")]
        kind: String,
    },
    /// Ask persons to verify before filing (核实).
    VerifyRequest {
        #[command(flatten)]
        decision: Decision,
        /// Who is asked; may be given several times.
        #[arg(long, required = true)]
        person: Vec<String>,
        /// Ask them beside those asked before.
        #[arg(long)]
        also: bool,
    },
    /// Ask persons to check after disposal (核查).
    CheckRequest {
        #[command(flatten)]
        decision: Decision,
        /// Who is asked; may be given several times.
        #[arg(long, required = true)]
        person: Vec<String>,
        /// Ask them beside those asked before.
        #[arg(long)]
        also: bool,
    },
    /// Send a case to a unit (派遣).
    Dispatch {
        #[command(flatten)]
        decision: Decision,
        /// The unit that answers for the work.
        #[arg(long)]
        lead: String,
        /// A unit that helps; may be given several times.
        #[arg(long)]
        assist: Vec<String>,
        /// The limit as written, such as 2紧急工作时.
        #[arg(long)]
        limit: Option<String>,
    },
    /// Pass a dispatched case on to another unit.
    Forward {
        #[command(flatten)]
        decision: Decision,
        /// The unit.
        #[arg(long)]
        unit: String,
    },
    /// Name the person who does it.
    Assign {
        #[command(flatten)]
        decision: Decision,
        /// Who.
        #[arg(long)]
        person: String,
    },
    /// Take a dispatch back.
    Recall(Decision),
    /// Send the work back (返工).
    Rework {
        #[command(flatten)]
        decision: Decision,
        /// The unit that does it again.
        #[arg(long)]
        lead: String,
    },
    /// Close a case (结案).
    Close {
        #[command(flatten)]
        decision: Decision,
        /// `normal`, `late`, `forced`, `mistaken` or `special`.
        #[arg(long, default_value = "normal")]
        kind: String,
    },
    /// Void a case (作废).
    Void(Decision),
    /// Erase texts or photos of a case for good (抹除): from the server, from every device that
    /// syncs, and from every other case that names the photo. The signed entries stay, and this
    /// instruction says by whom and why. It cannot be undone.
    #[command(group(clap::ArgGroup::new("what").required(true).multiple(true)))]
    Erase {
        /// The case: its id, its task number, or the first digits of its id.
        case: String,
        /// A text, by its digest as `gewu op show` prints it; may be given several times.
        #[arg(long, value_name = "DIGEST", group = "what")]
        text: Vec<String>,
        /// A photo, by its SHA-256; its thumbnail and its original go with it. May be given several
        /// times.
        #[arg(long, value_name = "SHA256", group = "what")]
        photo: Vec<String>,
        /// The reporter's contact card.
        #[arg(long, group = "what")]
        contact: bool,
        /// Why; it stays when the rest is gone, so name nothing in it that was to be erased.
        #[arg(long)]
        reason: String,
        /// The view that the decision rests on; the present one by default.
        #[arg(long, value_name = "TOKEN")]
        view: Option<String>,
    },
    /// Say a word to the reporter.
    Reply {
        #[command(flatten)]
        decision: Decision,
        /// The word.
        #[arg(long)]
        text: String,
    },
    /// List what waits for an operator: work that comes later than the city takes it, and what a device
    /// sends that fell into wrong hands; or decide one of them.
    Late {
        /// Let this change count.
        #[arg(long, value_name = "HASH", conflicts_with = "set_aside")]
        take: Option<String>,
        /// Set this change aside for good; its author is told.
        #[arg(long, value_name = "HASH")]
        set_aside: Option<String>,
    },
    /// Make a one-time code with which a person enrols a device.
    Code {
        /// The person.
        #[arg(long)]
        user: String,
        /// A role, such as inspector; may be given several times.
        #[arg(long, required = true)]
        role: Vec<String>,
        /// A unit; may be given several times.
        #[arg(long)]
        unit: Vec<String>,
        /// A duty grid; may be given several times.
        #[arg(long)]
        duty_grid: Vec<String>,
        /// An area of any level that is the person's own; may be given several times.
        #[arg(long)]
        area: Vec<String>,
        /// A road section; may be given several times.
        #[arg(long)]
        road: Vec<String>,
        /// Take duty grids that are on no map in force.
        #[arg(long)]
        any_grid: bool,
        /// For how many hours the code holds.
        #[arg(long, default_value_t = 72, value_parser = clap::value_parser!(u32).range(1..=8760))]
        hours: u32,
    },
    /// Put a pack in force at once: a file that `gewu pack sign` wrote, or a bare body that the server
    /// signs. Devices fetch it when they next sync; cases that are open go on by the pack that they
    /// were begun under.
    Publish {
        /// The file.
        file: PathBuf,
        /// What a bare body is; what it calls itself by default.
        #[arg(long)]
        kind: Option<String>,
        /// The name of a bare body within the kind; the kind's own name by default.
        #[arg(long)]
        name: Option<String>,
        /// Whom a bare body is for: `public`, `staff`, `operator` or `duty-grid:G`.
        #[arg(long)]
        audience: Option<String>,
    },
    /// List the packs in force.
    Packs,
    /// List enrolled devices.
    Devices,
    /// Retire a device: it is told nothing new, and what it sends is taken for 30 more days.
    Retire {
        /// The device's key.
        key: String,
    },
    /// Mark a device as compromised, for good: nothing more of it is taken.
    Compromise {
        /// The device's key.
        key: String,
    },
    /// Say what the server holds, and which photos are missing.
    Status,
}
