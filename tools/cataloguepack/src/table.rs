//! Finding the header of a sheet and what its columns mean.

use csv::StringRecord;
use gewu_model::catalogue::plain;

use crate::decode::Encoding;
use crate::sheet::{self, Rows, SheetRow};
use crate::{PackError, cells};

/// What a column says. The names by which each is recognised stand in the table below.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// Component, matter or another kind.
    Kind,
    /// Code and name of the heading in one cell.
    Major,
    /// The heading's code.
    MajorCode,
    /// The heading's name.
    MajorName,
    /// The heading's English name.
    MajorNameEn,
    /// Code and name of the class in one cell.
    Minor,
    /// The class's code.
    Code,
    /// The class's name.
    Name,
    /// The class's English name.
    NameEn,
    /// The code of a finer class below it.
    ChildCode,
    /// The name of a finer class below it.
    ChildName,
    /// The code of a still finer class.
    MicroCode,
    /// The name of a still finer class.
    MicroName,
    /// The filing condition.
    Condition,
    /// The same in English.
    ConditionEn,
    /// The filing condition's code, which reports name.
    ConditionCode,
    /// The limit.
    Limit,
    /// The limit in areas of one grade.
    AreaLimit(String),
    /// The closing condition.
    Closing,
    /// Who does the work.
    Unit,
    /// Who answers for it.
    Supervisor,
    /// The law.
    Law,
    /// What to look at or photograph.
    Collect,
    /// How exactly a component's place is surveyed.
    Accuracy,
    /// Other names, between `、`, `,` or `;`.
    Alias,
    /// Whether the city added the class.
    Local,
    /// Whether it goes before others.
    Urgent,
    /// The first day.
    ValidFrom,
    /// The last day.
    ValidTo,
}

/// The columns that name what a class stands below.
const HEADING: [Column; 3] = [Column::Major, Column::MajorCode, Column::MajorName];

/// The columns that name a class.
const CLASS: [Column; 7] = [
    Column::Minor,
    Column::Code,
    Column::Name,
    Column::ChildCode,
    Column::ChildName,
    Column::MicroCode,
    Column::MicroName,
];

type Names = &'static [&'static str];

const KNOWN: &[(Column, Names)] = &[
    (
        Column::Kind,
        &[
            "kind",
            "类型",
            "类别",
            "案件类型",
            "问题类型",
            "部件事件",
            "部件事项",
            "事部件",
        ],
    ),
    (
        Column::MajorCode,
        &["major_code", "大类代码", "大类编码", "大类编号"],
    ),
    (Column::MajorName, &["major_name", "大类名称"]),
    (Column::MajorNameEn, &["major_name_en"]),
    (Column::Major, &["major", "大类", "主类"]),
    (
        Column::Code,
        &[
            "code",
            "minor_code",
            "小类代码",
            "小类编码",
            "小类编号",
            "代码",
            "编码",
        ],
    ),
    (Column::Name, &["name", "minor_name", "小类名称", "名称"]),
    (Column::NameEn, &["name_en", "英文名称"]),
    (Column::Minor, &["minor", "小类"]),
    (Column::ChildCode, &["child_code", "子类代码", "子类编码"]),
    (Column::ChildName, &["child_name", "子类名称", "子类"]),
    (Column::MicroCode, &["micro_code", "细类代码", "细类编码"]),
    (Column::MicroName, &["micro_name", "细类名称", "细类"]),
    (
        Column::Condition,
        &["condition", "立案条件", "立案标准", "立案情形"],
    ),
    (
        Column::ConditionCode,
        &["condition_code", "立案条件代码", "立案条件编码"],
    ),
    (Column::ConditionEn, &["condition_en"]),
    (
        Column::Limit,
        &["limit", "处置时限", "处理时限", "办理时限", "时限"],
    ),
    (Column::Closing, &["closing", "结案条件", "结案标准"]),
    (
        Column::Unit,
        &["unit", "处置单位", "责任主体", "责任单位", "权责单位"],
    ),
    (
        Column::Supervisor,
        &["supervisor", "主管部门", "监管主体", "监管单位"],
    ),
    (Column::Law, &["law", "法律依据", "法规依据"]),
    (Column::Collect, &["collect", "采集要求", "采集说明"]),
    (Column::Accuracy, &["accuracy", "定位精度", "精度"]),
    (Column::Alias, &["alias", "aliases", "别名"]),
    (Column::Local, &["local", "扩展", "自定义", "是否扩展"]),
    (Column::Urgent, &["urgent", "紧急", "是否紧急"]),
    (Column::ValidFrom, &["valid_from", "启用日期"]),
    (Column::ValidTo, &["valid_to", "停用日期"]),
];

fn column(cell: &str) -> Option<Column> {
    let narrowed = cells::narrow(cell);
    let (before, within) = narrowed
        .split_once(['(', '（', '@'])
        .unwrap_or((&narrowed, ""));
    let named = |text: &str| {
        let text = plain(text);
        let known = KNOWN.iter();
        let mut known = known.filter(|(_, names)| names.iter().any(|name| plain(name) == text));
        known.next().map(|(column, _)| column.clone())
    };
    match named(&narrowed).or_else(|| named(before))? {
        // 处置时限（一类区域）, limit@1
        Column::Limit if !plain(within).is_empty() => Some(Column::AreaLimit(plain(within))),
        column => Some(column),
    }
}

/// A sheet with its columns known.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) encoding: Encoding,
    columns: Vec<Option<Column>>,
    rows: Vec<SheetRow>,
    pub(crate) unknown: Vec<String>,
}

/// A row that knows its line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) line: u64,
    /// Whether control characters were taken out.
    pub(crate) cleaned: bool,
    columns: &'a [Option<Column>],
    cells: &'a StringRecord,
}

impl Table {
    /// Reads a sheet by the columns that are known.
    pub(crate) fn read(name: &str, bytes: &[u8]) -> Result<Self, PackError> {
        let known = |row: &StringRecord| row.iter().filter_map(column).count();
        let Rows {
            encoding,
            header,
            rows,
        } = sheet::rows(bytes, known).map_err(|error| PackError::NoTable {
            sheet: name.to_owned(),
            why: error.to_string(),
        })?;
        let columns: Vec<Option<Column>> = header.iter().map(column).collect();
        let unnamed = header
            .iter()
            .zip(&columns)
            .filter(|(_, known)| known.is_none());
        let unknown = unnamed.map(|(cell, _)| cells::line(cell));
        let unknown = unknown.filter(|cell| !cell.is_empty()).collect();
        let table = Self {
            encoding,
            columns,
            rows,
            unknown,
        };
        table.require(name)?;
        Ok(table)
    }

    /// A class needs a code and a name; everything else may be missing.
    fn require(&self, name: &str) -> Result<(), PackError> {
        let has = |column: &Column| self.columns.iter().flatten().any(|c| c == column);
        let minor = has(&Column::Minor);
        let lacks = [(Column::Code, "code"), (Column::Name, "name")];
        let lacks = lacks
            .into_iter()
            .filter(|(column, _)| !minor && !has(column));
        let missing: Vec<String> = lacks
            .map(|(column, english)| {
                let names = KNOWN.iter().find(|(known, _)| *known == column);
                let names = names.map_or(&[][..], |(_, names)| names);
                format!("a column for the {english} ({})", names.join(", "))
            })
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let known = self
            .columns
            .iter()
            .flatten()
            .map(|column| format!("{column:?}"));
        let found: Vec<String> = known.chain(self.unknown.iter().cloned()).collect();
        Err(PackError::Columns {
            sheet: name.to_owned(),
            missing: missing.join(" and "),
            found: if found.is_empty() {
                "nothing that is known".to_owned()
            } else {
                found.join(", ")
            },
        })
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|row| Row {
            line: row.line,
            cleaned: row.cleaned,
            columns: &self.columns,
            cells: &row.cells,
        })
    }
}

impl<'a> Row<'a> {
    /// The cell as it stands, empty when there is none.
    pub(crate) fn raw(&self, column: &Column) -> &'a str {
        let mut named = self.columns.iter().zip(self.cells.iter());
        let found = named.find(|(known, _)| known.as_ref() == Some(column));
        found.map_or("", |(_, cell)| cell)
    }

    /// The cell on one line.
    pub(crate) fn line(&self, column: &Column) -> String {
        cells::line(self.raw(column))
    }

    /// The cell as text, when there is any.
    pub(crate) fn text(&self, column: &Column) -> Option<String> {
        let text = cells::text(self.raw(column));
        (!text.is_empty()).then_some(text)
    }

    /// The limits by grade of area.
    pub(crate) fn area_limits(&self) -> impl Iterator<Item = (&'a str, String)> {
        let cells = self.columns.iter().zip(self.cells.iter());
        cells.filter_map(|(column, cell)| match column {
            Some(Column::AreaLimit(grade)) => {
                let limit = cells::text(cell);
                (!limit.is_empty()).then_some((grade.as_str(), limit))
            }
            _ => None,
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.cells.iter().all(|cell| cells::line(cell).is_empty())
    }

    /// The one cell that is filled, with its column.
    pub(crate) fn only(&self) -> Option<(Option<&'a Column>, &'a str)> {
        let mut filled = self.filled();
        let (at, cell) = filled.next()?;
        let alone = filled.next().is_none();
        alone.then(|| (self.columns.get(at).and_then(Option::as_ref), cell))
    }

    /// Whether it names a kind or a heading, which hold for the rows below, and nothing else that is known.
    pub(crate) fn is_title(&self) -> bool {
        let scope = |column: &Column| *column == Column::Kind || HEADING.contains(column);
        let known = self
            .filled()
            .filter_map(|(at, _)| self.columns.get(at)?.as_ref());
        let mut known = known.peekable();
        known.peek().is_some() && known.all(scope)
    }

    /// Whether it names a class, or a part of one.
    pub(crate) fn says_class(&self) -> bool {
        CLASS.iter().any(|column| !self.line(column).is_empty())
    }

    /// Whether it names its heading itself.
    pub(crate) fn says_heading(&self) -> bool {
        HEADING.iter().any(|column| !self.line(column).is_empty())
    }

    /// Whether it is the header once more, as at the top of every printed page.
    pub(crate) fn is_header(&self) -> bool {
        let named = |at: usize, cell| {
            let known = self.columns.get(at).and_then(Option::as_ref);
            known.is_some() && column(cell).as_ref() == known
        };
        let names = self.filled().filter(|(at, cell)| named(*at, cell)).count();
        names >= 2 && names * 2 > self.filled().count()
    }

    fn filled(&self) -> impl Iterator<Item = (usize, &'a str)> {
        let cells = self.cells.iter().enumerate();
        cells.filter(|(_, cell)| !cells::line(cell).is_empty())
    }

    /// What a row says that is no class: sums and remarks below a table.
    pub(crate) fn is_remark(&self) -> bool {
        let mut filled = self
            .cells
            .iter()
            .map(cells::line)
            .filter(|cell| !cell.is_empty());
        let first = filled.next().unwrap_or_default();
        let words = ["合计", "总计", "小计", "备注", "注：", "注:", "说明"];
        words.iter().any(|word| first.starts_with(word))
    }
}
