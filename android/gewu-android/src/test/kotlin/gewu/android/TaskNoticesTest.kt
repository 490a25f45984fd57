package gewu.android

import gewu.Basis
import gewu.CaseRow
import gewu.ClockLine
import gewu.FieldTask
import gewu.Light
import gewu.Stage
import gewu.Struck
import gewu.android.TaskNotice.Kind
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class TaskNoticesTest {
    private fun task(
        case: String,
        question: String = "dispatch",
        light: Light? = Light.GREEN,
        cancelled: Boolean = false,
    ) = FieldTask(
        row = CaseRow(
            case = case, stage = Stage.DISPATCHED, publicStage = null, `class` = null, unitGrid = null,
            dutyGrid = null, taskNumber = null, summary = null, photos = 0u, unsent = 0u, mine = false,
            updatedAt = 0,
        ),
        question = question,
        inPerson = false,
        clock = ClockLine(
            node = "dispose", holder = null, assist = false, shared = false, limit = null, unit = null, due = null,
            external = false, dueText = null, remainingMs = null, light = light, paused = false,
            basis = Basis.ESTIMATE, calendar = null, unknown = null,
        ),
        seen = null,
        mustAccept = false,
        externalDue = null,
        cancelled = if (cancelled) Struck("00", "recall", 0) else null,
        lateAnswer = null,
    )

    private val noticer = TaskNoticer()
    private fun told(vararg tasks: FieldTask) = noticer.notices(tasks.toList()).map { it.case to it.kind }

    @Test
    fun `what was there at the start is on the screen already`() {
        assertTrue(told(task("a"), task("b", light = Light.RED)).isEmpty())
        assertTrue(told(task("a"), task("b", light = Light.RED)).isEmpty())
    }

    @Test
    fun `a new task is told once and asking anew is new`() {
        told()
        assertEquals(listOf("a" to Kind.NEW), told(task("a")))
        assertTrue(told(task("a")).isEmpty())
        assertEquals(listOf("a" to Kind.NEW), told(task("a", question = "rework")))
    }

    @Test
    fun `a task that runs over its limit is told once`() {
        told(task("a", light = Light.YELLOW))
        assertEquals(listOf("a" to Kind.OVERDUE), told(task("a", light = Light.RED)))
        assertTrue(told(task("a", light = Light.RED)).isEmpty())
    }

    @Test
    fun `a task that is taken away is told to who had it and given back is new`() {
        told(task("a"))
        assertEquals(listOf("a" to Kind.TAKEN_AWAY), told(task("a", cancelled = true)))
        assertTrue(told(task("a", cancelled = true)).isEmpty())
        assertEquals(listOf("a" to Kind.NEW), told(task("a")))
        assertTrue(told(task("a"), task("b", cancelled = true)).isEmpty(), "b was never open here")
        assertTrue(told().isEmpty())
    }
}
