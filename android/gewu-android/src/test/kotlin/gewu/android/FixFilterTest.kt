package gewu.android

import gewu.Datum
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class FixFilterTest {
    private val second = 1_000_000_000L

    private fun fix(
        at: Long = 100 * second,
        lon: Double = 123.42,
        lat: Double = 41.79,
        accuracy: Double? = 5.0,
        mock: Boolean = false,
    ) = Fix(lon, lat, accuracy, at, mock)

    private fun FixFilter.why(fix: Fix, now: Long = fix.elapsedNanos) =
        (judge(fix, now) as? Judged.Doubtful)?.why

    @Test
    fun `a fresh fix is gone by and keeps its numbers`() {
        val judged = FixFilter().judge(fix(), 101 * second) as Judged.Good
        val position = judged.fix.toPosition()
        assertEquals(listOf(123.42, 41.79, 5.0), listOf(position.lon, position.lat, position.accuracyM))
        assertEquals(Datum.WGS84, position.datum)
    }

    @Test
    fun `a fix that an app made up is marked whatever else it says`() {
        assertEquals(Doubt.MOCK, FixFilter().why(fix(mock = true)))
    }

    @Test
    fun `a fix from before is stale just beyond the limit`() {
        val filter = FixFilter(maxAgeMs = 10_000)
        assertNull(filter.why(fix(), now = 110 * second))
        assertEquals(Doubt.STALE, FixFilter(maxAgeMs = 10_000).why(fix(), now = 110 * second + 1))
    }

    @Test
    fun `no accuracy nought and a coarse one say too little`() {
        listOf(null, 0.0, 200.1).forEach { assertEquals(Doubt.COARSE, FixFilter().why(fix(accuracy = it))) }
        assertNull(FixFilter().why(fix(accuracy = 200.0)))
    }

    @Test
    fun `a jump is one beyond both circles and only for a while`() {
        // 0.01 degree of latitude is some 1,112 m.
        val filter = FixFilter()
        assertNull(filter.why(fix()))
        assertEquals(Doubt.JUMP, filter.why(fix(at = 101 * second, lat = 41.80)))
        assertNull(filter.why(fix(at = 120 * second, lat = 41.80)), "1,112 m in 20 s is a car")
        assertEquals(Doubt.JUMP, filter.why(fix(at = 121 * second, lat = 41.90)))
        assertNull(filter.why(fix(at = 240 * second, lat = 41.90)), "after two minutes anybody may be there")
    }

    @Test
    fun `a doubtful fix is no measure for the next`() {
        val filter = FixFilter()
        assertNull(filter.why(fix()))
        filter.why(fix(at = 101 * second, lat = 45.0))
        assertNull(filter.why(fix(at = 102 * second)))
    }

    @Test
    fun `a fix out of order is marked`() {
        val filter = FixFilter()
        assertNull(filter.why(fix(at = 105 * second)))
        assertEquals(Doubt.TIME_BACK, filter.why(fix(at = 104 * second), now = 105 * second))
    }

    @Test
    fun `metres are metres in both directions`() {
        assertEquals(111.2, metresBetween(fix(), fix(lat = 41.791)), 0.1)
        assertEquals(82.9, metresBetween(fix(), fix(lon = 123.421)), 0.1)
    }

    @Test
    fun `a flow of fixes stops its source when nobody collects`() = runBlocking {
        var stopped = 0
        val source = FixSource { take ->
            take(fix())
            return@FixSource { stopped += 1 }
        }
        val judged = judgedFixes(source, nowNanos = { 100 * second }).first()
        assertTrue(judged is Judged.Good)
        assertEquals(1, judgedFixes(source, nowNanos = { 100 * second }).take(1).toList().size)
        assertEquals(2, stopped)
    }
}
