package gewu.ui

import gewu.ClockLine
import gewu.Basis
import gewu.Light
import gewu.PublicStage
import gewu.Stage
import gewu.client.WayOut
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.util.Locale

/** The table of words and the colours. */
class WordsTest {
    private val han = Regex("\\p{IsHan}")

    @Test
    fun `every word stands in Chinese and in English`() {
        Word.entries.forEach { word ->
            assertTrue(han.containsMatchIn(word.zh), "$word has no Chinese")
            assertTrue(word.en.isNotBlank() && !han.containsMatchIn(word.en), "$word has no English")
        }
        assertEquals(Word.entries.size, Word.entries.map { it.zh }.toSet().size, "two words are the same in Chinese")
    }

    @Test
    fun `every stage and every way out has a word`() {
        Stage.entries.forEach { assertTrue(Word.of(it).name.startsWith("STAGE_")) }
        PublicStage.entries.forEach { assertTrue(Word.of(it).name.startsWith("STAGE_")) }
        WayOut.entries.forEach { assertEquals(it.name, Word.of(it).name) }
    }

    @Test
    fun `the phone's language decides and English is for everybody else`() {
        assertEquals("任务", Words(Locale.CHINA)[Word.TASKS])
        assertEquals("任务", Words(Locale.TAIWAN)[Word.TASKS])
        assertEquals("Tasks", Words(Locale.FRANCE)[Word.TASKS])
        assertEquals("a, b", Words(Locale.ENGLISH).spoken("a", null, "", "b"))
        assertEquals("甲，乙", Words(Locale.CHINA).spoken("甲", "乙"))
    }

    /** WCAG 2.2, criterion 1.4.3: 4.5 to 1 for text. */
    @Test
    fun `texts can be read by day and in the dark`() {
        Palette.entries.forEach { palette ->
            val onBackground = Urgency.entries.map { palette.of(it) } + listOf(palette.text, palette.quiet, palette.accent)
            onBackground.forEach { assertTrue(contrast(it, palette.background) >= 4.5, "$palette %x".format(it)) }
            assertTrue(contrast(palette.onAccent, palette.accent) >= 4.5, "$palette")
        }
        assertEquals(21.0, contrast(0xFFFFFF, 0), 1e-9)
    }

    @Test
    fun `what presses comes first`() {
        assertEquals(Urgency.OVERDUE, Urgency.of(clock(Light.RED, 5)))
        assertEquals(Urgency.SOON, Urgency.of(clock(Light.YELLOW, 5)))
        assertEquals(Urgency.IN_TIME, Urgency.of(clock(Light.GREEN, 5)))
        assertEquals(Urgency.OVERDUE, Urgency.of(clock(null, -1)))
        assertEquals(Urgency.IN_TIME, Urgency.of(clock(null, 1)))
        assertEquals(Urgency.NO_LIMIT, Urgency.of(clock(null, null)))
        assertEquals(Urgency.NO_LIMIT, Urgency.of(null))
        assertEquals(Urgency.entries, Urgency.entries.shuffled().sorted())
    }

    private fun clock(light: Light?, remainingMs: Long?) = ClockLine(
        node = "handle", holder = null, assist = false, shared = false, limit = null, unit = null, due = null,
        external = false, dueText = null, remainingMs = remainingMs, light = light, paused = false,
        basis = Basis.AUTHORITATIVE, calendar = null, unknown = null,
    )
}
