package gewu.testing

import java.security.MessageDigest

/** Width and height in pixels. */
internal data class PhotoSize(val width: Int, val height: Int) {
    companion object {
        /**
         * What the first frame header of a JPEG says (ITU-T T.81, B.2.2); null for what is no JPEG.
         */
        fun of(jpeg: ByteArray): PhotoSize? {
            if (jpeg.size < 4 || word(jpeg, 0) != SOI) return null
            var at = 2
            while (at + 9 <= jpeg.size) {
                val marker = word(jpeg, at)
                if (marker in FRAMES && marker !in NO_FRAMES) return PhotoSize(word(jpeg, at + 7), word(jpeg, at + 5))
                if (marker < 0xFF00) return null
                at += 2 + word(jpeg, at + 2)
            }
            return null
        }

        private const val SOI = 0xFFD8
        private val FRAMES = 0xFFC0..0xFFCF
        private val NO_FRAMES = setOf(0xFFC4, 0xFFC8, 0xFFCC)

        private fun word(bytes: ByteArray, at: Int) =
            (bytes[at].toInt() and 0xFF shl 8) or (bytes[at + 1].toInt() and 0xFF)
    }
}

internal fun sha256(bytes: ByteArray): String =
    MessageDigest.getInstance("SHA-256").digest(bytes).joinToString("") { "%02x".format(it) }
