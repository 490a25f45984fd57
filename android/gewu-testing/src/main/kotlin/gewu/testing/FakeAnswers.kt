package gewu.testing

import gewu.GridCertainty
import gewu.Located
import gewu.OwnDuty
import gewu.PositionInput
import gewu.SyncOutcome
import gewu.SyncReport
import kotlin.math.PI
import kotlin.math.cos
import kotlin.math.hypot

/** A degree of the meridian, in metres: a quarter of it, 10,001,966 m on WGS-84, over 90. */
private const val METRES_PER_DEGREE = 10_001_966.0 / 90

/** The way between two places nearby, on a plane, in metres. */
internal fun metres(a: PositionInput, b: PositionInput): Double {
    val east = (a.lon - b.lon) * cos(a.lat * PI / 180)
    return hypot(east, a.lat - b.lat) * METRES_PER_DEGREE
}

internal fun FakeGrid.located(position: PositionInput, own: List<String>) = Located(
    lon = position.lon, lat = position.lat, unit = unit, level = null, parents = emptyList(), duty = duty, road = null,
    borderM = borderM(position), certainty = GridCertainty.CERTAIN, candidates = emptyList(),
    ownDuty = when {
        own.isEmpty() -> OwnDuty.UNBOUND
        duty in own -> OwnDuty.INSIDE
        else -> OwnDuty.OUTSIDE
    },
    pack = "0".repeat(64),
)

private fun FakeGrid.borderM(at: PositionInput): Double {
    val edges = listOf(at.copy(lon = west), at.copy(lon = east), at.copy(lat = south), at.copy(lat = north))
    return edges.minOf { metres(at, it) }
}

internal fun reported(outcome: SyncOutcome, exchange: Exchange?, photos: Int, left: Int): SyncReport {
    val sent = exchange?.sent ?: 0
    val up = if (exchange == null) 0 else photos
    return SyncReport(
        outcome = outcome, exchanges = if (exchange == null) 0u else 1u, sent = sent.toUInt(), accepted = sent.toUInt(),
        setAside = emptyList(), received = exchange?.changed.orEmpty().size.toUInt(), changed = exchange?.changed.orEmpty(),
        uploaded = up.toUInt(), smallUploaded = 0u, photosAcknowledged = up.toUInt(), smallAcknowledged = 0u, notices = 0u,
        bytesUp = 0u, bytesDown = 0u, unsent = left.toUInt(),
    )
}
