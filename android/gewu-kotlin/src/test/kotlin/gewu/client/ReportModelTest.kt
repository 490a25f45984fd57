package gewu.client

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.cancel
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** A report screen without the screen. */
class ReportModelTest {
    /** A screen that goes away with the test. */
    private suspend fun onScreen(work: suspend (Device, CoroutineScope) -> Unit) {
        inspector().use { wang ->
            val screen = CoroutineScope(kotlinx.coroutines.currentCoroutineContext() + Job())
            try {
                work(wang, screen)
            } finally {
                screen.cancel()
            }
        }
    }

    @Test
    fun `edits save themselves and the last one wins`() = test {
        onScreen { wang, screen ->
            val model = ReportModel.begin(wang.client, screen)
            repeat(50) { at -> model.edit { it.copy(text = "edit $at") } }
            while (wang.client.draft(model.draft).input.text != "edit 49") delay(5)
            assertEquals("edit 49", model.state.value.input.text)
        }
    }

    @Test
    fun `the grid follows the place and outside is said`() = test {
        onScreen { wang, screen ->
            val model = ReportModel.begin(wang.client, screen)
            assertEquals(ReportPlace.Unknown, model.state.value.place)
            model.edit { it.copy(position = atTheMarket()) }
            val inside = model.state.first { it.place is ReportPlace.In }.place as ReportPlace.In
            assertEquals("990101001001022", inside.located.unit)
            model.edit { it.copy(position = atTheMarket().copy(lon = 100.0)) }
            model.state.first { it.place == ReportPlace.Outside }
        }
    }

    @Test
    fun `cases that may be the same are shown before the report is handed in`() = test {
        onScreen { wang, screen ->
            val aside = atTheMarket().copy(lat = atTheMarket().lat + 0.0002)
            val first = wang.client.report(request(photos = listOf(photo())).copy(position = aside)).case
            val model = ReportModel.begin(wang.client, screen)
            model.edit { it.copy(position = aside, `class` = manhole) }
            val similar = model.state.first { it.similar.isNotEmpty() }.similar
            assertEquals(first, similar.first().row.case)
        }
    }

    @Test
    fun `handing in right after an edit holds the edit and ends the draft`() = test {
        onScreen { wang, screen ->
            val model = ReportModel.begin(wang.client, screen)
            model.attach(photo())
            assertEquals(1, model.state.value.photos.size)
            model.edit { it.copy(position = atTheMarket(), `class` = manhole, text = "最后一句") }
            val saved = model.handIn().valueOrNull()!!
            assertEquals(saved, model.state.value.saved)
            assertEquals("最后一句", wang.client.case(saved.case).row.summary)
            model.edit { it.copy(text = "too late") }
            assertEquals("最后一句", model.state.value.input.text)
            assertTrue(wang.client.drafts().isEmpty())
        }
    }

    @Test
    fun `what is wrong names its field and can be put right`() = test {
        onScreen { wang, screen ->
            val model = ReportModel.begin(wang.client, screen)
            model.attach(photo("bad/text.jpg"))
            assertEquals("photo", model.state.value.problem?.field)
            model.attach(photo())
            assertNull(model.state.value.problem)
            model.edit { it.copy(position = atTheMarket(), `class` = manhole.copy(code = "99999")) }
            assertEquals("class", (model.handIn() as Outcome.Failed).field)
            assertEquals("class", model.state.value.problem?.field)
            model.edit { it.copy(`class` = manhole) }
            assertTrue(model.handIn() is Outcome.Done)
            assertNull(model.state.value.problem)
        }
    }

    @Test
    fun `half of a character is a problem of the text and ends nothing`() = test {
        onScreen { wang, screen ->
            val model = ReportModel.begin(wang.client, screen)
            model.edit { it.copy(position = atTheMarket(), `class` = manhole, text = "half \uD83D") }
            while (model.state.value.problem == null) delay(5)
            assertEquals("text", model.state.value.problem?.field)
            assertEquals("text", (model.handIn() as Outcome.Failed).field)
            model.edit { it.copy(text = "whole 😀") }
            assertTrue(model.handIn() is Outcome.Done)
        }
    }

    @Test
    fun `a screen that was lost goes on where it was and can be thrown away`() = test {
        onScreen { wang, screen ->
            val model = ReportModel.begin(wang.client, screen)
            model.attach(photo())
            model.edit { it.copy(text = "kept") }
            while (wang.client.draft(model.draft).input.text != "kept") delay(5)
            screen.cancel()
            val again = CoroutineScope(kotlinx.coroutines.currentCoroutineContext() + Job())
            val resumed = ReportModel.resume(wang.client, again, model.draft)
            assertEquals("kept" to 1, resumed.state.value.run { input.text to photos.size })
            assertEquals(model.draft, ReportModel.goOn(wang.client, again).draft)
            resumed.detach(resumed.state.value.photos.single().sha256)
            assertTrue(resumed.state.value.photos.isEmpty())
            resumed.discard()
            assertTrue(wang.client.drafts().isEmpty())
            again.cancel()
        }
    }
}
