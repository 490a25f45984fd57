package gewu.docs

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File

/** The page of what is collected against what there is to collect it with. */
class PrivacyTest {
    private val root = File(System.getProperty("gewu.fixtures")).parentFile
    private val page = File(root, "docs/privacy-inventory.md").readText()

    /** Tables of a device that hold nothing about people: rules, the order of work, what is owed. */
    private val impersonal = setOf(
        "media", "doomed_files", "cursors", "memberships", "case_facts", "packs", "pins", "verdict_blocks",
        "pack_faults", "erased", "syncs",
    )

    @Test
    fun `every table of a device is on the page or known to hold nothing about people`() {
        val folder = File(root, "core/device/src/store/migrations")
        val made = folder.listFiles()!!.sorted().flatMap { file ->
            Regex("CREATE TABLE (\\w+)").findAll(file.readText()).map { it.groupValues[1] }.toList()
        }.filterNot { it.endsWith("_next") }.toSet()
        assertTrue(made.size > 20, "$made")
        val unnamed = made.filterNot { "`$it`" in page || it in impersonal }
        assertEquals(emptyList<String>(), unnamed)
        assertEquals(emptyList<String>(), (impersonal - made).toList(), "gone from the device")
    }

    @Test
    fun `the android part asks for the permissions on the page and no other`() {
        val manifest = File(root, "android/gewu-android/src/main/AndroidManifest.xml").readText()
        val asked = Regex("android\\.permission\\.(\\w+)").findAll(manifest).map { it.groupValues[1] }.toList()
        assertEquals(listOf("INTERNET", "ACCESS_NETWORK_STATE", "RECEIVE_BOOT_COMPLETED"), asked)
        asked.forEach { assertTrue("`$it`" in page, it) }
    }
}
