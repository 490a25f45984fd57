//! Arguments of the operator's commands.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::register::{IMPORT_COLUMNS, ImportArgs, RegisterArgs};
use super::{DecisionCommand, HostAppCommand, TlsRootArg};

#[derive(Debug, Args)]
pub(crate) struct OpArgs {
    /// The server, such as http://127.0.0.1:8420.
    #[arg(long, value_name = "URL", env = "GEWU_SERVER")]
    pub(crate) server: String,
    /// The file with the operator's token; a new server writes DIR/operator.token.
    #[arg(long, value_name = "FILE", env = "GEWU_TOKEN_FILE")]
    pub(crate) token_file: PathBuf,
    #[command(flatten)]
    pub(crate) tls: TlsRootArg,
    /// Take an http:// address beyond this machine: the network itself is trusted.
    #[arg(long, env = "GEWU_PLAIN_HTTP", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) plain_http: bool,
    #[command(subcommand)]
    pub(crate) command: OpCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OpCommand {
    /// List cases.
    List {
        /// Only cases at this stage.
        #[arg(long)]
        stage: Option<String>,
        /// How many at most.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
    },
    /// Show a case with everything that was written in it.
    Show {
        /// The case.
        case: String,
    },
    /// Register a case that reached the centre otherwise: by telephone, video, drone, another system.
    Register(RegisterArgs),
    /// Register every case of a file, and say what became of each line.
    #[command(after_help = IMPORT_COLUMNS)]
    Import(ImportArgs),
    /// Read how to reach who reported a case, as an operator or shift leader of the centre. Who read it
    /// and when is logged.
    Contact {
        /// The case.
        case: String,
    },
    /// Read under which account of a host app a case was reported, as an operator or shift leader of the
    /// centre: for a reward. Who read it and when is logged.
    Account {
        /// The case.
        case: String,
    },
    /// List who read which contact or account when, and which took the place of another, the latest first.
    ContactLog {
        /// Only of this case.
        #[arg(long)]
        case: Option<String>,
        /// How many at most.
        #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=10000))]
        limit: u32,
    },
    #[command(flatten)]
    Decide(DecisionCommand),
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
        /// Who reported: nobody is told any more under which account that was. Erasing the contact does
        /// this as well.
        #[arg(long, group = "what")]
        account: bool,
        /// Why; it stays when the rest is gone, so name nothing in it that was to be erased.
        #[arg(long)]
        reason: String,
        /// The view that the decision rests on; the present one by default.
        #[arg(long, value_name = "TOKEN")]
        view: Option<String>,
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
    /// Issue again what was set aside, in the centre's own name: the instruction that grants what it asked
    /// for, on the case as it stands, or a new case for a report. What was set aside is never applied
    /// itself, its photos stay with it, and its author is told. `gewu op show` and `gewu op status`
    /// list what was set aside.
    Reissue {
        /// The set-aside change.
        #[arg(value_name = "HASH")]
        change: String,
        /// The view that the decision rests on; the present one by default.
        #[arg(long, value_name = "TOKEN")]
        view: Option<String>,
        /// Also what was issued again already, or written again by its author.
        #[arg(long)]
        anyway: bool,
    },
    /// Do what services (rules and timers of the city's policy) have to do now, and say what was done.
    /// A server does so by itself every second.
    RunServices {
        /// Do nothing; list what waits for its time, and what was refused and why.
        #[arg(long)]
        list: bool,
    },
    /// List what cases drew for their spot check (抽查), the latest first, and check each draw against
    /// the server's key.
    ///
    /// With --waiting, the drawn cases for which nobody has been asked yet: `gewu op spot-check CASE
    /// --person USER` asks somebody who had no hand in the work.
    Draws {
        /// Only drawn cases that wait for a checker to be named.
        #[arg(long)]
        waiting: bool,
        /// How many at most.
        #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=10000))]
        limit: u32,
    },
    /// Make a one-time code with which a person enrols a device.
    Code {
        /// The person.
        #[arg(long, value_parser = super::words::name)]
        user: String,
        /// A role, such as inspector; may be given several times.
        #[arg(long, required = true, value_parser = super::words::name)]
        role: Vec<String>,
        /// A unit; may be given several times.
        #[arg(long, value_parser = super::words::name)]
        unit: Vec<String>,
        /// A duty grid; may be given several times.
        #[arg(long, value_parser = super::words::name)]
        duty_grid: Vec<String>,
        /// An area of any level that is the person's own; may be given several times.
        #[arg(long, value_parser = super::words::name)]
        area: Vec<String>,
        /// A road section; may be given several times.
        #[arg(long, value_parser = super::words::name)]
        road: Vec<String>,
        /// Take duty grids that are on no map in force.
        #[arg(long)]
        any_grid: bool,
        /// For how many hours the code holds.
        #[arg(long, default_value_t = 72, value_parser = clap::value_parser!(u32).range(1..=8760))]
        hours: u32,
    },
    /// Make a token for one person's console, with that person's roles; shown once. What is done with it is
    /// recorded in that person's name.
    ///
    /// Whoever makes one gives no role of the centre (operator, shift_leader) that the own token lacks. The
    /// server keeps its hash only.
    Token {
        /// The person.
        #[arg(long, value_parser = super::words::name)]
        user: String,
        /// A role, such as operator or shift_leader; may be given several times.
        #[arg(long, required = true, value_parser = super::words::name)]
        role: Vec<String>,
        /// A unit in whose name the person acts; may be given several times.
        #[arg(long, value_parser = super::words::name)]
        unit: Vec<String>,
        /// Write the token into this new file, which its owner alone may read, instead of printing it.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// List the tokens of consoles: for whom, by whom and when made, and since when revoked.
    Tokens,
    /// Take a token back: it lets nobody in any more.
    RevokeToken {
        /// The token, by the first digits that `gewu op tokens` prints.
        token: String,
    },
    /// Say which apps' users may report under their accounts there.
    #[command(subcommand)]
    HostApp(HostAppCommand),
    /// Put a pack in force at once: a file that `gewu pack sign` wrote, or a bare body that the server
    /// signs. Devices fetch it when they next sync; cases that are open go on by the pack that they
    /// were begun under.
    Publish {
        /// The file.
        file: PathBuf,
        /// What a bare body is; what it calls itself by default.
        #[arg(long, value_parser = super::words::pack_name)]
        kind: Option<String>,
        /// The name of a bare body within the kind; the kind's own name by default.
        #[arg(long, value_parser = super::words::pack_name)]
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
    /// Mark a device as compromised, for good: it is told nothing, and what it sends waits for an operator
    /// (`gewu op late`).
    Compromise {
        /// The device's key.
        key: String,
    },
    /// Have a lost device deliver what it can and then remove everything: at its next sync. It is retired.
    Wipe {
        /// The device's key.
        key: String,
        /// For how many days it may go on trying to deliver, counted from the first time that it was
        /// asked. With 0 it removes everything at its next sync, delivered or not.
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=30))]
        days: u32,
        /// The device was found: take the order back, if the device has not obeyed yet.
        #[arg(long, conflicts_with = "days")]
        take_back: bool,
    },
    /// Say what the server holds, and which photos are missing.
    Status,
}
