package gewu.client

import gewu.SyncOutcome
import gewu.testing.GewuTestServer
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File

/** The server that apps start in their own tests. */
class TestServerTest {
    @Test
    fun `one line starts a city and takes it away again`() = test {
        val url: String
        GewuTestServer.start().use { server ->
            url = server.url
            inspector(server).use { wang ->
                wang.client.report(request(photos = listOf(photo())))
                assertEquals(SyncOutcome.Complete, wang.client.sync().outcome)
                assertTrue("\"stage\"" in server.op("list"))
            }
        }
        stranger().use { late ->
            assertEquals(WayOut.TRY_LATER, (attempt { late.client.enrol(url) } as Outcome.Failed).wayOut)
        }
    }

    @Test
    fun `a word that the operator may not say is an error with the server's words`() {
        val why = assertThrows(IllegalStateException::class.java) { city.op("close", "no such case") }
        assertTrue("gewu op close" in why.message!!, why.message)
    }

    @Test
    fun `a program that is not there is said`() {
        assertThrows(java.io.IOException::class.java) { GewuTestServer.start("/nowhere/gewu") }
        assertTrue(File(System.getProperty("gewu.program")).canExecute())
    }
}
