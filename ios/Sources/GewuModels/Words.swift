import Foundation
import Gewu

/// Everything that the app says, in one table: see ``Words``. What a city calls things comes from its packs.
public enum Word: String, CaseIterable, Sendable {
    case app
    case agree
    case terms
    case signIn
    case signOut
    case lock
    case unlock
    case passphrase
    case syncNow
    case code
    case asCitizen
    case today
    case tasks
    case myReports
    case report
    case handIn
    case discard
    case kind
    case whatHappened
    case addPhoto
    case grid
    case outside
    case noPlace
    case similar
    case take
    case setOut
    case arrived
    case handle
    case verify
    case check
    case urge
    case withdraw
    case rate
    case overdue
    case soon
    case inTime
    case noLimit
    case unsent
    case allSent
    case nothing
    case photos
    case stageReported
    case stageWithdrawn
    case stageVerifying
    case stageVerified
    case stageFiled
    case stageDeclined
    case stageDispatched
    case stageSuspended
    case stageHandled
    case stageChecking
    case stageChecked
    case stageClosed
    case stageVoid
    case stageReceived
    case stageAccepted
    case stageInProgress
    case correctInput
    case refresh
    case giveUp
    case enrol
    case mendStorage
    case tryLater
    case askTheCity
    case update
    case tellUs
}

extension Word {
    /// Chinese, English.
    var texts: (zh: String, en: String) {
        switch self {
        case .app: ("城市巡查", "City patrol")
        case .agree: ("同意并继续", "Agree and continue")
        case .terms: ("上报的照片和位置会发给本市的管理中心。", "Photos and places that you report go to your city's centre.")
        case .signIn: ("登录", "Sign in")
        case .signOut: ("退出登录", "Sign out")
        case .lock: ("锁定并交接", "Lock and hand on")
        case .unlock: ("解锁", "Unlock")
        case .passphrase: ("口令", "Passphrase")
        case .syncNow: ("立即同步", "Sync now")
        case .code: ("注册码", "Enrolment code")
        case .asCitizen: ("我是市民", "I am a citizen")
        case .today: ("今日", "Today")
        case .tasks: ("任务", "Tasks")
        case .myReports: ("我的上报", "My reports")
        case .report: ("上报", "Report")
        case .handIn: ("提交", "Hand in")
        case .discard: ("放弃", "Discard")
        case .kind: ("类别", "Class")
        case .whatHappened: ("情况描述", "What is the matter")
        case .addPhoto: ("添加照片", "Add a photo")
        case .grid: ("所在网格", "Grid")
        case .outside: ("不在任何网格内", "Outside of every grid")
        case .noPlace: ("尚未定位", "No position yet")
        case .similar: ("附近的同类问题", "The same matter nearby")
        case .take: ("接单", "Take")
        case .setOut: ("出发", "Set out")
        case .arrived: ("到达", "Arrived")
        case .handle: ("处置完成", "Work done")
        case .verify: ("核实属实", "It is there")
        case .check: ("核查通过", "Check passed")
        case .urge: ("催办", "Urge")
        case .withdraw: ("撤回", "Withdraw")
        case .rate: ("评价", "Rate")
        case .overdue: ("已超时", "Overdue")
        case .soon: ("即将超时", "Due soon")
        case .inTime: ("未超时", "In time")
        case .noLimit: ("无时限", "No limit")
        case .unsent: ("未发送", "Not sent")
        case .allSent: ("已全部发送", "All is sent")
        case .nothing: ("暂无内容", "Nothing here")
        case .photos: ("照片", "Photos")
        case .stageReported: ("已上报", "Reported")
        case .stageWithdrawn: ("已撤回", "Withdrawn")
        case .stageVerifying: ("核实中", "Being verified")
        case .stageVerified: ("已核实", "Verified")
        case .stageFiled: ("已立案", "Filed")
        case .stageDeclined: ("不予立案", "Declined")
        case .stageDispatched: ("已派遣", "Dispatched")
        case .stageSuspended: ("已挂账", "Suspended")
        case .stageHandled: ("已处置", "Handled")
        case .stageChecking: ("核查中", "Being checked")
        case .stageChecked: ("已核查", "Checked")
        case .stageClosed: ("已结案", "Closed")
        case .stageVoid: ("已作废", "Void")
        case .stageReceived: ("已受理", "Received")
        case .stageAccepted: ("已立案受理", "Accepted")
        case .stageInProgress: ("处理中", "In progress")
        case .correctInput: ("请更正填写内容", "Please correct what was filled in")
        case .refresh: ("已不在本机，请刷新", "No longer here; refresh")
        case .giveUp: ("现在不能这样做", "This cannot be done now")
        case .enrol: ("请先登录", "Sign in first")
        case .mendStorage: ("手机存储有问题", "The phone cannot keep data")
        case .tryLater: ("暂时无法连接，稍后重试", "No connection now; try later")
        case .askTheCity: ("管理中心未受理", "The centre refused it")
        case .update: ("请更新应用", "Please update the app")
        case .tellUs: ("应用出错，请反馈", "A fault of the app; please tell us")
        }
    }

    /// The word for a stage, as staff see it.
    public init(_ stage: Stage) {
        self =
            switch stage {
            case .reported: .stageReported
            case .withdrawn: .stageWithdrawn
            case .verifying: .stageVerifying
            case .verifiedExists, .verifiedUnable, .verifiedNotExists: .stageVerified
            case .filed: .stageFiled
            case .declined: .stageDeclined
            case .dispatched: .stageDispatched
            case .suspended: .stageSuspended
            case .worked, .handled: .stageHandled
            case .checking: .stageChecking
            case .checkPassed, .checkUnable, .checkFailed: .stageChecked
            case .closed: .stageClosed
            case .void: .stageVoid
            }
    }

    /// The word for a stage, as the public is told it.
    public init(_ stage: PublicStage) {
        self =
            switch stage {
            case .received: .stageReceived
            case .verifying: .stageVerifying
            case .accepted: .stageAccepted
            case .declined: .stageDeclined
            case .inProgress: .stageInProgress
            case .closed: .stageClosed
            case .withdrawn: .stageWithdrawn
            }
    }

    /// What a screen says about a failure, before the SDK's own words; nothing where the app wished it.
    public init?(_ wayOut: WayOut) {
        switch wayOut {
        case .correctInput: self = .correctInput
        case .refresh: self = .refresh
        case .giveUp: self = .giveUp
        case .enrol: self = .enrol
        case .mendStorage: self = .mendStorage
        case .tryLater: self = .tryLater
        case .askTheCity: self = .askTheCity
        case .update: self = .update
        case .tellUs: self = .tellUs
        case .nothing: return nil
        }
    }
}

/// The table in one language: Chinese where the phone speaks it, English for everybody else.
public struct Words: Sendable {
    private let isChinese: Bool

    /// By a locale, the phone's own unless another is named.
    public init(_ locale: Locale = .current) { isChinese = locale.identifier.hasPrefix("zh") }

    /// The text of a word.
    public subscript(_ word: Word) -> String { isChinese ? word.texts.zh : word.texts.en }

    /// Parts that a screen reader reads one after the other.
    public func spoken(_ parts: String?...) -> String {
        parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: isChinese ? "，" : ", ")
    }
}
