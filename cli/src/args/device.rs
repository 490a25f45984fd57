//! Arguments of a device's commands.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use gewu_model::entry::ClassKind;

use super::{DatumArg, OriginArgs};

/// The device.
#[derive(Debug, Clone, Args)]
pub(crate) struct DirArg {
    /// The device's folder.
    #[arg(long, value_name = "DIR", env = "GEWU_DIR")]
    pub(crate) dir: PathBuf,
    /// The most megabytes that the device's database and files may have together; by default as many
    /// as the disk has.
    #[arg(long, value_name = "MB", env = "GEWU_QUOTA_MB", hide_short_help = true)]
    pub(crate) quota_mb: Option<u64>,
    /// The folder of the device's keys, DIR/secrets by default. Elsewhere, a copy of DIR shows no
    /// contact and can write nothing.
    #[arg(long, value_name = "DIR", env = "GEWU_SECRETS")]
    pub(crate) secrets: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) tls: TlsRootArg,
}

/// Whom to trust.
#[derive(Debug, Clone, Args)]
pub(crate) struct TlsRootArg {
    /// Certificates (PEM) to trust in place of the system's, for a server with a private root.
    #[arg(
        long,
        value_name = "FILE",
        env = "GEWU_TLS_ROOT",
        hide_short_help = true
    )]
    pub(crate) tls_root: Option<PathBuf>,
}

/// How to reach whoever reports.
#[derive(Debug, Clone, Args)]
pub(crate) struct ContactArgs {
    /// A telephone number. It lies sealed, goes to the server only, and only operators and shift leaders of the
    /// centre read it.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) contact_phone: Option<String>,
    /// A name; kept like the number.
    #[arg(long, value_name = "NAME")]
    pub(crate) contact_name: Option<String>,
    /// The number of an identity document, where the city asks for it; kept like the number.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) contact_id: Option<String>,
}

impl ContactArgs {
    /// The contact, if anything was given.
    pub(crate) fn contact(&self) -> Option<gewu_model::contact::Contact> {
        let contact = gewu_model::contact::Contact {
            phone: self.contact_phone.clone(),
            name: self.contact_name.clone(),
            id_number: self.contact_id.clone(),
        };
        (!contact.is_empty()).then_some(contact)
    }
}

/// A case on the device.
#[derive(Debug, Clone, Args)]
pub(crate) struct CaseArg {
    #[command(flatten)]
    pub(crate) device: DirArg,
    /// The case: its id, its task number, or the first digits of its id.
    pub(crate) case: String,
}

#[derive(Debug, Args)]
pub(crate) struct EnrollArgs {
    #[command(flatten)]
    pub(crate) device: DirArg,
    /// The server, such as http://127.0.0.1:8420.
    #[arg(long, value_name = "URL")]
    pub(crate) server: String,
    /// The one-time code from the operator.
    #[arg(long, conflicts_with = "citizen", required_unless_present_any = ["citizen", "host_token"])]
    pub(crate) code: Option<String>,
    /// Enrol as a citizen, without a code.
    #[arg(long)]
    pub(crate) citizen: bool,
    /// Enrol as a citizen who is signed in in a host app, by a token of its backend; a device that is enrolled
    /// is put under that account. See `gewu sign-in-request`.
    #[arg(long, value_name = "TOKEN", conflicts_with_all = ["code", "citizen"])]
    pub(crate) host_token: Option<String>,
    /// Take an http:// address beyond this machine: the network itself is trusted.
    #[arg(long, env = "GEWU_PLAIN_HTTP", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) plain_http: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SignInRequestArgs {
    #[command(flatten)]
    pub(crate) device: DirArg,
    /// The server, such as http://127.0.0.1:8420.
    #[arg(long, value_name = "URL")]
    pub(crate) server: String,
    /// Take an http:// address beyond this machine: the network itself is trusted.
    #[arg(long, env = "GEWU_PLAIN_HTTP", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) plain_http: bool,
}

/// Where the author stands.
#[derive(Debug, Clone, Args)]
pub(crate) struct Place {
    /// Longitude in degrees.
    #[arg(long, allow_negative_numbers = true, requires = "lat")]
    pub(crate) lon: Option<f64>,
    /// Latitude in degrees.
    #[arg(long, allow_negative_numbers = true, requires = "lon")]
    pub(crate) lat: Option<f64>,
    /// Accuracy of the position in metres.
    #[arg(long, value_name = "METRES", requires = "lon")]
    pub(crate) accuracy: Option<f64>,
    /// The frame of the two; shifted ones are turned back.
    #[arg(long, value_enum, default_value_t = DatumArg::Wgs84)]
    pub(crate) datum: DatumArg,
}

#[derive(Debug, Args)]
pub(crate) struct WhereArgs {
    #[command(flatten)]
    pub(crate) device: DirArg,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct NearArgs {
    #[command(flatten)]
    pub(crate) device: DirArg,
    #[command(flatten)]
    pub(crate) place: Place,
    /// How far to look, in metres.
    #[arg(long, value_name = "METRES", default_value_t = 200.0)]
    pub(crate) radius: f64,
    /// Only components of this class, such as 01002.
    #[arg(long, value_name = "CODE")]
    pub(crate) class: Option<String>,
    /// How many at most.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) count: u32,
}

#[derive(Debug, Args)]
pub(crate) struct ClassesArgs {
    #[command(flatten)]
    pub(crate) device: DirArg,
    /// Find classes by words (two characters do), initials or syllables of pinyin, or code.
    #[arg(long, value_name = "TEXT")]
    pub(crate) search: Option<String>,
    /// Classes of this kind alone.
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: Option<ClassKind>,
    /// How many at most are found.
    #[arg(long, default_value_t = 20)]
    pub(crate) limit: usize,
    /// The tree of this campaign (专项) instead; its choices are what `gewu report --campaign` takes.
    #[arg(long, value_name = "CODE", conflicts_with_all = ["search", "kind"])]
    pub(crate) campaign: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    pub(crate) device: DirArg,
    /// The class by code, such as 06010; see `gewu classes`.
    #[arg(long, value_name = "CODE")]
    pub(crate) class: String,
    /// The class's kind, where several have the code: component, matter, or the city's own.
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: Option<ClassKind>,
    /// The catalogue edition; the device's own by default.
    #[arg(long)]
    pub(crate) edition: Option<String>,
    /// The filing condition by code.
    #[arg(long, value_name = "CODE")]
    pub(crate) condition: Option<String>,
    #[command(flatten)]
    pub(crate) place: Place,
    /// The campaign (专项) that it belongs to; --class is then a choice of its tree.
    #[arg(long, value_name = "CODE", conflicts_with_all = ["kind", "edition"])]
    pub(crate) campaign: Option<String>,
    /// The component by its identifier; see `gewu near`.
    #[arg(long, value_name = "ID")]
    pub(crate) component: Option<String>,
    /// What is wrong, in your words.
    #[arg(long, value_parser = super::words::words)]
    pub(crate) text: Option<String>,
    /// A picture of it; may be given several times.
    #[arg(long, value_name = "FILE")]
    pub(crate) photo: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) origin: OriginArgs,
    #[command(flatten)]
    pub(crate) contact: ContactArgs,
    /// You have already settled it on the spot.
    #[arg(long)]
    pub(crate) self_handled: bool,
    /// Stay alive after saving, so that a script can kill the process.
    #[arg(long, hide = true)]
    pub(crate) hold: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) device: DirArg,
    /// Only cases at this stage, such as dispatched.
    #[arg(long)]
    pub(crate) stage: Option<String>,
    /// How many at most.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,
}

/// What any act in a case may bring.
#[derive(Debug, Clone, Args)]
pub(crate) struct ActArgs {
    #[command(flatten)]
    pub(crate) case: CaseArg,
    /// A remark.
    #[arg(long, value_parser = super::words::words)]
    pub(crate) text: Option<String>,
    #[command(flatten)]
    pub(crate) place: Place,
    /// Skip the device's own check of the rules; the server still judges.
    #[arg(long, hide = true)]
    pub(crate) unchecked: bool,
    /// Name another person as the author, as a forger would; the server still judges.
    #[arg(long, hide = true, value_name = "USER")]
    pub(crate) claim: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(crate) act: ActArgs,
    /// What you found.
    #[arg(long, value_enum)]
    pub(crate) result: VerifyArg,
    #[command(flatten)]
    pub(crate) photos: Photos,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum VerifyArg {
    /// The problem is there.
    Exists,
    /// It is not there.
    NotExists,
    /// You could not see it.
    Unable,
}

#[derive(Debug, Args)]
pub(crate) struct HandleArgs {
    #[command(flatten)]
    pub(crate) act: ActArgs,
    /// A picture from before the work; may be given several times.
    #[arg(long, value_name = "FILE")]
    pub(crate) before: Vec<PathBuf>,
    /// A picture from after the work; may be given several times.
    #[arg(long, value_name = "FILE")]
    pub(crate) after: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) origin: OriginArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) act: ActArgs,
    /// What you found.
    #[arg(long, value_enum)]
    pub(crate) result: CheckArg,
    #[command(flatten)]
    pub(crate) photos: Photos,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum CheckArg {
    /// The work is done.
    Pass,
    /// It is not done.
    NotPass,
    /// You could not see it.
    Unable,
}

#[derive(Debug, Args)]
pub(crate) struct TextArgs {
    #[command(flatten)]
    pub(crate) case: CaseArg,
    /// Why.
    #[arg(long, value_parser = super::words::words)]
    pub(crate) text: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct NoteArgs {
    #[command(flatten)]
    pub(crate) case: CaseArg,
    /// The remark.
    #[arg(long, value_parser = super::words::words)]
    pub(crate) text: String,
    #[command(flatten)]
    pub(crate) photos: Photos,
}

/// Pictures that go with an entry.
#[derive(Debug, Clone, Args)]
pub(crate) struct Photos {
    /// A picture; may be given several times.
    #[arg(long, value_name = "FILE")]
    pub(crate) photo: Vec<PathBuf>,
    /// The photo of the case that the picture is a redacted copy of, by its SHA-256 or the first
    /// digits of it; with several pictures once for each, in their order.
    #[arg(long, value_name = "SHA256", requires = "photo")]
    pub(crate) redacts: Vec<String>,
    #[command(flatten)]
    pub(crate) origin: OriginArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PhotoArgs {
    #[command(flatten)]
    pub(crate) case: CaseArg,
    /// What you have to add.
    #[arg(long, value_parser = super::words::words)]
    pub(crate) text: Option<String>,
    #[command(flatten)]
    pub(crate) photos: Photos,
}

#[derive(Debug, Args)]
pub(crate) struct RateArgs {
    #[command(flatten)]
    pub(crate) case: CaseArg,
    /// From 1 (worst) to 5 (best).
    #[arg(long)]
    pub(crate) score: u8,
    /// Why.
    #[arg(long, value_parser = super::words::words)]
    pub(crate) text: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct AssignArgs {
    #[command(flatten)]
    pub(crate) case: CaseArg,
    /// The person who does it.
    #[arg(long, value_name = "USER", required_unless_present = "team", value_parser = super::words::name)]
    pub(crate) person: Option<String>,
    /// The team that does it.
    #[arg(long, value_name = "UNIT", value_parser = super::words::name)]
    pub(crate) team: Option<String>,
    /// A remark.
    #[arg(long, value_parser = super::words::words)]
    pub(crate) text: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ForwardArgs {
    #[command(flatten)]
    pub(crate) case: CaseArg,
    /// The unit that does it.
    #[arg(long, value_name = "UNIT", value_parser = super::words::name)]
    pub(crate) unit: String,
    /// The limit as written, such as 2工作时.
    #[arg(long, value_name = "TEXT", value_parser = super::words::limit)]
    pub(crate) limit: Option<String>,
    /// A remark.
    #[arg(long, value_parser = super::words::words)]
    pub(crate) text: Option<String>,
}

/// How to sync.
#[derive(Debug, Clone, Args)]
pub(crate) struct SyncArgs {
    #[command(flatten)]
    pub(crate) device: DirArg,
    /// Go on until stopped: listen for news and sync when there is any, when the network comes back and
    /// from time to time. Meanwhile the device's folder is in use.
    #[arg(long)]
    pub(crate) watch: bool,
}
