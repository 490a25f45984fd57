package gewu.testing

import gewu.AttachedPhoto
import gewu.Draft
import gewu.DraftInput
import gewu.PhotoFile
import gewu.ReportRequest
import gewu.SdkException
import java.io.File
import java.io.IOException

/** A draft, and its photos with their files. */
internal class FakeDraft(val id: String, val createdAt: Long, var input: DraftInput) {
    var updatedAt = createdAt
    val photos = mutableListOf<Pair<FakePhoto, Long>>()

    fun shown() = Draft(id, input, photos.map { (photo, at) -> photo.attached(at) }, createdAt, updatedAt)
}

internal fun FakePhoto.attached(at: Long) = AttachedPhoto(
    sha256 = sha256, thumbSha256 = null, role = file.role, provenance = file.provenance, bytes = bytes.toULong(),
    width = size.width.toUInt(), height = size.height.toUInt(), capturedAt = file.capturedAt ?: at,
)

/** Reads a photo by its path. The real library makes it smaller; the fake keeps it as it is. */
internal fun read(photo: PhotoFile): FakePhoto {
    val bytes = try {
        File(photo.path).readBytes()
    } catch (absent: IOException) {
        throw SdkException.InvalidInput("photo", "the file of the photo cannot be read")
    }
    val size = PhotoSize.of(bytes) ?: throw SdkException.InvalidInput("photo", "the file is no photo")
    return FakePhoto(sha256(bytes), bytes.size.toLong(), photo, size)
}

/** What a request would be as a draft. */
internal fun ReportRequest.input() = DraftInput(
    `class` = `class`, position = position, edition = edition, condition = condition, text = text, component = component,
    measuredMilli = measuredMilli, campaign = campaign, selfHandled = selfHandled, language = language, contact = contact,
)

/** Refuses what a city cannot take, by the field. */
internal fun FakeCity.check(input: DraftInput) {
    val kind = input.`class` ?: throw SdkException.InvalidInput("class", "a report needs a class")
    if (classes.none { it.kind == kind.kind && it.code == kind.code }) {
        throw SdkException.InvalidInput("class", "the catalogue has no such class")
    }
    val position = input.position ?: throw SdkException.InvalidInput("position", "a report needs a position")
    if (position.lat !in -90.0..90.0 || position.lon !in -180.0..180.0) {
        throw SdkException.InvalidInput("position", "this is no place on earth")
    }
}
