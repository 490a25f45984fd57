package gewu.android

import android.annotation.SuppressLint
import android.content.Context
import android.location.Location
import android.location.LocationListener
import android.location.LocationManager
import android.os.Build
import android.os.Bundle
import android.os.Looper
import android.os.SystemClock
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.callbackFlow

/** Where fixes come from; the platform's receiver, or a stand-in. */
fun interface FixSource {
    /** Gives each fix to [take] until what it returns is called. */
    fun start(take: (Fix) -> Unit): () -> Unit
}

/**
 * Fixes with what is to be thought of each, while somebody collects. Only in the foreground: nothing is
 * asked for in the background. The app holds the permission of the location before.
 */
fun judgedFixes(
    source: FixSource,
    filter: FixFilter = FixFilter(),
    nowNanos: () -> Long = SystemClock::elapsedRealtimeNanos,
): Flow<Judged> = callbackFlow {
    val stop = source.start { fix -> trySend(filter.judge(fix, nowNanos())) }
    awaitClose { stop() }
}.buffer(Channel.CONFLATED)

/** The platform's own receivers. */
class PlatformFixes(
    private val manager: LocationManager,
    private val intervalMs: Long = 1_000,
) : FixSource {
    constructor(context: Context) : this(
        context.getSystemService(Context.LOCATION_SERVICE) as LocationManager,
    )

    @SuppressLint("MissingPermission")
    override fun start(take: (Fix) -> Unit): () -> Unit {
        val listener = object : LocationListener {
            override fun onLocationChanged(location: Location) = take(location.toFix())

            // Older systems call these and crash without them.
            override fun onProviderEnabled(provider: String) = Unit

            override fun onProviderDisabled(provider: String) = Unit

            @Suppress("OVERRIDE_DEPRECATION")
            override fun onStatusChanged(provider: String?, status: Int, extras: Bundle?) = Unit
        }
        providers().forEach { provider ->
            manager.requestLocationUpdates(provider, intervalMs, 0f, listener, Looper.getMainLooper())
        }
        return { manager.removeUpdates(listener) }
    }

    private fun providers(): List<String> =
        listOf(LocationManager.GPS_PROVIDER, LocationManager.NETWORK_PROVIDER)
            .filter { it in manager.allProviders }
}

/** The fix of a location of the platform's. */
fun Location.toFix() = Fix(
    lon = longitude,
    lat = latitude,
    accuracyM = if (hasAccuracy()) accuracy.toDouble() else null,
    elapsedNanos = elapsedRealtimeNanos,
    mock = isMadeUp(),
)

@Suppress("DEPRECATION")
private fun Location.isMadeUp(): Boolean =
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) isMock else isFromMockProvider
