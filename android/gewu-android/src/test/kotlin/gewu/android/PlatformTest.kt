package gewu.android

import android.location.LocationListener
import android.location.LocationManager
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.mockito.ArgumentCaptor
import org.mockito.ArgumentMatchers.any
import org.mockito.ArgumentMatchers.anyFloat
import org.mockito.ArgumentMatchers.anyLong
import org.mockito.ArgumentMatchers.eq
import org.mockito.Mockito.mock
import org.mockito.Mockito.verify
import org.mockito.Mockito.verifyNoMoreInteractions
import org.mockito.Mockito.`when`

/** The thin parts over the platform's services, which are stand-ins here. */
class PlatformTest {
    private class Planned : Jobs {
        val all = mutableMapOf<Int, JobRequest>()
        override fun schedule(request: JobRequest) {
            all[request.number] = request
        }

        override fun cancel(number: Int) {
            all.remove(number)
        }
    }

    private val planned = Planned()
    private val jobs = SyncJobs(planned)

    @Test
    fun `a planned sync waits for its time and network and takes the place of another`() {
        jobs.plan(SyncPlan(needed = true))
        jobs.plan(SyncPlan(needed = true, delayMs = 5_000, unmeteredOnly = true))
        val request = planned.all.values.single()
        assertEquals(JobRequest(JobNumbers.ONCE, delayMs = 5_000, unmeteredOnly = true), request)
        jobs.plan(SyncPlan(needed = false))
        assertEquals(request, planned.all.values.single())
    }

    @Test
    fun `a start syncs at once and then regularly and leaving takes all back`() {
        jobs.started()
        assertEquals(setOf(JobNumbers.ONCE, JobNumbers.REGULAR), planned.all.keys)
        assertEquals(0, planned.all.getValue(JobNumbers.ONCE).delayMs)
        jobs.stop()
        assertTrue(planned.all.isEmpty())
    }

    @Test
    fun `a regular sync is no oftener than the platform allows`() {
        jobs.keepRegular(everyMs = 1)
        assertEquals(SyncPlanner.LEAST_MS, planned.all.getValue(JobNumbers.REGULAR).everyMs)
    }

    @Test
    fun `receivers that are there are asked and let go`() {
        val manager = mock(LocationManager::class.java)
        `when`(manager.allProviders).thenReturn(listOf("passive", LocationManager.GPS_PROVIDER))
        val stop = PlatformFixes(manager).start { }
        val listener = ArgumentCaptor.forClass(LocationListener::class.java)
        verify(manager).requestLocationUpdates(
            eq(LocationManager.GPS_PROVIDER), anyLong(), anyFloat(), listener.capture(), any(),
        )
        stop()
        verify(manager).removeUpdates(listener.value)
        verify(manager, org.mockito.Mockito.atLeastOnce()).allProviders
        verifyNoMoreInteractions(manager)
    }
}
