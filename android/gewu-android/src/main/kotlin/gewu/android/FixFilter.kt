package gewu.android

import gewu.Datum
import gewu.PositionInput
import kotlin.math.PI
import kotlin.math.cos
import kotlin.math.hypot

/** One fix as a receiver gave it. */
data class Fix(
    /** Longitude in degrees, WGS-84. */
    val lon: Double,
    /** Latitude in degrees, WGS-84. */
    val lat: Double,
    /** Radius of the 68 % circle in metres; null when the receiver did not say. */
    val accuracyM: Double?,
    /** When, by the clock that never runs back: nanoseconds since the phone was started. */
    val elapsedNanos: Long,
    /** Whether an app in the place of the receiver made it up. */
    val mock: Boolean,
) {
    /** For the SDK. */
    fun toPosition() = PositionInput(lon = lon, lat = lat, accuracyM = accuracyM, datum = Datum.WGS84)
}

/** Why a fix is not gone by. */
enum class Doubt {
    /** Made up by an app. */
    MOCK,

    /** From before the asking, or older than the filter takes. */
    STALE,

    /** Faster than anybody moves in a city since the last one. */
    JUMP,

    /** No accuracy, nought or a coarse one. */
    COARSE,

    /** Out of order. */
    TIME_BACK,
}

/** What the filter says of a fix. */
sealed interface Judged {
    /** Go by it. */
    data class Good(val fix: Fix) : Judged

    /** Do not; a screen may show it, greyed. */
    data class Doubtful(val fix: Fix, val why: Doubt) : Judged
}

/**
 * Judges fixes one after the other. Pure: time comes with each call.
 *
 * @property maxAgeMs how old a fix may be.
 * @property maxAccuracyM how coarse it may be; beyond, a grid of 100 m says nothing.
 * @property maxSpeedMps how fast its bearer may have moved since the last good one.
 */
class FixFilter(
    private val maxAgeMs: Long = 10_000,
    private val maxAccuracyM: Double = 200.0,
    private val maxSpeedMps: Double = 60.0,
) {
    private var last: Fix? = null

    /** Judges a fix at a moment of the clock that never runs back. */
    fun judge(fix: Fix, nowNanos: Long): Judged {
        val why = doubt(fix, nowNanos)
        if (why != null) return Judged.Doubtful(fix, why)
        last = fix
        return Judged.Good(fix)
    }

    private fun doubt(fix: Fix, nowNanos: Long): Doubt? {
        val before = last
        val accuracy = fix.accuracyM
        return when {
            fix.mock -> Doubt.MOCK
            nowNanos - fix.elapsedNanos > maxAgeMs * 1_000_000 -> Doubt.STALE
            before != null && fix.elapsedNanos < before.elapsedNanos -> Doubt.TIME_BACK
            accuracy == null || accuracy <= 0.0 || accuracy > maxAccuracyM -> Doubt.COARSE
            before != null && isJump(before, fix) -> Doubt.JUMP
            else -> null
        }
    }

    /** Both circles are given: what lies within them is no movement. */
    private fun isJump(from: Fix, to: Fix): Boolean {
        val seconds = (to.elapsedNanos - from.elapsedNanos) / 1e9
        val slack = (from.accuracyM ?: 0.0) + (to.accuracyM ?: 0.0)
        // After a while anybody may be anywhere, by train.
        return seconds < JUMP_SECONDS && metresBetween(from, to) - slack > maxSpeedMps * seconds
    }

    private companion object {
        const val JUMP_SECONDS = 120.0
    }
}

/** Metres between two near fixes, on a sphere of 6,371 km. */
internal fun metresBetween(one: Fix, other: Fix): Double {
    val metresPerDegree = 6_371_000.0 * PI / 180
    val north = (other.lat - one.lat) * metresPerDegree
    val east = (other.lon - one.lon) * metresPerDegree * cos(one.lat * PI / 180)
    return hypot(north, east)
}
