package gewu.android

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.Context
import android.os.Build
import gewu.CaseId
import gewu.FieldTask
import gewu.Light

/** A notice about one task. */
data class TaskNotice(
    /** The case. */
    val case: CaseId,
    /** What is asked, by its neutral name; look its label up. */
    val question: String,
    /** Why the user is told. */
    val kind: Kind,
) {
    /** What happened to the task. */
    enum class Kind { NEW, OVERDUE, TAKEN_AWAY }
}

/**
 * Finds out of each new list of tasks what its user should be told, once. Pure. The first list tells nothing:
 * what was there before is on the screen.
 */
class TaskNoticer {
    private var known: Map<CaseId, FieldTask>? = null

    /** Takes the tasks of now, as `liveTasks` gives them. */
    fun notices(tasks: List<FieldTask>): List<TaskNotice> {
        val before = known
        known = tasks.associateBy { it.row.case }
        if (before == null) return emptyList()
        return tasks.mapNotNull { task -> kindOf(task, before[task.row.case])?.let { notice(task, it) } }
    }

    private fun notice(task: FieldTask, kind: TaskNotice.Kind) =
        TaskNotice(task.row.case, task.question, kind)

    private fun kindOf(task: FieldTask, before: FieldTask?): TaskNotice.Kind? {
        val wasOpen = before != null && before.cancelled == null && before.question == task.question
        return when {
            task.cancelled != null -> TaskNotice.Kind.TAKEN_AWAY.takeIf { before != null && before.cancelled == null }
            !wasOpen -> TaskNotice.Kind.NEW
            task.clock?.light == Light.RED && before?.clock?.light != Light.RED -> TaskNotice.Kind.OVERDUE
            else -> null
        }
    }
}

/**
 * Shows notices. The words are the app's: nothing of a case is written on a locked screen by the library.
 *
 * @param words title and text for a notice.
 * @param open what a tap opens.
 */
class NoticeBoard(
    private val context: Context,
    private val icon: Int,
    private val words: (TaskNotice) -> Pair<String, String>,
    private val open: (CaseId) -> PendingIntent,
) {
    private val manager: NotificationManager
        get() = context.getSystemService(Context.NOTIFICATION_SERVICE) as NotificationManager

    /** Makes the channel, under the name that the user sees in the system's settings. */
    fun prepare(name: String) {
        manager.createNotificationChannel(
            NotificationChannel(CHANNEL, name, NotificationManager.IMPORTANCE_HIGH),
        )
    }

    /** Shows one, in the place of an earlier one about the same case. From Android 13 on the user is asked before. */
    fun show(notice: TaskNotice) {
        val (title, text) = words(notice)
        val notification = Notification.Builder(context, CHANNEL)
            .setSmallIcon(icon)
            .setContentTitle(title)
            .setContentText(text)
            .setContentIntent(open(notice.case))
            .setVisibility(Notification.VISIBILITY_PRIVATE)
            .setAutoCancel(true)
            .build()
        if (mayShow()) manager.notify(notice.case, NUMBER, notification)
    }

    private fun mayShow(): Boolean =
        Build.VERSION.SDK_INT < Build.VERSION_CODES.N || manager.areNotificationsEnabled()

    private companion object {
        const val CHANNEL = "gewu-tasks"
        const val NUMBER = 1
    }
}
