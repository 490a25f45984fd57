//! One case in the statement.

use gewu_model::place::{Datum, Position};

use super::text::{Page, clean, degrees, instant};
use super::words::Words;
use crate::report::{
    CaseFacts, EntryFacts, FileFacts, Part, Presence, ReceiptFacts, SetAsideFacts, Standing,
    TextFacts,
};

pub(super) fn render(page: &mut Page, words: Words, case: &CaseFacts) {
    page.line(format_args!(
        "=== {} {}",
        words.pick("案卷", "case"),
        case.case
    ));
    page.field(words.pick("阶段", "stage"), words.stage(case.view.stage));
    if let Some(number) = &case.view.task_number {
        page.field(words.pick("任务号", "task number"), clean(number));
    }
    if let Some(report) = &case.view.report {
        let class = case.class.as_ref().map(|(zh, en)| words_of(words, zh, en));
        let class = format!("{} {}", report.class.code, class.unwrap_or_default());
        page.field(words.pick("类别", "class"), clean(&class));
        page.field(
            words.pick("位置", "place"),
            position(&report.position, words),
        );
    }
    let edition = clean(&case.edition);
    page.field(words.pick("标准版本", "edition"), edition);
    let policy = pinned(words, case.policy, case.policy_present);
    page.field(words.pick("规则 SHA-256", "policy SHA-256"), policy);
    let catalogue = pinned(words, case.catalogue, case.catalogue_present);
    page.field(words.pick("类别表 SHA-256", "catalogue SHA-256"), catalogue);
    receipt(page, words, case.receipt.as_ref());
    if case.view.needs_newer_app {
        page.line(words.pick(
            "注意：案卷中有较新版本写入的指令，显示可能不全",
            "note: a newer version wrote an instruction here; what is shown may be incomplete",
        ));
    }
    let mut confirmed = true;
    for (at, one) in case.entries.iter().enumerate() {
        if confirmed && one.standing == Standing::Unconfirmed {
            confirmed = false;
            page.line(words.pick(
                "--- 未确认尾部：以下记录尚无服务器回执",
                "--- unconfirmed tail: the server has given no receipt for what follows",
            ));
        }
        entry(page, words, at + 1, one);
    }
    for one in &case.set_aside {
        set_aside(page, words, one);
    }
}

/// Originals are told with their photos; thumbnails only where they are missing.
pub(super) fn missing_thumbnails(page: &mut Page, words: Words, case: &CaseFacts) {
    let lost = case.missing().into_iter();
    for lost in lost.filter(|lost| lost.part == Part::Thumbnail) {
        let told = format!("{}, {}", lost.digest, presence(words, Presence::Missing));
        page.field(words.pick("缩略图", "thumbnail"), told);
    }
}

fn words_of(words: Words, zh: &str, en: &str) -> String {
    match words.0 {
        super::Language::Zh => zh.to_owned(),
        super::Language::En => en.to_owned(),
    }
}

fn pinned(words: Words, digest: gewu_model::ids::Digest, present: bool) -> String {
    let here = if present {
        words.pick("在包内", "in the bundle")
    } else {
        words.pick("不在包内", "not in the bundle")
    };
    format!("{digest} ({here})")
}

fn receipt(page: &mut Page, words: Words, receipt: Option<&ReceiptFacts>) {
    let name = words.pick("服务器回执", "server's receipt");
    let Some(receipt) = receipt else {
        return page.field(name, words.pick("无", "none"));
    };
    let covers = words.pick("条变更，代", "changes, generation");
    page.field(
        name,
        format!("{} {covers} {}", receipt.changes, receipt.generation),
    );
    if let Some(latest) = receipt.latest {
        page.field(
            words.pick("回执截至", "receipt up to"),
            instant(latest, words),
        );
    }
    for head in &receipt.heads {
        page.field(words.pick("末端变更", "head"), head);
    }
}

fn entry(page: &mut Page, words: Words, number: usize, entry: &EntryFacts) {
    let unit = entry
        .unit
        .as_ref()
        .map(|unit| format!(", {}", clean(unit.as_str())));
    page.line(format_args!(
        "{number}. {} — {} ({}{})",
        words.kind(entry.kind.name()),
        clean(entry.by.as_str()),
        clean(words.role(entry.role.as_str())),
        unit.unwrap_or_default()
    ));
    page.indented(|page| details(page, words, entry));
}

fn details(page: &mut Page, words: Words, entry: &EntryFacts) {
    page.field(words.pick("变更", "change"), entry.hash);
    if let Some(by) = &entry.asked_by {
        page.field(words.pick("应请求人", "asked for by"), clean(by.as_str()));
    }
    let received = match entry.standing.received_at() {
        Some(at) => instant(at, words),
        None => words.pick("未确认", "not confirmed").to_owned(),
    };
    page.field(words.pick("服务器收到", "received by the server"), received);
    let claimed = instant(entry.claimed_at, words);
    let claimed = format!("{claimed} ({})", words.clock(entry.clock));
    page.field(words.pick("自称时间", "claimed time"), claimed);
    page.field(words.pick("设备", "device"), entry.device);
    if let Some(app) = &entry.app {
        page.field(words.pick("程序", "program"), clean(app));
    }
    page.field(words.pick("证明", "proof"), words.signer(entry.signer));
    if let Some(status) = &entry.status {
        page.field(words.pick("效力", "effect"), words.status(status.name()));
    }
    if let Some(at) = &entry.position {
        page.field(words.pick("位置", "place"), position(at, words));
    }
    if let Some(grid) = &entry.grid {
        page.field(words.pick("单元网格", "unit grid"), clean(grid.as_str()));
    }
    entry.texts.iter().for_each(|one| text(page, words, one));
    entry.files.iter().for_each(|one| file(page, words, one));
}

fn position(at: &Position, words: Words) -> String {
    let datum = match at.datum {
        Datum::Wgs84 => "WGS-84",
        Datum::Cgcs2000 => "CGCS2000",
    };
    let accuracy = at.accuracy_mm.map_or_else(
        || words.pick("精度未知", "accuracy unknown").to_owned(),
        |mm| format!("±{}.{:03} m", mm / 1000, mm % 1000),
    );
    let (lon, lat) = (degrees(at.lon_e7), degrees(at.lat_e7));
    format!("{lon}, {lat} ({datum}, {accuracy})")
}

fn presence(words: Words, presence: Presence) -> String {
    match presence {
        Presence::Present => words.pick("在包内", "present").to_owned(),
        Presence::Missing => words.pick("缺失", "missing").to_owned(),
        Presence::Erased { by } => {
            format!(
                "{} {by}",
                words.pick("已依法抹除，依据指令", "lawfully erased by instruction")
            )
        }
    }
}

fn text(page: &mut Page, words: Words, text: &TextFacts) {
    let name = words.pick("文字", "text");
    match &text.text {
        Some(words_of_people) => page.field(name, format!("「{}」", clean(words_of_people))),
        None => page.field(name, presence(words, text.presence)),
    }
    page.indented(|page| page.field("SHA-256", text.digest));
}

fn file(page: &mut Page, words: Words, file: &FileFacts) {
    let record = &file.record;
    page.line(format_args!(
        "{}: {}, {}×{}, {} {}, {}",
        words.pick("照片", "photo"),
        words.photo_role(record.role),
        record.width,
        record.height,
        record.bytes,
        words.pick("字节", "bytes"),
        presence(words, file.presence)
    ));
    page.indented(|page| {
        page.field(words.pick("文件", "file"), &file.name);
        page.field("SHA-256", record.sha256);
        let at = instant(record.captured_at, words);
        let at = format!("{at} ({})", words.clock(record.clock));
        page.field(words.pick("拍摄时间", "taken at"), at);
        page.field(
            words.pick("来源", "source"),
            words.provenance(record.provenance),
        );
        if let Some(at) = &record.position {
            page.field(words.pick("位置", "place"), position(at, words));
        }
        for copy in &file.redacted_copies {
            page.field(words.pick("遮盖副本在包内", "redacted copy present"), copy);
        }
        if let Some(redacted) = &record.redaction_of {
            page.field(words.pick("遮盖自", "redacted copy of"), redacted);
        }
        if let Some(digest) = record.original_sha256 {
            let not_kept = words.pick("未留存", "not kept");
            let held = file.original.map(|original| presence(words, original));
            let original = format!("{digest}, {}", held.unwrap_or_else(|| not_kept.to_owned()));
            page.field(words.pick("原件", "original"), original);
        }
    });
}

fn set_aside(page: &mut Page, words: Words, aside: &SetAsideFacts) {
    page.field(words.pick("被搁置的变更", "change set aside"), aside.hash);
    page.indented(|page| {
        let proof = if aside.proven {
            words.pick("服务器签名的裁定", "a verdict signed by the server")
        } else {
            words.pick("导出者陈述", "the exporter's word")
        };
        page.field(
            words.pick("原因", "reason"),
            format!("{} ({proof})", aside.reason),
        );
        if let Some(by) = &aside.replaced_by {
            page.field(words.pick("已重写为", "written again as"), by);
        }
    });
}
