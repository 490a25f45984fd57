package gewu.sample

import android.view.View
import android.widget.TextView
import gewu.Locker
import gewu.PhotoFile
import gewu.client.GewuClient
import gewu.client.Outcome
import gewu.ui.AppRole
import gewu.ui.ListRow
import gewu.ui.MyReportsModel
import gewu.ui.OwnReport
import gewu.ui.ReportButton
import gewu.ui.SessionModel
import gewu.ui.SyncModel
import gewu.ui.TaskButton
import gewu.ui.TaskRow
import gewu.ui.TasksModel
import gewu.ui.TodayModel
import gewu.ui.Word
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.launchIn
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.launch
import java.time.LocalDate
import java.time.ZoneId

/** What leads from one screen to another. */
interface Ways {
    /** Begins a report. */
    fun report()

    /** Asks for photos, and hands copies of them over. */
    fun photos(done: (List<PhotoFile>) -> Unit)

    /** The copies are needed no more: the SDK has its own, or said no. */
    fun used(photos: List<PhotoFile>)
}

/** The screens before and after signing in. Each lives as long as [scope]. */
class Screens(
    private val look: Look,
    private val scope: CoroutineScope,
    private val client: GewuClient,
    private val session: SessionModel,
    private val sync: SyncModel,
    private val ways: Ways,
) {
    private val words = look.words

    fun consent(): View = look.screen(
        look.heading(Word.APP),
        look.text(words[Word.TERMS]),
        look.button(Word.AGREE) { scope.launch { session.agree(TERMS) } },
    )

    fun signIn(problem: Outcome.Failed?, lockers: List<Locker>): View {
        val code = look.field(Word.CODE)
        return look.screen(
            look.heading(Word.SIGN_IN),
            code,
            look.problem().apply { say(problem) },
            look.button(Word.SIGN_IN) { scope.launch { session.signIn(code.text.toString()) } },
            look.button(Word.AS_CITIZEN) { scope.launch { session.signIn(null) } },
            *lockers.map(::locker).toTypedArray(),
        )
    }

    /** What somebody left locked up on a shared handset. */
    private fun locker(locker: Locker): View {
        val passphrase = look.secret(Word.PASSPHRASE)
        val unlock = look.button(Word.UNLOCK, words.spoken(words[Word.UNLOCK], locker.user)) {
            scope.launch { session.unlock(locker, passphrase.text.toString()) }
        }
        return look.column(look.text(locker.user), passphrase, unlock)
    }

    /** Leaving: for good, or on a shared handset with what is unsent locked up. */
    private fun leaving(role: AppRole): View {
        val out = look.button(Word.SIGN_OUT) { scope.launch { session.signOut() } }
        if (role == AppRole.CITIZEN) return out
        val passphrase = look.secret(Word.PASSPHRASE)
        val lock = look.button(Word.LOCK) { scope.launch { session.lockUp(passphrase.text.toString()) } }
        return look.column(out, passphrase, lock)
    }

    fun main(role: AppRole, problem: Outcome.Failed?): View {
        val said = look.problem().apply { say(problem) }
        val content = when (role) {
            AppRole.INSPECTOR -> arrayOf(reportButton(), today(), tasks(said))
            AppRole.CREW -> arrayOf(tasks(said))
            AppRole.CITIZEN -> arrayOf(reportButton(), myReports(said))
        }
        return look.screen(look.heading(Word.APP), said, syncing(), *content, leaving(role))
    }

    /** What is in the way of sending, and the wish to try at once. */
    private fun syncing(): View {
        val hindrance = look.problem()
        sync.problem.onEach { hindrance.text = it.orEmpty() }.launchIn(scope)
        return look.column(hindrance, look.button(Word.SYNC_NOW) { sync.soon() })
    }

    private fun reportButton() = look.button(Word.REPORT) { ways.report() }

    private fun today(): View {
        val (banner, rows) = look.text("", look.palette.quiet) to look.column()
        val since = LocalDate.now().atStartOfDay(ZoneId.systemDefault()).toInstant().toEpochMilli()
        TodayModel(client, words, since).state.onEach { day ->
            banner.text = day.banner
            rows.show(day.rows.map(::row).ifEmpty { listOf(look.text(words[Word.NOTHING], look.palette.quiet)) })
        }.launchIn(scope)
        return look.column(look.heading(Word.TODAY), banner, rows)
    }

    private fun row(row: ListRow): View = look.text("${row.title} · ${row.stage}", spoken = row.spoken)

    private fun tasks(said: TextView): View {
        val (model, rows) = TasksModel(client, words) to look.column()
        model.rows.onEach { all -> rows.show(all.map { task(model, it, said) }) }.launchIn(scope)
        return look.column(look.heading(Word.TASKS), rows)
    }

    private fun task(model: TasksModel, row: TaskRow, said: TextView): View {
        val label = "${words[row.urgency.word]} · ${row.title}"
        val title = look.text(label, look.palette.of(row.urgency), row.spoken)
        title.setOnClickListener { scope.launch { said.say(model.open(row.case) as? Outcome.Failed) } }
        val buttons = row.buttons.map { button ->
            look.button(button.word, words.spoken(words[button.word], row.title)) { tap(model, button, row, said) }
        }
        return look.column(title, *buttons.toTypedArray())
    }

    private fun tap(model: TasksModel, button: TaskButton, row: TaskRow, said: TextView) {
        fun go(photos: List<PhotoFile>) {
            scope.launch {
                said.say(model.tap(button, row.case, photos = photos) as? Outcome.Failed)
                ways.used(photos)
            }
        }
        if (button.wantsPhotos) ways.photos(::go) else go(emptyList())
    }

    private fun myReports(said: TextView): View {
        val (model, rows) = MyReportsModel(client, words) to look.column()
        model.reports.onEach { all -> rows.show(all.map { own(model, it, said) }) }.launchIn(scope)
        return look.column(look.heading(Word.MY_REPORTS), rows)
    }

    private fun own(model: MyReportsModel, report: OwnReport, said: TextView): View {
        val buttons = report.buttons.flatMap { button -> taps(model, report, button, said) }
        return look.column(row(report.row), *buttons.toTypedArray())
    }

    private fun taps(model: MyReportsModel, report: OwnReport, button: ReportButton, said: TextView): List<View> {
        val case = report.row.case
        fun one(spoken: String?, work: suspend () -> Outcome<*>) =
            look.button(button.word, spoken) { scope.launch { said.say(work() as? Outcome.Failed) } }
        return when (button) {
            ReportButton.URGE -> listOf(one(null) { model.urge(case, null) })
            ReportButton.WITHDRAW -> listOf(one(null) { model.withdraw(case) })
            ReportButton.RATE -> (1..5).map { stars ->
                one(words.spoken(words[Word.RATE], "$stars/5")) { model.rate(case, stars, null) }
                    .apply { text = "★".repeat(stars) }
            }
        }
    }

    private fun TextView.say(failed: Outcome.Failed?) {
        text = failed?.let { "${words[Word.of(it.wayOut)]}: ${it.text}" }.orEmpty()
    }

    private companion object {
        /** The version of the terms that the user agrees to. */
        const val TERMS = "2026-01"
    }
}
