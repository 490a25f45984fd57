//! The statement for people, in Chinese and English.
//!
//! It follows from the checked facts alone. The verifier writes it anew and compares every byte, so
//! its words belong to the format: a changed word would make older bundles look altered.

mod case;
mod text;
mod words;

use crate::examine::Examined;
use crate::record::{Unsent, counts_parts, counts_undelivered};
use crate::report::SealFacts;
use text::{Page, clean, instant};
use words::Words;

/// A language of the statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// Unsent work, and the version of the format whose words tell of it.
pub(crate) type Told<'a> = (Option<&'a Unsent>, u32);

/// Writes the statement.
pub(crate) fn render(
    examined: &Examined,
    seal: &SealFacts,
    unsent: Told<'_>,
    language: Language,
) -> String {
    let words = Words(language);
    let mut page = Page::default();
    page.line(words.pick("格物案卷证据包 · 声明", "Gewu evidence bundle: statement"));
    page.line("");
    page.line(words.pick(
        "本声明由程序从已签名的数据推导而来。用 gewu bundle verify 文件 --root 城市根密钥 可离线验证；任何字节被改动都会被指出。",
        "Derived by a program from signed data. Check it offline with: gewu bundle verify FILE --root KEY. A change of any byte is found.",
    ));
    page.line(words.pick(
        "它不能证明：根密钥是否为虚构的人签发过证书、服务器是否与人串通、服务器收到之前的时间是否属实。",
        "It cannot prove that the root key certified no invented people, that the server colluded with nobody, or any time before the server received something.",
    ));
    page.line("");
    page.field(words.pick("城市", "city"), examined.trusted.city);
    page.field(words.pick("算法", "algorithms"), "Ed25519, SHA-256");
    head(&mut page, words, examined, seal);
    tail(&mut page, words, examined, unsent);
    for case in &examined.cases {
        page.line("");
        case::render(&mut page, words, case);
        if counts_parts(unsent.1) {
            case::missing_thumbnails(&mut page, words, case);
        }
    }
    page.finish()
}

fn head(page: &mut Page, words: Words, examined: &Examined, seal: &SealFacts) {
    let citizen = words.pick("一位市民（本案密钥）", "a citizen (key of this case)");
    let user = seal.user.as_ref().map(|user| clean(user.as_str()));
    let by = user.unwrap_or_else(|| citizen.to_owned());
    let made = format!("{by}, {} {}", words.pick("密钥", "key"), seal.by);
    page.field(words.pick("导出者", "exported by"), made);
    let at = format!(
        "{} ({})",
        instant(seal.made_at, words),
        words.clock(seal.clock)
    );
    page.field(words.pick("导出时间", "exported at"), at);
    page.field(words.pick("程序", "program"), clean(&seal.app));
    page.field(words.pick("案卷数", "cases"), examined.cases.len());
}

/// What is not confirmed, not here, or erased, in all.
fn tail(page: &mut Page, words: Words, examined: &Examined, (unsent, format): Told<'_>) {
    let unconfirmed = examined.unconfirmed().len();
    if unconfirmed > 0 {
        let name = words.pick("未确认尾部", "unconfirmed tail");
        let what = words.pick(
            "条记录尚无服务器回执",
            "entries without a receipt of the server",
        );
        page.field(name, format!("{unconfirmed} {what}"));
    }
    if let Some(unsent) = unsent {
        let commands = words.pick("未提交的请求", "commands not handed in");
        page.field(commands, unsent.commands.len());
        let drafts = if unsent.drafts.is_empty() {
            words.pick("无", "none")
        } else {
            words.pick("有", "some")
        };
        page.field(words.pick("未提交的草稿", "drafts not handed in"), drafts);
        if counts_undelivered(format) {
            let files = words.pick("未送达的文件", "files not delivered");
            page.field(files, unsent.files.len());
        }
    }
    let missing = if counts_parts(format) {
        examined.all_missing().len()
    } else {
        examined.missing.len()
    };
    let counts = [
        (
            words.pick("已依法抹除", "lawfully erased"),
            examined.erased.len(),
        ),
        (words.pick("缺失", "missing"), missing),
    ];
    for (name, count) in counts {
        page.field(name, count);
    }
}
