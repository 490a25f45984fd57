package gewu.android

import android.content.Context
import gewu.EvidenceRole
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.mockito.Mockito.mock
import org.mockito.Mockito.`when`
import java.io.ByteArrayInputStream
import java.io.File
import java.nio.file.Files

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

    private fun <T> inCache(work: (Capture, File) -> T) {
        val cache = Files.createTempDirectory("gewu-cache").toFile()
        val context = mock(Context::class.java)
        `when`(context.cacheDir).thenReturn(cache)
        try {
            work(Capture(context), File(cache, "gewu-capture"))
        } finally {
            cache.deleteRecursively()
        }
    }

    private fun Capture.photo() = taken(newFile(), EvidenceRole.SCENE, null)

    @Test
    fun `what the SDK has its own copy of goes and others stay`() = inCache { capture, folder ->
        val (one, other) = List(2) { capture.photo() }
        File(folder, File(one.path).nameWithoutExtension + "-converted.jpg").writeText("made of it")
        capture.clean(one)
        assertEquals(listOf(File(other.path)), folder.listFiles()!!.toList())
        capture.clean(other.copy(path = File(folder, File(other.path).nameWithoutExtension + "-converted.jpg").path))
        assertEquals(0, folder.list()!!.size)
    }

    @Test
    fun `what nobody cleaned goes after a day`() = inCache { capture, folder ->
        val (left, recent) = List(2) { capture.newFile() }
        left.setLastModified(System.currentTimeMillis() - 25 * 3_600_000L)
        val next = File(capture.photo().path)
        assertEquals(setOf(recent, next), folder.listFiles()!!.toSet())
    }

    @Test
    fun `a converted photo keeps its time and place and no orientation`() {
        val said = mapOf(
            "DateTimeOriginal" to "2026:01:02 03:04:05", "OffsetTimeOriginal" to "+08:00",
            "GPSLatitude" to "41/1,47/1,5986/100", "GPSLatitudeRef" to "N", "Orientation" to "6",
        )
        assertEquals(said - "Orientation", HeicConverter.carried(said::get))
    }
}
