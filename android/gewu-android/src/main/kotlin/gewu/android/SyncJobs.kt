package gewu.android

import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobService
import android.content.BroadcastReceiver
import android.content.ComponentName
import android.content.Context
import android.content.Intent
import android.os.BatteryManager
import android.os.Build
import android.os.PowerManager
import gewu.SyncTrigger
import gewu.client.GewuClient
import gewu.client.sync
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.launch

/** Numbers of our jobs in the app; apps with jobs of their own keep off them. */
object JobNumbers {
    /** One sync, when there is a network. */
    const val ONCE = 0x6765_7701

    /** A sync now and then. */
    const val REGULAR = 0x6765_7702
}

/** A job for the platform, in numbers. */
data class JobRequest(
    /** One of [JobNumbers]. */
    val number: Int,
    /** Not before so many milliseconds from now; for a job that comes once. */
    val delayMs: Long = 0,
    /** Every so many milliseconds; null for once. */
    val everyMs: Long? = null,
    /** Whether a network that costs by the byte will not do. */
    val unmeteredOnly: Boolean = false,
)

/** The platform's jobs, or a stand-in: WorkManager in an app that uses it. */
interface Jobs {
    /** Plans a job, in the place of one of the same number. */
    fun schedule(request: JobRequest)

    /** Takes one back. */
    fun cancel(number: Int)
}

/** The platform's own job scheduler. Its jobs survive a restart of the phone. */
class PlatformJobs(private val context: Context, private val service: Class<out GewuJobService>) : Jobs {
    private val scheduler: JobScheduler
        get() = context.getSystemService(Context.JOB_SCHEDULER_SERVICE) as JobScheduler

    override fun schedule(request: JobRequest) {
        val free = JobInfo.NETWORK_TYPE_UNMETERED
        val builder = JobInfo.Builder(request.number, ComponentName(context, service))
            .setRequiredNetworkType(if (request.unmeteredOnly) free else JobInfo.NETWORK_TYPE_ANY)
            .setPersisted(true)
        when (val every = request.everyMs) {
            null -> builder.setMinimumLatency(request.delayMs)
                .setBackoffCriteria(30_000, JobInfo.BACKOFF_POLICY_EXPONENTIAL)
            else -> builder.setPeriodic(every)
        }
        scheduler.schedule(builder.build())
    }

    override fun cancel(number: Int) = scheduler.cancel(number)
}

/** Has the platform sync when it suits. */
class SyncJobs(private val jobs: Jobs) {
    /** Plans one sync, in the place of one that was planned. */
    fun plan(plan: SyncPlan) {
        if (!plan.needed) return
        jobs.schedule(JobRequest(JobNumbers.ONCE, plan.delayMs, unmeteredOnly = plan.unmeteredOnly))
    }

    /** Syncs now and then, also after the phone was started anew. */
    fun keepRegular(everyMs: Long = 60 * 60_000) {
        jobs.schedule(JobRequest(JobNumbers.REGULAR, everyMs = maxOf(everyMs, SyncPlanner.LEAST_MS)))
    }

    /** When the phone or the app was started: what is left goes up. */
    fun started() {
        plan(SyncPlan(needed = true))
        keepRegular()
    }

    /** Plans nothing any more: the user left. */
    fun stop() {
        jobs.cancel(JobNumbers.ONCE)
        jobs.cancel(JobNumbers.REGULAR)
    }
}

/**
 * Runs syncs that the platform starts. An app extends it, hands its client over and names it in its
 * manifest with the permission `android.permission.BIND_JOB_SERVICE`.
 */
abstract class GewuJobService : JobService() {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private val running = HashMap<Int, Job>()

    /** The app's one client; null when nobody agreed to anything or nobody is signed in. */
    protected abstract suspend fun client(): GewuClient?

    override fun onStartJob(parameters: JobParameters): Boolean {
        running[parameters.jobId] = scope.launch {
            val again = runOnce()
            jobFinished(parameters, again)
        }
        return true
    }

    /** The platform wants it to end: it loses nothing, and is run again. */
    override fun onStopJob(parameters: JobParameters): Boolean {
        running.remove(parameters.jobId)?.cancel()
        return true
    }

    override fun onDestroy() {
        scope.coroutineContext[Job]?.cancel()
        super.onDestroy()
    }

    private suspend fun runOnce(): Boolean = try {
        val report = client()?.sync(SyncTrigger.TIMER)
        report != null && SyncPlanner.after(report).needed
    } catch (stopped: CancellationException) {
        throw stopped
    } catch (error: Exception) {
        true
    }
}

/** Plans a sync when the phone was started or the app was replaced. An app extends it. */
abstract class GewuStartReceiver : BroadcastReceiver() {
    /** The service of the app. */
    protected abstract val service: Class<out GewuJobService>

    override fun onReceive(context: Context, intent: Intent) {
        if (intent.action !in STARTS) return
        SyncJobs(PlatformJobs(context, service)).started()
    }

    companion object {
        /** What it is to be registered for. */
        val STARTS = setOf(Intent.ACTION_BOOT_COMPLETED, Intent.ACTION_MY_PACKAGE_REPLACED)
    }
}

/** The power of the moment. */
fun powerOf(context: Context): Power {
    val battery = context.getSystemService(Context.BATTERY_SERVICE) as BatteryManager
    val power = context.getSystemService(Context.POWER_SERVICE) as PowerManager
    val charging = Build.VERSION.SDK_INT >= Build.VERSION_CODES.M && battery.isCharging
    return Power(
        percent = battery.getIntProperty(BatteryManager.BATTERY_PROPERTY_CAPACITY),
        charging = charging,
        saver = power.isPowerSaveMode,
    )
}
