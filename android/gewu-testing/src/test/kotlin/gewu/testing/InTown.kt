package gewu.testing

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.TestInstance
import kotlin.time.Duration.Companion.seconds

/** Tests in one town, the real one or the fake one, which begins with the first of them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class InTown {
    internal abstract fun newTown(): Town

    private val lazyTown = lazy { newTown() }
    internal val town by lazyTown

    @AfterAll
    fun closeTown() {
        if (lazyTown.isInitialized()) town.close()
    }

    internal fun test(work: suspend CoroutineScope.() -> Unit): Unit = runBlocking { withTimeout(30.seconds, work) }
}
