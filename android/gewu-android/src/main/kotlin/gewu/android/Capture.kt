package gewu.android

import android.content.ContentResolver
import android.content.Context
import android.content.Intent
import android.graphics.Bitmap
import android.graphics.ImageDecoder
import android.media.ExifInterface
import android.net.Uri
import android.os.Build
import android.provider.MediaStore
import gewu.EvidenceRole
import gewu.PhotoFile
import gewu.PositionInput
import gewu.Provenance
import java.io.File
import java.io.FileOutputStream
import java.io.InputStream

/**
 * Photos on their way into the SDK: from the camera app, or chosen in the picker. They lie in the app's cache with all
 * that the camera wrote into them, the place among it, until [clean] takes them away. What nobody cleaned goes after a
 * day, when the next photo comes.
 */
class Capture(private val context: Context) {
    private val folder: File get() = File(context.cacheDir, "gewu-capture").apply { mkdirs() }

    /** A new file for the camera app. Hand its content address out by the app's own file provider. */
    fun newFile(): File = fresh("photo", ".jpg")

    /** Asks the camera app for a photo in a file that [output] names. */
    fun cameraIntent(output: Uri): Intent = Intent(MediaStore.ACTION_IMAGE_CAPTURE)
        .putExtra(MediaStore.EXTRA_OUTPUT, output)
        .addFlags(Intent.FLAG_GRANT_WRITE_URI_PERMISSION or Intent.FLAG_GRANT_READ_URI_PERMISSION)

    /** Asks the user to choose a photo. Needs no permission. */
    fun pickerIntent(): Intent =
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
            Intent(MediaStore.ACTION_PICK_IMAGES)
        } else {
            Intent(Intent.ACTION_OPEN_DOCUMENT).addCategory(Intent.CATEGORY_OPENABLE).setType("image/*")
        }

    /** What the camera app wrote. */
    fun taken(file: File, role: EvidenceRole, position: PositionInput?): PhotoFile =
        PhotoFile(made(file).path, role, Provenance.CAMERA, position = position)

    /** What the user chose. Its place and time are those in the file, never those of now. */
    fun picked(uri: Uri, role: EvidenceRole): PhotoFile {
        val copy = fresh("picked", ".img")
        val opened = checkNotNull(resolver.openInputStream(uri)) { "the photo cannot be opened" }
        opened.use { input -> FileOutputStream(copy).use { input.copyTo(it) } }
        return PhotoFile(made(copy).path, role, Provenance.PICKER)
    }

    /** Takes the copies of a photo away: once the SDK has its own, after it was attached or reported. */
    fun clean(photo: PhotoFile) {
        val name = original(File(photo.path))
        folder.listFiles { file -> original(file) == name }?.forEach { it.delete() }
    }

    private fun fresh(prefix: String, suffix: String): File {
        val before = System.currentTimeMillis() - DAY_MS
        folder.listFiles { file -> file.lastModified() < before }?.forEach { it.delete() }
        return File.createTempFile(prefix, suffix, folder)
    }

    /** What a copy and the JPEG that was made of it have in common. */
    private fun original(file: File): String = file.nameWithoutExtension.removeSuffix(CONVERTED)

    private val resolver: ContentResolver get() = context.contentResolver

    /** The same file, or a JPEG made of it where the SDK reads no such format. */
    private fun made(file: File): File {
        val format = file.inputStream().use(::formatOf)
        if (format != PhotoFormat.HEIC) return file
        val jpeg = File(folder, file.nameWithoutExtension + CONVERTED + ".jpg")
        HeicConverter.convert(file, jpeg)
        return jpeg
    }

    private companion object {
        const val DAY_MS = 24 * 3_600_000L
        const val CONVERTED = "-converted"
    }
}

/** What a photo is by its first bytes. */
enum class PhotoFormat { JPEG, PNG, HEIC, OTHER }

/** Reads the first bytes of a photo. */
internal fun formatOf(stream: InputStream): PhotoFormat {
    val head = ByteArray(12)
    var read = 0
    while (read < head.size) {
        val more = stream.read(head, read, head.size - read)
        if (more < 0) break
        read += more
    }
    fun text(from: Int, to: Int) = String(head, from, to - from, Charsets.ISO_8859_1)
    return when {
        read >= 3 && head[0] == 0xFF.toByte() && head[1] == 0xD8.toByte() -> PhotoFormat.JPEG
        read >= 8 && text(1, 4) == "PNG" -> PhotoFormat.PNG
        read == 12 && text(4, 8) == "ftyp" && text(8, 12) in HEIC_BRANDS -> PhotoFormat.HEIC
        else -> PhotoFormat.OTHER
    }
}

private val HEIC_BRANDS = setOf("heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1")

/**
 * Makes a JPEG of a HEIC file by the platform's decoder, upright, with the time and the place that stood in it. Only
 * the choice of what is carried over is tested: the decoder and the platform's `ExifInterface` need a phone, and this
 * has never run on one.
 */
internal object HeicConverter {
    private const val QUALITY = 92

    fun convert(from: File, to: File) {
        check(Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) { "HEIC is read from Android 9 on" }
        val bitmap = ImageDecoder.decodeBitmap(ImageDecoder.createSource(from)) { decoder, _, _ ->
            decoder.allocator = ImageDecoder.ALLOCATOR_SOFTWARE
        }
        try {
            FileOutputStream(to).use { bitmap.compress(Bitmap.CompressFormat.JPEG, QUALITY, it) }
        } finally {
            bitmap.recycle()
        }
        val made = ExifInterface(to.path)
        carried(ExifInterface(from.path)::getAttribute).forEach { (tag, value) -> made.setAttribute(tag, value) }
        made.saveAttributes()
    }

    /** Time and place, and nothing else: the pixels are upright already. */
    fun carried(read: (tag: String) -> String?): Map<String, String> =
        CARRIED.mapNotNull { tag -> read(tag)?.let { tag to it } }.toMap()

    /** Written out, for a phone that does not know one of them leaves it out. */
    private val CARRIED = listOf(
        "DateTime", "DateTimeOriginal", "OffsetTime", "OffsetTimeOriginal", "SubSecTime", "SubSecTimeOriginal",
        "GPSLatitude", "GPSLatitudeRef", "GPSLongitude", "GPSLongitudeRef", "GPSDateStamp", "GPSTimeStamp",
        "GPSHPositioningError",
    )
}
