package gewu.android

import android.content.ContentResolver
import android.content.Context
import android.content.Intent
import android.graphics.Bitmap
import android.graphics.ImageDecoder
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

/** Photos on their way into the SDK: from the camera app, or chosen in the picker. */
class Capture(private val context: Context) {
    private val folder: File get() = File(context.cacheDir, "gewu-capture").apply { mkdirs() }

    /** A new file for the camera app. Hand its content address out by the app's own file provider. */
    fun newFile(): File = File.createTempFile("photo", ".jpg", folder)

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
        val copy = File.createTempFile("picked", ".img", folder)
        val opened = checkNotNull(resolver.openInputStream(uri)) { "the photo cannot be opened" }
        opened.use { input -> FileOutputStream(copy).use { input.copyTo(it) } }
        return PhotoFile(made(copy).path, role, Provenance.PICKER)
    }

    /** Takes the copies away, once the SDK has its own. */
    fun clean() {
        folder.listFiles()?.forEach { it.delete() }
    }

    private val resolver: ContentResolver get() = context.contentResolver

    /** The same file, or a JPEG made of it where the SDK reads no such format. */
    private fun made(file: File): File {
        val format = file.inputStream().use(::formatOf)
        if (format != PhotoFormat.HEIC) return file
        val jpeg = File(folder, file.nameWithoutExtension + "-converted.jpg")
        HeicConverter.convert(file, jpeg)
        return jpeg
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

/** Makes a JPEG of a HEIC file by the platform's decoder, upright. */
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
    }
}
