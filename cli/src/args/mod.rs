//! The command line as data.

mod acts;
mod bundle;
mod catalogue;
mod datum;
mod deadline;
mod decisions;
mod device;
mod files;
mod grid;
mod host_token;
mod leaving;
mod op;
mod pack;
mod photo;
mod register;
mod server;
mod words;

use clap::{Parser, Subcommand};

pub(crate) use acts::{ActCommand, ShownArgs, SimilarArgs};
pub(crate) use bundle::{BundleCommand, ExportArgs, LanguageArg, ShowBundleArgs, VerifyBundleArgs};
pub(crate) use catalogue::{
    CatalogueCommand, CatalogueDiffArgs, CatalogueInfoArgs, CatalogueMapArgs, CataloguePackArgs,
    CatalogueSearchArgs, ProposeArgs,
};
pub(crate) use datum::DatumArg;
pub(crate) use deadline::{DEADLINE_EXAMPLES, DeadlineArgs};
pub(crate) use decisions::{
    AskArgs, CorrectArgs, Decision, DecisionCommand, DispatchArgs, Granted, Terms,
};
pub(crate) use device::{
    ActArgs, AssignArgs, CaseArg, CheckArg, CheckArgs, ClassesArgs, DirArg, EnrollArgs,
    ForwardArgs, HandleArgs, ListArgs, NearArgs, NoteArgs, PhotoArgs, Photos, Place, RateArgs,
    ReportArgs, SignInRequestArgs, SyncArgs, TextArgs, TlsRootArg, VerifyArg, VerifyArgs,
    WhereArgs,
};
pub(crate) use files::{DoctorArgs, OverArg, ScrubArgs, TokenArgs, UploadsArgs};
pub(crate) use grid::{
    ConvertArgs, FitArgs, GridCommand, GridNearArgs, InfoArgs, LocateArgs, PackArgs, SynthArgs,
};
pub(crate) use host_token::{HostAppCommand, HostKeyArgs, HostTokenArgs};
pub(crate) use leaving::{DiscardArgs, SignOutArgs, UnlockArgs};
pub(crate) use op::{OpArgs, OpCommand};
pub(crate) use pack::{PackCommand, PackInfoArgs, SignArgs, VerifyPackArgs};
pub(crate) use photo::{InspectArgs, OriginArgs, PhotoCommand, SealArgs};
pub(crate) use register::{ImportArgs, RegisterArgs};
pub(crate) use server::{DemoArgs, LogFormat, LogLevel, ServeArgs, ServerCommand};

/// Gewu: report, check and settle problems of a city, with or without a network.
///
/// A device is a folder (--dir). Everything but enroll and sync works offline; what was saved stays
/// the device's until the server's receipt names it.
#[derive(Debug, Parser)]
#[command(name = "gewu", version, propagate_version = true, max_term_width = 100)]
pub(crate) struct Cli {
    /// Print one JSON object per line instead of text.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the sync server.
    Serve(ServeArgs),
    /// Look after a server's folder: backup, restore, scrub.
    #[command(subcommand)]
    Server(ServerCommand),
    /// Make a folder a device of the city's.
    Enroll(EnrollArgs),
    /// Print what the backend of a host app puts into a token with which a citizen signs in: the city and the
    /// device's key.
    SignInRequest(SignInRequestArgs),
    /// Make a key with which a host app's backend signs tokens: Ed25519, in PEM.
    HostKey(HostKeyArgs),
    /// Make such a token, as a host app's backend does: to try it out.
    HostToken(HostTokenArgs),
    /// Report a problem.
    Report(ReportArgs),
    /// List the cases on the device.
    List(ListArgs),
    /// Show a case with everything that was written in it.
    Show(CaseArg),
    /// Say how to reach who reported a case: all of it to the reporter, a mask to others where the
    /// city's policy shows one.
    Contact(CaseArg),
    /// List what is asked of you.
    Tasks(DirArg),
    /// List the classes that can be reported, or find some.
    Classes(ClassesArgs),
    /// Say in which grids a position lies, from the packs on the device.
    Where(WhereArgs),
    /// List the components nearest to a position.
    Near(NearArgs),
    /// List the packs on the device.
    Packs(DirArg),
    /// Answer a request to verify (核实).
    Verify(VerifyArgs),
    /// Take a task.
    Take(ActArgs),
    /// Say that you have set out.
    SetOut(ActArgs),
    /// Say that you have arrived.
    Arrive(ActArgs),
    /// Say that the work is done, with photos before and after.
    Handle(HandleArgs),
    /// Answer a request to check (核查).
    Check(CheckArgs),
    /// Take your report back.
    Withdraw(TextArgs),
    /// Add text or photos to your report.
    Supplement(PhotoArgs),
    /// Rate how your report was settled.
    Rate(RateArgs),
    /// Write a remark into a case.
    Note(NoteArgs),
    #[command(flatten)]
    Act(ActCommand),
    /// Ask the centre to assign a task of your unit to a person or a team.
    Assign(AssignArgs),
    /// Ask the centre to forward a task of your unit to a unit below.
    Forward(ForwardArgs),
    /// Exchange with the server until nothing is left to send or fetch.
    Sync(SyncArgs),
    /// Say exactly what is unsent, and why.
    Status(DirArg),
    /// Pause and resume uploads, choose their networks, and say how they stand.
    Uploads(UploadsArgs),
    /// Print a token with which another program may bring and fetch files in the device's name.
    Token(TokenArgs),
    /// Read every file again and say what is damaged or gone.
    Scrub(ScrubArgs),
    /// Look the device over and say what is wrong: the database, every file, what is unsent and why, the
    /// last syncs, the clock, the packs. Changes nothing. The status is 1 when something is wrong.
    Doctor(DoctorArgs),
    /// Print the digest of every case on the device, computed anew from its history.
    ///
    /// A case of which the server has accepted nothing has none. Ends with 1 when a case cannot be read, after
    /// all others, or is listed otherwise than its history says.
    State(DirArg),
    /// Write cases to one file that proves itself offline, or carry unsent work off a device.
    ///
    /// Ends with 3 when the file is written and lacks what --fetch could not bring, or unsent photos that are
    /// damaged or gone.
    Export(ExportArgs),
    /// Leave the city: keys, cases, drafts and photos are removed from the device. Refused while something is
    /// unsent or not handed in, unless it is exported or locked up.
    SignOut(SignOutArgs),
    /// List what people locked up on the device when they signed out.
    Lockers(DirArg),
    /// Bring back what was locked up, once whoever used the device meanwhile is signed out.
    Unlock(UnlockArgs),
    /// Remove a locker whose passphrase nobody remembers, with everything in it, for ever.
    DiscardLocker(DiscardArgs),
    /// Check and read bundles that `gewu export` wrote.
    #[command(subcommand)]
    Bundle(BundleCommand),
    /// Print the root key of the device's city, which bundles are checked against.
    Root(DirArg),
    /// Work at the centre, over the operator's API.
    Op(OpArgs),
    /// Make catalogue packs and ask them.
    #[command(subcommand)]
    Catalogue(CatalogueCommand),
    /// Make grid packs and ask them.
    #[command(subcommand)]
    Grid(GridCommand),
    /// Sign, check and read the packs in which a city publishes its rules, classes and words.
    #[command(subcommand)]
    Pack(PackCommand),
    /// Make of camera's files what would be sealed, and ask them.
    #[command(subcommand)]
    Photo(PhotoCommand),
    /// Convert a CSV table's coordinates from one frame to another.
    ///
    /// The table needs the columns lon and lat; the others pass unchanged, and so do points outside
    /// the domain of the shift (a box around China). GCJ-02 and BD-09 are approximate, to about 1 m:
    /// their true algorithms are not public.
    Convert(ConvertArgs),
    /// Say when a limit is due, by a working calendar with holidays and worked weekends (调休).
    ///
    /// Prints the due time in the calendar's zone. Beyond the days that the calendar knows, and for a
    /// limit that cannot be read, there is an error and no date.
    #[command(after_help = DEADLINE_EXAMPLES)]
    Deadline(DeadlineArgs),
    /// Play a day with a real server and real devices, and say what happens.
    Demo(DemoArgs),
}
