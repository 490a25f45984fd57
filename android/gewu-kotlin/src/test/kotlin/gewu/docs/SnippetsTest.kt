package gewu.docs

import gewu.DraftInput
import gewu.client.Folder
import gewu.client.GewuCitizen
import gewu.client.atTheMarket
import gewu.client.case
import gewu.client.city
import gewu.client.manhole
import gewu.client.photo
import gewu.client.status
import gewu.client.sync
import gewu.client.test
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
        assertEquals(8, texts.size)
        texts.forEach { assertTrue(it in code, "not compiled:\n$it") }
    }

    @Test
    fun `the report of the guide reaches a real server`() = testWithRealServer { client ->
        val case = reportCover(client, photo().path)
        client.sync()
        assertTrue(client.status().synced)
        assertTrue(client.case(case).complete)
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
