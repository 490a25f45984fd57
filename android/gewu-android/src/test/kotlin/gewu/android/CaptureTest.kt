package gewu.android

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import java.io.ByteArrayInputStream
import java.io.File

class CaptureTest {
    private fun format(bytes: ByteArray) = formatOf(ByteArrayInputStream(bytes))

    private fun brand(name: String) = byteArrayOf(0, 0, 0, 24) + "ftyp$name".toByteArray()

    @Test
    fun `real photos are known by their first bytes`() {
        val photos = File(System.getProperty("gewu.fixtures"), "photos")
        assertEquals(PhotoFormat.JPEG, File(photos, "manhole-before.jpg").inputStream().use(::formatOf))
        assertEquals(PhotoFormat.PNG, File(photos, "lamp-before.png").inputStream().use(::formatOf))
    }

    @Test
    fun `pictures of new phones are known and films are not taken for them`() {
        listOf("heic", "heix", "mif1").forEach { assertEquals(PhotoFormat.HEIC, format(brand(it))) }
        listOf("isom", "mp42", "qt  ").forEach { assertEquals(PhotoFormat.OTHER, format(brand(it))) }
    }

    @Test
    fun `a file that is cut off is nothing`() {
        assertEquals(PhotoFormat.OTHER, format(ByteArray(0)))
        assertEquals(PhotoFormat.OTHER, format(brand("heic").copyOf(11)))
    }
}
