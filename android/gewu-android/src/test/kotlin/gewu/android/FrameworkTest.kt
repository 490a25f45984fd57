package gewu.android

import android.app.Application
import android.app.NotificationManager
import android.app.PendingIntent
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.content.Intent
import android.location.Location
import android.location.LocationManager
import android.net.ConnectivityManager
import android.net.NetworkCapabilities
import android.os.Looper
import android.os.SystemClock
import gewu.ClassKind
import gewu.ClassRef
import gewu.Datum
import gewu.NetworkKind
import gewu.PositionInput
import gewu.ReportRequest
import gewu.client.GewuClient
import gewu.client.newDraft
import gewu.client.drafts
import gewu.client.report
import gewu.client.status
import gewu.testing.FakeCity
import gewu.testing.FakeGewu
import gewu.testing.client
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadow.api.Shadow
import org.robolectric.shadows.ShadowNetwork
import org.robolectric.shadows.ShadowNetworkCapabilities

/** The thin parts over Android's own framework, as Robolectric runs it on a JVM. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], manifest = Config.NONE)
class FrameworkTest {
    private val context: Application = RuntimeEnvironment.getApplication()
    private val scheduler = context.getSystemService(JobScheduler::class.java)

    private fun hole() = ReportRequest(
        `class` = ClassRef(ClassKind.Component, "01002"),
        position = PositionInput(lon = 123.422729, lat = 41.7999616, accuracyM = 5.0, datum = Datum.WGS84),
        text = "路上有个坑",
    )

    class Syncing : GewuJobService() {
        override suspend fun client(): GewuClient? = client

        companion object {
            var client: GewuClient? = null
        }
    }

    class Started : GewuStartReceiver() {
        override val service = Syncing::class.java
    }

    @Test
    fun `a phone that was started has its jobs planned and leaving takes them back`() {
        Started().onReceive(context, Intent(Intent.ACTION_SCREEN_ON))
        assertTrue(scheduler.allPendingJobs.isEmpty())
        Started().onReceive(context, Intent(Intent.ACTION_BOOT_COMPLETED))
        val jobs = scheduler.allPendingJobs.associateBy { it.id }
        assertEquals(setOf(JobNumbers.ONCE, JobNumbers.REGULAR), jobs.keys)
        assertTrue(jobs.values.all { it.isPersisted && it.service.className == Syncing::class.java.name })
        assertTrue(jobs.getValue(JobNumbers.REGULAR).isPeriodic)
        SyncJobs(PlatformJobs(context, Syncing::class.java)).stop()
        assertTrue(scheduler.allPendingJobs.isEmpty())
    }

    /** What the platform does when the time of a job has come; how it ended, by whether it is to come again. */
    private fun run(client: GewuClient?): Boolean {
        Syncing.client = client
        val service = Robolectric.buildService(Syncing::class.java).create().get()
        assertTrue(service.onStartJob(Shadow.newInstanceOf(JobParameters::class.java)))
        val shadow = shadowOf(service)
        val patience = System.nanoTime() + 20_000_000_000
        while (!shadow.isJobFinished && System.nanoTime() < patience) Thread.sleep(10)
        assertTrue(shadow.isJobFinished)
        return shadow.isRescheduleNeeded
    }

    @Test
    fun `a job syncs and comes again as long as the city is away`() = runBlocking {
        assertFalse("nobody is signed in", run(null))
        val city = FakeCity()
        FakeGewu(city).client().use { client ->
            client.consent("2026-01")
            client.enrol(city.url)
            client.report(hole())
            city.reachable = false
            assertTrue(run(client))
            assertFalse(client.status().synced)
            city.reachable = true
            assertFalse(run(client))
            assertTrue(client.status().synced)
        }
    }

    @Test
    fun `a network that comes and goes is told`() {
        val manager = context.getSystemService(ConnectivityManager::class.java)
        val told = mutableListOf<NetworkKind>()
        var back = 0
        val watch = NetworkWatch({ told += it }, { back++ }).apply { start(context) }
        val callback = shadowOf(manager).networkCallbacks.single()
        val (network, free) = ShadowNetwork.newInstance(1) to capabilities(NetworkCapabilities.NET_CAPABILITY_NOT_METERED)
        callback.onCapabilitiesChanged(network, free)
        callback.onCapabilitiesChanged(network, capabilities())
        callback.onLost(network)
        callback.onCapabilitiesChanged(network, free)
        val expected = listOf(NetworkKind.WIFI, NetworkKind.CELLULAR, NetworkKind.OFFLINE, NetworkKind.WIFI)
        assertEquals(expected to 2, told to back)
        watch.close()
        assertTrue(shadowOf(manager).networkCallbacks.isEmpty())
    }

    private fun capabilities(vararg more: Int): NetworkCapabilities {
        val made = ShadowNetworkCapabilities.newInstance()
        val all = listOf(NetworkCapabilities.NET_CAPABILITY_VALIDATED, NetworkCapabilities.NET_CAPABILITY_NOT_ROAMING)
        (all + more.toList()).forEach { shadowOf(made).addCapability(it) }
        if (NetworkCapabilities.NET_CAPABILITY_NOT_METERED !in more) {
            shadowOf(made).removeCapability(NetworkCapabilities.NET_CAPABILITY_NOT_METERED)
        }
        return made
    }

    @Test
    fun `fixes of the receiver come with what speaks against them until nobody listens`() = runBlocking {
        val manager = context.getSystemService(LocationManager::class.java)
        shadowOf(manager).setProviderEnabled(LocationManager.GPS_PROVIDER, true)
        val receivers = PlatformFixes(manager, intervalMs = 0)
        val heard = mutableListOf<Fix>()
        val stop = receivers.start { heard += it }
        receive(fix(accuracy = 4f, mock = false))
        receive(fix(accuracy = 6f, mock = true))
        stop()
        receive(fix(accuracy = 8f, mock = false))
        assertEquals(listOf(4.0 to false, 6.0 to true), heard.map { it.accuracyM to it.mock })
        val first = async(Dispatchers.Default) { judgedFixes(receivers).first() }
        while (!first.isCompleted) {
            receive(fix(accuracy = 4f, mock = true))
            Thread.sleep(20)
        }
        assertFalse(first.await() is Judged.Good)
    }

    private fun receive(location: Location) {
        shadowOf(context.getSystemService(LocationManager::class.java)).simulateLocation(location)
        shadowOf(Looper.getMainLooper()).idle()
    }

    private fun fix(accuracy: Float, mock: Boolean) = Location(LocationManager.GPS_PROVIDER).apply {
        longitude = 123.422729
        latitude = 41.7999616
        this.accuracy = accuracy
        time = System.currentTimeMillis()
        elapsedRealtimeNanos = SystemClock.elapsedRealtimeNanos()
        isMock = mock
    }

    @Test
    fun `a notice stands on the board once for a case and opens it`() {
        val manager = context.getSystemService(NotificationManager::class.java)
        val opens = PendingIntent.getActivity(context, 0, Intent("open"), PendingIntent.FLAG_IMMUTABLE)
        val board = NoticeBoard(context, android.R.drawable.ic_dialog_info, { "task" to it.kind.name }, { opens })
        board.prepare("Tasks")
        assertEquals("Tasks", manager.notificationChannels.single().name)
        listOf(TaskNotice.Kind.NEW, TaskNotice.Kind.OVERDUE).forEach { board.show(TaskNotice("case", "handle", it)) }
        val shown = shadowOf(manager).allNotifications.single()
        assertEquals("OVERDUE", shadowOf(shown).contentText)
        assertEquals(opens, shown.contentIntent)
    }

    @Test
    fun `the power of the phone is read`() {
        assertEquals(false, powerOf(context).saver)
    }

    /** The device of the guide: its folder, its key under the key store's, over the real library. */
    @Test
    fun `a device on the phone keeps its key wrapped and is the same after a start`() = runBlocking {
        PretendKeyStore.install()
        openOnPhone(context).use { client ->
            client.consent("2026-01")
            client.newDraft()
        }
        val kept = context.noBackupFilesDir.resolve("gewu-secrets").listFiles().orEmpty()
        assertTrue(kept.isNotEmpty())
        val secrets = keystoreSecrets(context)
        kept.forEach { file ->
            val secret = checkNotNull(secrets.get(file.name))
            val (clear, stored) = listOf(secret, file.readBytes()).map { String(it, Charsets.ISO_8859_1) }
            assertFalse("${file.name} lies in clear", clear in stored)
        }
        openOnPhone(context).use { client -> assertEquals(1, client.drafts().size) }
    }
}
