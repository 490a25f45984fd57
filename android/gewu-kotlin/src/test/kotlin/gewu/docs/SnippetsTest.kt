package gewu.docs

import gewu.DraftInput
import gewu.OpenOptions
import gewu.SyncTrigger
import gewu.client.Folder
import gewu.client.GewuCitizen
import gewu.client.GewuClient
import gewu.client.Wire
import gewu.client.atTheMarket
import gewu.client.case
import gewu.client.city
import gewu.client.manhole
import gewu.client.photo
import gewu.client.status
import gewu.client.sync
import gewu.client.test
import kotlinx.coroutines.CoroutineExceptionHandler
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.isActive
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File

/** What the guides show is what is compiled, and it works. */
class SnippetsTest {
    private val root = File(System.getProperty("gewu.fixtures")).parentFile

    @Test
    fun `every snippet of the guides stands in code that is compiled`() {
        val code = listOf(
            "android/gewu-kotlin/src/test/kotlin/gewu/docs/EmbedSnippets.kt",
            "android/gewu-android/src/main/kotlin/gewu/android/Opening.kt",
            "android/gewu-android/src/test/kotlin/gewu/android/EmbedSnippets.kt",
        ).joinToString("\n") { File(root, it).readText() }
        val guides = listOf("docs/embed-android.md", "docs/embed-citizen.md")
        val guide = guides.joinToString("\n") { File(root, it).readText() }
        val snippets = Regex("```kotlin\n(.*?)```", RegexOption.DOT_MATCHES_ALL).findAll(guide)
        val texts = snippets.map { it.groupValues[1].trim() }.toList()
        assertEquals(9, texts.size)
        texts.forEach { assertTrue(it in code, "not compiled:\n$it") }
    }

    @Test
    fun `the report of the guide reaches a real server`() = testWithRealServer { client ->
        val case = reportCover(client, photo().path)
        client.sync()
        assertTrue(client.status().synced)
        assertTrue(client.case(case).complete)
    }

    /** Shows today for a while; whether the screen's scope outlives it, and what it showed last. */
    private suspend fun shown(client: GewuClient): Pair<Boolean, Int?> {
        var last: Int? = null
        val screen = CoroutineScope(currentCoroutineContext() + SupervisorJob() + CoroutineExceptionHandler { _, _ -> })
        val app = CoroutineScope(screen.coroutineContext + Job())
        app.showToday(client) { tasks, _ -> last = tasks.size }
        delay(700)
        val lives = app.isActive
        app.cancel()
        screen.cancel()
        return lives to last
    }

    @Test
    fun `the screen of the guide outlives whatever a sync meets`() = test {
        Folder().use { folder ->
            val wire = Wire()
            GewuClient.open(OpenOptions(folder = folder.path, transport = wire)).use { client ->
                assertEquals(true to 0, shown(client), "before consent")
                client.consent("2026-01")
                client.enrol(city.url)
                wire.hold()
                val other = launch { client.sync(SyncTrigger.ONLINE) }
                wire.reached.await()
                assertEquals(true to 0, shown(client), "beside another sync")
                other.cancelAndJoin()
                client.suspend()
                assertEquals(true to null, shown(client), "while suspended")
                client.resume()
                val app = CoroutineScope(currentCoroutineContext() + Job())
                app.showToday(client) { _, _ -> }
                delay(300)
                client.signOut()
                delay(300)
                assertTrue(app.isActive, "at sign-out")
                app.cancel()
            }
        }
    }

    @Test
    fun `the citizens' screen of the guide says what went wrong`() = test {
        Folder().use { folder ->
            val wire = Wire().apply { away = true }
            GewuCitizen(city.url, OpenOptions(folder = folder.path, transport = wire)).use { screen ->
                val input = DraftInput(`class` = manhole, text = "坑")
                assertEquals("not saved: a report needs a position", citizenScreen(screen, input, photo()))
                val whole = input.copy(position = atTheMarket())
                assertEquals("kept until there is a network", citizenScreen(screen, whole, photo()))
            }
        }
    }

    @Test
    fun `the citizens' screen of the guide reports`() = test {
        Folder().use { folder ->
            GewuCitizen(city.url, folder.path).use { screen ->
                val input = DraftInput(`class` = manhole, position = atTheMarket(), text = "坑")
                val said = citizenScreen(screen, input, photo())
                assertTrue(said.startsWith("saved as "))
                val case = said.removePrefix("saved as ")
                city.op("decline", case, "--kind", "not_accepted")
                screen.sync()
                val shown = mutableListOf<String>()
                followAndRate(screen) { shown += it }
                assertEquals(listOf("坑: DECLINED"), shown)
            }
        }
    }
}
