package gewu.client

import gewu.ActInput
import gewu.ClassRef
import gewu.Contact
import gewu.DraftInput
import gewu.ListQuery
import gewu.PhotoFile
import gewu.ReportRequest
import gewu.SdkException

// What Kotlin's types let through and the core's do not: numbers that would wrap, and halves of characters.

private fun wrong(field: String) = SdkException.InvalidInput(field, "the number is out of range")

internal fun Int.unsigned(field: String): UInt = if (this >= 0) toUInt() else throw wrong(field)

internal fun Long.unsigned(field: String): ULong = if (this >= 0) toULong() else throw wrong(field)

internal fun Int.unsignedByte(field: String): UByte = if (this in 0..255) toUByte() else throw wrong(field)

internal fun halved(field: String) =
    SdkException.InvalidInput(field, "the text holds half of a character: write it again")

private fun isHalved(text: String): Boolean {
    var at = 0
    while (at < text.length) {
        val pair = at + 1 < text.length && Character.isSurrogatePair(text[at], text[at + 1])
        if (!pair && text[at].isSurrogate()) return true
        at += if (pair) 2 else 1
    }
    return false
}

internal fun refuseHalves(field: String, argument: Any?) {
    val halved = texts(field, argument).firstOrNull { (_, text) -> text != null && isHalved(text) }
    if (halved != null) throw halved(halved.first)
}

/** Every text of an argument, with the field that it is. */
private fun texts(field: String, of: Any?): List<Pair<String, String?>> = when (of) {
    is String -> listOf(field to of)
    is List<*> -> of.flatMap { texts(field, it) }
    is ActInput -> listOf("text" to of.text, "role" to of.role, "unit" to of.unit, "about" to of.about) +
        texts("photo", of.photos)
    is PhotoFile -> listOf("photo" to of.path)
    is ClassRef -> listOf("class" to of.code)
    is ListQuery -> listOf("text" to of.text, "unit" to of.unit, "dutyGrid" to of.dutyGrid, "after" to of.after)
    is DraftInput -> of.run {
        texts("class", `class`) + texts("contact", contact) +
            fields(edition, condition, text, component, campaign, language)
    }
    is ReportRequest -> of.run {
        texts("class", `class`) + texts("contact", contact) + texts("photo", photos) +
            fields(edition, condition, text, component, campaign, language)
    }
    is Contact -> listOf(of.phone, of.name, of.idNumber).map { "contact" to it }
    else -> emptyList()
}

private fun fields(vararg values: String?): List<Pair<String, String?>> = FIELDS.zip(values)

private val FIELDS = listOf("edition", "condition", "text", "component", "campaign", "language")
