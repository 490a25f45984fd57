package gewu.testing

import gewu.ActInput
import gewu.AttachedPhoto
import gewu.Contact
import gewu.Draft
import gewu.DraftInput
import gewu.PhotoFile
import gewu.PositionInput
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
    checkForm(input)
    val (kind, edition, condition) = Triple(input.`class`, input.edition, input.condition)
    if (edition != null && classes.none { it.edition == edition }) {
        throw SdkException.InvalidInput("edition", "the catalogue has no such edition")
    }
    val known = classes.firstOrNull { it.kind == kind?.kind && it.code == kind.code }
        ?: throw SdkException.InvalidInput("class", "the catalogue has no such class")
    if (condition != null && known.conditions.none { it.code == condition }) {
        throw SdkException.InvalidInput("condition", "the class has no such condition")
    }
}

/** Refuses what no entry takes. */
internal fun check(kind: String, act: ActInput) {
    checkText(act.text)
    checkCount(act.photos.size)
    act.position?.let(::checkPlace)
    act.photos.forEach { photo -> photo.position?.let(::checkPlace) }
    val isEmpty = act.text == null && act.photos.isEmpty()
    if (kind == "supplement" && isEmpty) throw SdkException.InvalidInput("text", "add a text or a photo")
}

/** Refuses what no city takes. */
internal fun checkForm(input: DraftInput) {
    if (input.`class` == null) throw SdkException.InvalidInput("class", "choose a class")
    checkPlace(input.position ?: throw SdkException.InvalidInput("position", "a report needs a position"))
    checkText(input.text)
    checkCodes(input)
    input.contact?.let(::checkContact)
}

private fun checkCodes(input: DraftInput) = input.run {
    val codes = listOf(
        "class" to `class`?.code, "edition" to edition, "condition" to condition, "component" to component,
        "campaign" to campaign, "language" to language,
    )
    codes.forEach { (field, code) ->
        if (code != null && (code.isEmpty() || '\u0000' in code || code.toByteArray().size > MOST_OF_CODE)) {
            throw SdkException.InvalidInput(field, "it must be 1 to 256 bytes without NUL characters")
        }
    }
}

private fun checkContact(contact: Contact) = contact.run {
    val phoneIsWrong = phone?.let { !PHONE.matches(it) || it.count { digit -> digit in '0'..'9' } < LEAST_DIGITS } ?: false
    val nameIsWrong = name?.let {
        it.isBlank() || it.codePointCount(0, it.length) > MOST_OF_NAME || it.any(Char::isISOControl)
    } ?: false
    val idIsWrong = idNumber?.let { !ID_NUMBER.matches(it) } ?: false
    if (phoneIsWrong || nameIsWrong || idIsWrong) throw SdkException.InvalidInput("contact", "the contact is out of bounds")
}

/** Refuses what is no position. */
internal fun checkPlace(position: PositionInput) {
    if (position.lat !in -90.0..90.0 || position.lon !in -180.0..180.0) {
        throw SdkException.InvalidInput("position", "this is no place on earth")
    }
    if ((position.accuracyM ?: 0.0) !in 0.0..MOST_METRES) {
        throw SdkException.InvalidInput("position", "accuracy must lie between 0 and 100000 metres")
    }
}

/** Refuses what is no text of a person. */
internal fun checkText(text: String?) {
    val wrong = when {
        text == null -> return
        '\u0000' in text -> "the text holds a NUL character: remove it"
        text.isBlank() -> "the text is empty"
        text.codePointCount(0, text.length) > MOST_CHARACTERS -> "the text has more than 4000 characters: shorten it"
        else -> return
    }
    throw SdkException.InvalidInput("text", wrong)
}

/** Refuses what is no name of a case. */
internal fun checkCase(id: String) {
    if (!CASE.matches(id)) throw SdkException.InvalidInput("case", "CaseId must be 32 hexadecimal digits")
}

/** Refuses what is no name of a draft. */
internal fun checkDraft(id: String) {
    if (!CASE.matches(id)) throw SdkException.InvalidInput("draft", "DraftId must be 32 hexadecimal digits")
}

/** Refuses more photos than one entry holds. */
internal fun checkCount(photos: Int) {
    if (photos > MOST_PHOTOS) throw SdkException.InvalidInput("photo", "more than 20 photos; leave some out")
}

private const val MOST_METRES = 100_000.0
private const val MOST_CHARACTERS = 4_000
private const val MOST_PHOTOS = 20
private const val MOST_OF_NAME = 80
private const val MOST_OF_CODE = 256
private const val LEAST_DIGITS = 3
private val PHONE = Regex("[0-9+() -]{0,32}")
private val ID_NUMBER = Regex("[0-9A-Za-z-]{4,32}")
private val CASE = Regex("[0-9a-fA-F]{32}")
