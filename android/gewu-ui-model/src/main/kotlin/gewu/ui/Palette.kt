package gewu.ui

import kotlin.math.pow

/** The colours of the app, as 0xAARRGGBB; one for the day and one for the dark. */
enum class Palette(
    val background: Int,
    val text: Int,
    val quiet: Int,
    val accent: Int,
    val onAccent: Int,
    val overdue: Int,
    val soon: Int,
    val inTime: Int,
) {
    LIGHT(
        background = rgb(0xFFFFFF), text = rgb(0x1A1C1E), quiet = rgb(0x5A5F66), accent = rgb(0x00629D),
        onAccent = rgb(0xFFFFFF), overdue = rgb(0xB3261E), soon = rgb(0x8A5100), inTime = rgb(0x1E6B2E),
    ),
    DARK(
        background = rgb(0x111416), text = rgb(0xE2E2E5), quiet = rgb(0xA4A9B0), accent = rgb(0x99CBFF),
        onAccent = rgb(0x003355), overdue = rgb(0xFFB4AB), soon = rgb(0xFFB870), inTime = rgb(0x8BD995),
    ),
    ;

    /** The colour of a task. */
    fun of(urgency: Urgency): Int = when (urgency) {
        Urgency.OVERDUE -> overdue
        Urgency.SOON -> soon
        Urgency.IN_TIME -> inTime
        Urgency.NO_LIMIT -> quiet
    }
}

private fun rgb(colour: Int) = colour or (0xFF shl 24)

/** The contrast of two colours, from 1 to 21: WCAG 2.2, "contrast ratio" and "relative luminance". */
fun contrast(a: Int, b: Int): Double {
    val (light, dark) = listOf(luminance(a), luminance(b)).sortedDescending()
    return (light + 0.05) / (dark + 0.05)
}

private fun luminance(colour: Int): Double {
    fun part(shift: Int): Double {
        val share = (colour shr shift and 0xFF) / 255.0
        return if (share <= 0.04045) share / 12.92 else ((share + 0.055) / 1.055).pow(2.4)
    }
    return 0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
}
