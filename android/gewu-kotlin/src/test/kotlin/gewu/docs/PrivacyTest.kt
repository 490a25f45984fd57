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

    /** Small values of a device, and fields of enrolling, that say nothing about people. */
    private val impersonalValues = setOf(
        "epoch", "opens", "server", "anchor", "generation", "highest_generation", "certificate_unshown",
        "upload_policy", "part_bytes", "reading",
        "reads_packed", "scrubbed_to", "leaving", "locker", "backup_covers", "protocol", "code", "proof",
    )

    /** Those that do, with the words that the page has for them. */
    private val personalValues = mapOf(
        "consent" to "version of the terms agreed to", "certificate" to "certificate: user, roles",
        "account" to "the host app under whose account reports go", "clock_offset" to "offset of the clock",
        "last_sync" to "how the last sync went", "key" to "the device's public key",
        "host_token" to "the app's token, where the user signs in",
    )

    @Test
    fun `every small value of a device and all that enrolling sends is on the page or says nothing about people`() {
        val kept = File(root, "core/device/src/store/meta.rs").readText()
        val sent = File(root, "core/sync/src/wire/enrol.rs").readText().substringBefore("pub struct EnrolResponse")
        val values = Regex("const \\w+: &str = \"(\\w+)\"").findAll(kept).map { it.groupValues[1] }
        val fields = Regex("pub (\\w+): ").findAll(sent).map { it.groupValues[1] }
        val all = (values + fields).toSet()
        assertTrue("account" in all && "host_token" in all, "$all")
        assertEquals(all, impersonalValues + personalValues.keys)
        personalValues.values.forEach { assertTrue(it in page, it) }
    }

    @Test
    fun `the android part asks for the permissions on the page and no other`() {
        val manifest = File(root, "android/gewu-android/src/main/AndroidManifest.xml").readText()
        val asked = Regex("android\\.permission\\.(\\w+)").findAll(manifest).map { it.groupValues[1] }.toList()
        assertEquals(listOf("INTERNET", "ACCESS_NETWORK_STATE", "RECEIVE_BOOT_COMPLETED"), asked)
        asked.forEach { assertTrue("`$it`" in page, it) }
    }
}
