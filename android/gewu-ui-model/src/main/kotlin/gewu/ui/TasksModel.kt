package gewu.ui

import gewu.ActInput
import gewu.CaseId
import gewu.CheckResult
import gewu.ClockLine
import gewu.EvidenceRole
import gewu.FieldTask
import gewu.Light
import gewu.PhotoFile
import gewu.Saved
import gewu.VerifyResult
import gewu.client.GewuClient
import gewu.client.Outcome
import gewu.client.allowed
import gewu.client.arrive
import gewu.client.attempt
import gewu.client.check
import gewu.client.handle
import gewu.client.liveTasks
import gewu.client.opened
import gewu.client.setOut
import gewu.client.take
import gewu.client.verify
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.map

/** How much a task presses, the most first. */
enum class Urgency(val word: Word) {
    OVERDUE(Word.OVERDUE),
    SOON(Word.SOON),
    IN_TIME(Word.IN_TIME),
    NO_LIMIT(Word.NO_LIMIT),
    ;

    companion object {
        /** By the clock's light where there is one, else by what remains. */
        fun of(clock: ClockLine?): Urgency = when {
            clock == null -> NO_LIMIT
            clock.light == Light.RED -> OVERDUE
            clock.light == Light.YELLOW -> SOON
            clock.light != null -> IN_TIME
            else -> of(clock.remainingMs)
        }

        private fun of(remainingMs: Long?): Urgency = when {
            remainingMs == null -> NO_LIMIT
            remainingMs < 0 -> OVERDUE
            else -> IN_TIME
        }
    }
}

/** What a user can tap on a task. */
enum class TaskButton(val word: Word, internal val kind: String) {
    TAKE(Word.TAKE, "take"),
    SET_OUT(Word.SET_OUT, "set_out"),
    ARRIVE(Word.ARRIVED, "arrived"),
    HANDLE(Word.HANDLE, "handle"),
    VERIFY(Word.VERIFY, "verify"),
    CHECK(Word.CHECK, "check"),
    ;

    /** Whether the work needs photos with it. */
    val wantsPhotos: Boolean get() = this == HANDLE || this == VERIFY || this == CHECK
}

/** A task as a row shows it. */
data class TaskRow(
    val case: CaseId,
    val title: String,
    val urgency: Urgency,
    val inPerson: Boolean,
    /** What the rules give the user here now, in the order of the work. */
    val buttons: List<TaskButton>,
    /** What a screen reader says. */
    val spoken: String,
)

/** The tasks of a crew or an inspector: by urgency, each with what may be done about it. */
class TasksModel(private val client: GewuClient, private val words: Words) {
    /** The rows, always as they stand: the most urgent first, and in the city's order among equals. */
    val rows: Flow<List<TaskRow>> = client.liveTasks().map { tasks ->
        tasks.mapNotNull { row(it) }.sortedBy { it.urgency }
    }

    /** Opens a task, which signs for it where the city asks for that. */
    suspend fun open(case: CaseId): Outcome<Boolean> = attempt { client.opened(case) }

    /** Does what a button says, with photos where the work needs them: before and after, or of the place. */
    suspend fun tap(button: TaskButton, case: CaseId, text: String? = null, photos: List<PhotoFile> = emptyList()): Outcome<Saved> =
        attempt {
            when (button) {
                TaskButton.TAKE -> client.take(case)
                TaskButton.SET_OUT -> client.setOut(case)
                TaskButton.ARRIVE -> client.arrive(case)
                TaskButton.HANDLE -> client.handle(case, act(text, beforeAndAfter(photos)))
                TaskButton.VERIFY -> client.verify(case, VerifyResult.EXISTS, act(text, inspecting(photos)))
                TaskButton.CHECK -> client.check(case, CheckResult.PASS, act(text, inspecting(photos)))
            }
        }

    private suspend fun row(task: FieldTask): TaskRow? {
        if (task.cancelled != null) return null
        // A case may leave between the list and the look at it.
        val allowed = (attempt { client.allowed(task.row.case) } as? Outcome.Done)?.value ?: return null
        val urgency = Urgency.of(task.clock)
        val title = task.row.summary ?: words[Word.of(task.row.stage)]
        return TaskRow(
            case = task.row.case, title = title, urgency = urgency, inPerson = task.inPerson,
            buttons = TaskButton.entries.filter { it.kind in allowed },
            spoken = words.spoken(title, words[urgency.word], task.clock?.dueText, words[Word.of(task.row.stage)]),
        )
    }

    private fun act(text: String?, photos: List<PhotoFile>) = ActInput(text = text, photos = photos)

    /** The first is of before, the others of after. */
    private fun beforeAndAfter(photos: List<PhotoFile>) = photos.mapIndexed { index, photo ->
        photo.copy(role = if (index == 0) EvidenceRole.BEFORE else EvidenceRole.AFTER)
    }

    private fun inspecting(photos: List<PhotoFile>) = photos.map { it.copy(role = EvidenceRole.INSPECTION) }
}
