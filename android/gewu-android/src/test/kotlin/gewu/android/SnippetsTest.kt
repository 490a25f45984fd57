package gewu.android

import android.content.Context
import android.net.Network
import android.net.NetworkCapabilities
import gewu.CancelHandle
import gewu.GewuInterface
import gewu.NoHandle
import gewu.SdkException
import gewu.StorageProblem
import gewu.client.GewuClient
import kotlinx.coroutines.CoroutineExceptionHandler
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.isActive
import kotlinx.coroutines.job
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.mockito.ArgumentMatchers.anyInt
import org.mockito.Mockito.mock
import org.mockito.Mockito.verifyNoInteractions
import org.mockito.Mockito.`when`
import org.mockito.stubbing.Answer

/** The snippets of the guide end no app, whatever the SDK says. */
class SnippetsTest {
    private val everything = listOf(
        SdkException.Busy("another sync is under way; wait for it and try again"),
        SdkException.NotPermitted("the user's consent is not recorded; ask for it first"),
        SdkException.Storage(StorageProblem.Suspended, "the sdk is suspended; resume it first"),
        SdkException.NotEnrolled("this device is not enrolled; enrol it with the server's address and a code"),
    )

    private class Handle : CancelHandle(NoHandle) {
        override fun cancel() = Unit
        override fun close() = Unit
    }

    /** A client each of whose calls fails. */
    private fun failing(error: Exception, asked: MutableList<String>) = GewuClient.over(
        mock(
            GewuInterface::class.java,
            Answer<Any> { call ->
                synchronized(asked) { asked += call.method.name }
                throw error
            },
        ),
        newHandle = ::Handle,
    )

    private val usable = mock(NetworkCapabilities::class.java).also { `when`(it.hasCapability(anyInt())).thenReturn(true) }

    private fun networkCame(error: Exception): Boolean {
        val asked = mutableListOf<String>()
        val quiet = CoroutineExceptionHandler { _, _ -> }
        val app = CoroutineScope(Dispatchers.Default + Job(SupervisorJob()) + quiet)
        val watch = networkWatch(failing(error, asked), app)
        watch.onCapabilitiesChanged(mock(Network::class.java), usable)
        runBlocking { app.coroutineContext.job.children.toList().joinAll() }
        watch.onLost(mock(Network::class.java))
        watch.close()
        assertTrue("sync" in asked.map { it.substringBefore('-') }, "$asked")
        return app.isActive
    }

    @Test
    fun `a network that comes ends no app`() {
        everything.forEach { assertTrue(networkCame(it), "$it") }
    }

    @Test
    fun `a network that comes after the client was closed ends no app`() {
        val told = mutableListOf<String>()
        fun closed(): Nothing = throw IllegalStateException("destroyed").also { told += "told" }
        val watch = NetworkWatch({ closed() }, { closed() })
        watch.onCapabilitiesChanged(mock(Network::class.java), usable)
        watch.onLost(mock(Network::class.java))
        assertEquals(3, told.size)
    }

    @Test
    fun `planning while there is nothing to ask plans nothing`() = runBlocking {
        val nobody = mock(Context::class.java)
        everything.forEach { planSync(nobody, failing(it, mutableListOf())) }
        verifyNoInteractions(nobody)
    }
}
