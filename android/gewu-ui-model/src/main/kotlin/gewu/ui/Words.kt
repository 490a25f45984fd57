package gewu.ui

import gewu.PublicStage
import gewu.Stage
import gewu.client.WayOut
import java.util.Locale

/** Everything that the app says, in one table: Chinese, English. What a city calls things comes from its packs. */
enum class Word(internal val zh: String, internal val en: String) {
    APP("城市巡查", "City patrol"),
    AGREE("同意并继续", "Agree and continue"),
    TERMS("上报的照片和位置会发给本市的管理中心。", "Photos and places that you report go to your city's centre."),
    SIGN_IN("登录", "Sign in"),
    SIGN_OUT("退出登录", "Sign out"),
    LOCK("锁定并交接", "Lock and hand on"),
    UNLOCK("解锁", "Unlock"),
    PASSPHRASE("口令", "Passphrase"),
    SYNC_NOW("立即同步", "Sync now"),
    CODE("注册码", "Enrolment code"),
    AS_CITIZEN("我是市民", "I am a citizen"),
    TODAY("今日", "Today"),
    TASKS("任务", "Tasks"),
    MY_REPORTS("我的上报", "My reports"),
    REPORT("上报", "Report"),
    HAND_IN("提交", "Hand in"),
    DISCARD("放弃", "Discard"),
    CLASS("类别", "Class"),
    WHAT_HAPPENED("情况描述", "What is the matter"),
    ADD_PHOTO("添加照片", "Add a photo"),
    GRID("所在网格", "Grid"),
    OUTSIDE("不在任何网格内", "Outside of every grid"),
    NO_PLACE("尚未定位", "No position yet"),
    SIMILAR("附近的同类问题", "The same matter nearby"),
    TAKE("接单", "Take"),
    SET_OUT("出发", "Set out"),
    ARRIVED("到达", "Arrived"),
    HANDLE("处置完成", "Work done"),
    VERIFY("核实属实", "It is there"),
    CHECK("核查通过", "Check passed"),
    URGE("催办", "Urge"),
    WITHDRAW("撤回", "Withdraw"),
    RATE("评价", "Rate"),
    OVERDUE("已超时", "Overdue"),
    SOON("即将超时", "Due soon"),
    IN_TIME("未超时", "In time"),
    NO_LIMIT("无时限", "No limit"),
    UNSENT("未发送", "Not sent"),
    ALL_SENT("已全部发送", "All is sent"),
    NOTHING("暂无内容", "Nothing here"),
    PHOTOS("照片", "Photos"),
    NO_PHOTO("照片无法读取", "A photo cannot be read"),
    AGAIN("重试", "Try again"),
    STAGE_REPORTED("已上报", "Reported"),
    STAGE_WITHDRAWN("已撤回", "Withdrawn"),
    STAGE_VERIFYING("核实中", "Being verified"),
    STAGE_VERIFIED("已核实", "Verified"),
    STAGE_FILED("已立案", "Filed"),
    STAGE_DECLINED("不予立案", "Declined"),
    STAGE_DISPATCHED("已派遣", "Dispatched"),
    STAGE_SUSPENDED("已挂账", "Suspended"),
    STAGE_HANDLED("已处置", "Handled"),
    STAGE_CHECKING("核查中", "Being checked"),
    STAGE_CHECKED("已核查", "Checked"),
    STAGE_CLOSED("已结案", "Closed"),
    STAGE_VOID("已作废", "Void"),
    STAGE_RECEIVED("已受理", "Received"),
    STAGE_ACCEPTED("已立案受理", "Accepted"),
    STAGE_IN_PROGRESS("处理中", "In progress"),
    CORRECT_INPUT("请更正填写内容", "Please correct what was filled in"),
    REFRESH("已不在本机，请刷新", "No longer here; refresh"),
    GIVE_UP("现在不能这样做", "This cannot be done now"),
    ENROL("请先登录", "Sign in first"),
    MEND_STORAGE("手机存储有问题", "The phone cannot keep data"),
    TRY_LATER("暂时无法连接，稍后重试", "No connection now; try later"),
    ASK_THE_CITY("管理中心未受理", "The centre refused it"),
    UPDATE("请更新应用", "Please update the app"),
    ;

    companion object {
        /** The word for a stage, as staff see it. */
        fun of(stage: Stage): Word = when (stage) {
            Stage.REPORTED -> STAGE_REPORTED
            Stage.WITHDRAWN -> STAGE_WITHDRAWN
            Stage.VERIFYING -> STAGE_VERIFYING
            Stage.VERIFIED_EXISTS, Stage.VERIFIED_UNABLE, Stage.VERIFIED_NOT_EXISTS -> STAGE_VERIFIED
            Stage.FILED -> STAGE_FILED
            Stage.DECLINED -> STAGE_DECLINED
            Stage.DISPATCHED -> STAGE_DISPATCHED
            Stage.SUSPENDED -> STAGE_SUSPENDED
            Stage.WORKED, Stage.HANDLED -> STAGE_HANDLED
            Stage.CHECKING -> STAGE_CHECKING
            Stage.CHECK_PASSED, Stage.CHECK_UNABLE, Stage.CHECK_FAILED -> STAGE_CHECKED
            Stage.CLOSED -> STAGE_CLOSED
            Stage.VOID -> STAGE_VOID
        }

        /** The word for a stage, as the public is told it. */
        fun of(stage: PublicStage): Word = when (stage) {
            PublicStage.RECEIVED -> STAGE_RECEIVED
            PublicStage.VERIFYING -> STAGE_VERIFYING
            PublicStage.ACCEPTED -> STAGE_ACCEPTED
            PublicStage.DECLINED -> STAGE_DECLINED
            PublicStage.IN_PROGRESS -> STAGE_IN_PROGRESS
            PublicStage.CLOSED -> STAGE_CLOSED
            PublicStage.WITHDRAWN -> STAGE_WITHDRAWN
        }

        /** What a screen says about a failure, before the SDK's own words. */
        fun of(wayOut: WayOut): Word = valueOf(wayOut.name)
    }
}

/** The table in one language: Chinese where the phone speaks it, English for everybody else. */
class Words(private val locale: Locale = Locale.getDefault()) {
    /** The text of a word. */
    operator fun get(word: Word): String = if (locale.language == "zh") word.zh else word.en

    /** Parts that a screen reader reads one after the other. */
    fun spoken(vararg parts: String?): String =
        parts.filterNot { it.isNullOrBlank() }.joinToString(if (locale.language == "zh") "，" else ", ")
}
