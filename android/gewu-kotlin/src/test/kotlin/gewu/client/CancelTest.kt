package gewu.client

import gewu.OpenOptions
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.count
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.util.concurrent.atomic.AtomicInteger

/** Callers that go while a call runs which no handle stops. */
class CancelTest {
    /** Begins [work] many times and cancels it a little later each time; [after] each, as the number of the time. */
    private suspend fun CoroutineScope.cancelled(work: suspend () -> Unit, after: suspend () -> Unit = {}) =
        repeat(90) { time ->
            val running = launch(Dispatchers.Default) { work() }
            delay(time % 9L)
            running.cancelAndJoin()
            after()
        }

    @Test
    fun `an opening that is cancelled holds no folder`() = test {
        Folder().use { folder ->
            val options = OpenOptions(folder = folder.path, lockPatienceMs = 0u)
            cancelled({ GewuClient.open(options).close() }) { GewuClient.open(options).close() }
        }
    }

    @Test
    fun `a consent that is cancelled is given again at once`() = test {
        repeat(36) { time ->
            Folder().use { folder ->
                GewuCitizen(city.url, OpenOptions(folder = folder.path, lockPatienceMs = 0u)).use { screen ->
                    val first = launch(Dispatchers.Default) { screen.consent("2026-01") }
                    delay(time % 9L)
                    first.cancelAndJoin()
                    screen.consent("2026-01")
                }
            }
        }
    }

    @Test
    fun `a report that is cancelled returns what it saved`() = test {
        citizen().use { someone ->
            val returned = AtomicInteger()
            cancelled({
                someone.client.report(request())
                returned.incrementAndGet()
            })
            val saved = someone.client.allCases().count()
            assertEquals(saved, returned.get())
            assertTrue(saved > 0)
        }
    }
}
