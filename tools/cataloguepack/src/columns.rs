//! What columns mean, and by which names each is known.

use gewu_model::catalogue::plain;

use crate::cells;

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

/// The columns by which a row is told from others, or held to something: they have one meaning only.
const DECISIVE: [Column; 17] = [
    Column::Kind,
    Column::Major,
    Column::MajorCode,
    Column::MajorName,
    Column::Minor,
    Column::Code,
    Column::Name,
    Column::ChildCode,
    Column::ChildName,
    Column::MicroCode,
    Column::MicroName,
    Column::Condition,
    Column::ConditionCode,
    Column::Limit,
    Column::Urgent,
    Column::ValidFrom,
    Column::ValidTo,
];

pub(crate) type Names = &'static [&'static str];

pub(crate) const KNOWN: &[(Column, Names)] = &[
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

pub(crate) fn column(cell: &str) -> Option<Column> {
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

/// How messages name two columns of one meaning.
pub(crate) fn pair(headings: &[String], first: usize, second: usize) -> String {
    let named = |at: usize| {
        let heading = headings.get(at).map_or("", String::as_str);
        format!("{} ({heading})", at + 1)
    };
    format!("columns {} and {}", named(first), named(second))
}

/// Every column whose meaning an earlier one has, behind that one.
pub(crate) fn repeated(columns: &[Option<Column>]) -> impl Iterator<Item = (usize, usize)> {
    columns.iter().enumerate().filter_map(|(at, column)| {
        let column = column.as_ref()?;
        let same = |other: &Option<Column>| other.as_ref() == Some(column);
        let first = columns.iter().position(same)?;
        (first < at).then_some((first, at))
    })
}

/// Whether rows are told apart, or held to something, by what stands in that column.
pub(crate) fn decides(column: &Column) -> bool {
    matches!(column, Column::AreaLimit(_)) || DECISIVE.contains(column)
}
