package gewu.android

import gewu.HostException
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.security.KeyStoreException
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey

class SecretsTest {
    @TempDir
    lateinit var folder: File

    /** A key in memory, as the phone's key store would keep it. */
    private class MemoryKey : WrappingKey {
        var key: SecretKey? = null
        var locked = false
        override fun existing(): SecretKey? {
            if (locked) throw KeyStoreException("locked")
            return key
        }

        override fun orMade(): SecretKey =
            existing() ?: KeyGenerator.getInstance("AES").apply { init(256) }.generateKey().also { key = it }
    }

    private val key = MemoryKey()
    private fun secrets() = WrappedSecrets(folder, key)

    @Test
    fun `a secret comes back and is not readable in its file`() {
        secrets().put("device-key", "0123456789abcdef".toByteArray())
        assertArrayEquals("0123456789abcdef".toByteArray(), secrets().get("device-key"))
        val stored = File(folder, "device-key").readBytes()
        assertFalse("0123456789abcdef" in String(stored, Charsets.ISO_8859_1))
        secrets().put("device-key", "two".toByteArray())
        assertArrayEquals("two".toByteArray(), secrets().get("device-key"))
        assertEquals(listOf("device-key"), folder.list()!!.toList())
    }

    @Test
    fun `what was never kept or was removed is absent and no error`() {
        assertNull(secrets().get("device-key"))
        secrets().put("device-key", ByteArray(32))
        secrets().remove("device-key")
        secrets().remove("device-key")
        assertNull(secrets().get("device-key"))
    }

    @Test
    fun `files of another phone are absent`() {
        secrets().put("device-key", ByteArray(32) { 1 })
        key.key = null
        assertNull(secrets().get("device-key"))
        key.orMade()
        assertNull(secrets().get("device-key"))
    }

    @Test
    fun `a file under another's name or damaged is absent`() {
        secrets().put("device-key", ByteArray(32) { 1 })
        File(folder, "device-key").copyTo(File(folder, "case-secret"))
        assertNull(secrets().get("case-secret"))
        File(folder, "device-key").writeBytes(ByteArray(5))
        assertNull(secrets().get("device-key"))
    }

    @Test
    fun `a locked key store is said and changes nothing`() {
        secrets().put("device-key", ByteArray(32) { 1 })
        key.locked = true
        assertThrows(HostException.Locked::class.java) { secrets().get("device-key") }
        assertThrows(HostException.Locked::class.java) { secrets().put("device-key", ByteArray(1)) }
        key.locked = false
        assertArrayEquals(ByteArray(32) { 1 }, secrets().get("device-key"))
    }

    @Test
    fun `a folder that cannot be made is a failure of the host`() {
        val file = File(folder, "file").apply { writeText("x") }
        val broken = WrappedSecrets(File(file, "below"), key)
        assertThrows(HostException.Failed::class.java) { broken.put("device-key", ByteArray(1)) }
    }
}
