package gewu.android

import android.content.Context
import android.net.ConnectivityManager
import android.net.Network
import android.net.NetworkCapabilities
import gewu.NetworkKind
import gewu.client.attempt

/** What the platform says of a network, in the SDK's words. */
fun kindOf(capabilities: NetworkCapabilities?): NetworkKind = kindOf(
    metered = capabilities?.hasCapability(NetworkCapabilities.NET_CAPABILITY_NOT_METERED) == false,
    roaming = capabilities?.hasCapability(NetworkCapabilities.NET_CAPABILITY_NOT_ROAMING) == false,
    known = capabilities != null,
)

/** The same of what was asked: a hotspot that is paid by the byte is no Wi-Fi to an upload. */
internal fun kindOf(metered: Boolean, roaming: Boolean, known: Boolean): NetworkKind = when {
    !known -> NetworkKind.UNKNOWN
    roaming -> NetworkKind.ROAMING
    metered -> NetworkKind.CELLULAR
    else -> NetworkKind.WIFI
}

/**
 * Tells the SDK what network there is, and says when one came back. The platform calls it at any time: what
 * [tell] and [online] throw of the SDK's, or of a client that was closed, ends nothing.
 *
 * @param tell takes each kind: `client::tellNetwork`.
 * @param online is called when there is a network after there was none: sync then.
 */
class NetworkWatch(
    private val tell: (NetworkKind) -> Unit,
    private val online: () -> Unit,
) : ConnectivityManager.NetworkCallback(), AutoCloseable {
    private val state = OnlineState()
    private var manager: ConnectivityManager? = null

    /** Begins to watch; needs the permission ACCESS_NETWORK_STATE. */
    fun start(context: Context) {
        val manager = context.getSystemService(Context.CONNECTIVITY_SERVICE) as ConnectivityManager
        manager.registerDefaultNetworkCallback(this)
        this.manager = manager
    }

    override fun onCapabilitiesChanged(network: Network, capabilities: NetworkCapabilities) {
        harmless { tell(kindOf(capabilities)) }
        val usable = capabilities.hasCapability(NetworkCapabilities.NET_CAPABILITY_VALIDATED)
        if (state.become(usable)) harmless(online)
    }

    override fun onLost(network: Network) {
        state.become(false)
        harmless { tell(NetworkKind.OFFLINE) }
    }

    override fun close() {
        manager?.unregisterNetworkCallback(this)
        manager = null
    }
}

private fun harmless(work: () -> Unit) {
    try {
        attempt(work)
    } catch (closed: IllegalStateException) {
        // The app let go of its client and not yet of the watch.
    }
}

/** Remembers whether there was a network. */
internal class OnlineState {
    private var online = false

    /** Takes what there is now; whether it came back just now. */
    fun become(now: Boolean): Boolean {
        val came = now && !online
        online = now
        return came
    }
}
