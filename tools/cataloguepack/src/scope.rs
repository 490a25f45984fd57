//! What merged cells leave to the rows below them: the kind, the heading and the class that were said last.
//!
//! Nothing is inherited past something that could not be read: the rows below it are refused with its line,
//! for what was said before it is not theirs.

use gewu_model::catalogue::plain;
use gewu_model::entry::ClassKind;

use crate::cells::{self, split};

/// Something that was said above.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Said<T> {
    /// Nothing was.
    #[default]
    Nothing,
    /// It holds until something else is said.
    Known(T),
    /// The row of this line said something that cannot be taken.
    Lost(u64),
}

/// Code and name of a class.
pub(crate) type Named = (String, String);

/// What classes stand below. A sheet may name it without a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heading {
    pub(crate) code: Option<String>,
    pub(crate) name: String,
}

/// A class and what stands above it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Class {
    pub(crate) heading: Option<Named>,
    /// The class below the heading and the finer ones below that; never empty.
    pub(crate) levels: Vec<Named>,
}

/// What holds for a row that leaves its cells empty.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    pub(crate) kind: Said<ClassKind>,
    pub(crate) heading: Said<Heading>,
    pub(crate) class: Said<Class>,
}

impl Scope {
    /// A row names its kind. Under another kind no heading goes on.
    pub(crate) fn enter_kind(&mut self, kind: ClassKind) {
        if self.kind != Said::Known(kind) {
            *self = Self {
                kind: Said::Known(kind),
                ..Self::default()
            };
        }
    }

    /// A row names its heading. Under another heading no class goes on.
    pub(crate) fn enter_heading(&mut self, heading: Heading) {
        let heading = Said::Known(heading);
        if self.heading != heading {
            self.heading = heading;
            self.class = Said::Nothing;
        }
    }

    /// A row names its class. Where its code begins with another heading's than the one above, nobody
    /// knows which of both goes on.
    pub(crate) fn enter_class(&mut self, class: Class) {
        let code = class.heading.as_ref().map(|(code, _)| code);
        let other = match &self.heading {
            Said::Known(heading) => heading.code.is_some() && heading.code.as_ref() != code,
            _ => false,
        };
        if other {
            self.heading = Said::Nothing;
        }
        self.class = Said::Known(class);
    }

    pub(crate) fn lose_class(&mut self, line: u64) {
        self.class = Said::Lost(line);
    }

    pub(crate) fn lose_heading(&mut self, line: u64) {
        self.heading = Said::Lost(line);
        self.lose_class(line);
    }

    pub(crate) fn lose_kind(&mut self, line: u64) {
        self.kind = Said::Lost(line);
        self.lose_heading(line);
    }
}

/// What a row says that has one cell over the whole width of the table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// The rows below are of a kind: `一、部件`.
    Kind(ClassKind),
    /// The rows below are of a heading: `01 公用设施`.
    Heading(String, String),
}

/// Words beside a kind's in the title of a part of a table.
const FILLERS: &[&str] = &[
    "城市", "管理", "部分", "问题", "立案", "处置", "处理", "结案", "标准", "分类", "目录", "清单",
    "类", "表", "与", "和", "及",
];

/// The words of the kinds that every edition knows.
const KINDS: &[(&str, ClassKind)] = &[
    ("部件", ClassKind::Component),
    ("事件", ClassKind::Matter),
    ("事项", ClassKind::Matter),
];

/// What the title of a part says; `None` where that would be a guess.
pub(crate) fn section(cell: &str) -> Option<Section> {
    let title = cells::line(cell);
    let words = plain(without_ordinal(&title));
    for (word, kind) in KINDS {
        let Some((before, after)) = words.split_once(word) else {
            continue;
        };
        let rest = format!("{before}{after}");
        let rest = FILLERS
            .iter()
            .fold(rest, |rest, filler| rest.replace(filler, ""));
        return rest.is_empty().then_some(Section::Kind(*kind));
    }
    let (code, name) = split(&title);
    // `1、` may number the parts of the table and not the headings of the edition.
    let counted = title.contains(['、', '.', '．']) && code.len() == 1;
    let coded = (1..=2).contains(&code.len()) && !name.is_empty() && !counted;
    coded.then_some(Section::Heading(code, name))
}

/// A title without what numbers it: `一、`, `（二）`, `第一部分`, `1.`.
fn without_ordinal(title: &str) -> &str {
    let number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let title = title.trim_start_matches(['第', '（', '(']);
    let rest = title.trim_start_matches(number);
    match rest.len() == title.len() {
        true => title,
        false => rest.trim_start_matches(['、', '.', '．', '）', ')', '：', ':', ' ']),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_of_parts_name_a_kind_or_a_coded_heading_and_nothing_is_guessed() {
        let kind = |cell| match section(cell) {
            Some(Section::Kind(kind)) => Some(kind),
            _ => None,
        };
        for title in [
            "部件",
            "一、部件类",
            "第一部分 管理部件",
            "（1）城市部件立案、处置与结案标准",
        ] {
            assert_eq!(kind(title), Some(ClassKind::Component), "{title}");
        }
        for title in ["事件", "二、事项", "2. 管理事件"] {
            assert_eq!(kind(title), Some(ClassKind::Matter), "{title}");
        }
        let heading = |code: &str, name: &str| Some(Section::Heading(code.into(), name.into()));
        assert_eq!(section("01 公用设施"), heading("01", "公用设施"));
        assert_eq!(section("1-公用设施"), heading("1", "公用设施"));
        assert_eq!(section("10、其他"), heading("10", "其他"));
        for guess in [
            "1、公用设施",
            "公用设施",
            "部件异常",
            "3",
            "2026 年标准",
            "",
        ] {
            assert_eq!(section(guess), None, "{guess}");
        }
    }

    #[test]
    fn another_kind_ends_the_heading_and_another_heading_the_class() {
        let heading = Heading {
            code: Some("01".into()),
            name: "公用设施".into(),
        };
        let mut scope = Scope::default();
        scope.enter_kind(ClassKind::Component);
        scope.enter_heading(heading.clone());
        scope.class = Said::Known(Class::default());
        scope.enter_kind(ClassKind::Component);
        scope.enter_heading(heading.clone());
        assert_eq!(scope.class, Said::Known(Class::default()), "said again");
        scope.enter_heading(Heading {
            code: Some("02".into()),
            ..heading
        });
        assert_eq!(scope.class, Said::Nothing);
        scope.enter_kind(ClassKind::Matter);
        assert_eq!(scope.heading, Said::Nothing);
        scope.lose_kind(7);
        assert_eq!((scope.kind, scope.class), (Said::Lost(7), Said::Lost(7)));
    }
}
