package gewu.client

import gewu.CancelHandle
import gewu.Gewu
import gewu.ListQuery
import gewu.OpenOptions
import gewu.SdkException
import gewu.StorageProblem
import gewu.SyncOutcome
import gewu.UploadPolicy
import gewu.Over
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File
import java.net.ServerSocket

/** What an app gets that calls too early, too late, or with what cannot be taken. */
class ErrorsTest {
    private fun failed(outcome: Outcome<*>): Outcome.Failed = outcome as Outcome.Failed

    @Test
    fun `nothing happens before consent`() = test {
        Folder().use { folder ->
            GewuClient.open(folder.path).use { client ->
                assertFalse(client.hasConsent())
                assertEquals(WayOut.GIVE_UP, failed(attempt { client.enrol(city.url) }).wayOut)
                assertEquals(WayOut.GIVE_UP, failed(attempt { client.report(request()) }).wayOut)
                client.consent("2026-01")
                assertTrue(client.hasConsent())
            }
        }
    }

    @Test
    fun `a device of no city asks to be enrolled`() = test {
        stranger().use { device ->
            val why = failed(attempt { device.client.whoami() })
            assertEquals(WayOut.ENROL, why.wayOut)
            assertTrue("enrol" in why.text, why.text)
            assertEquals(WayOut.ENROL, failed(attempt { device.client.sync() }).wayOut)
        }
    }

    @Test
    fun `a field that cannot be taken is named`() = test {
        inspector().use { wang ->
            val wrong = request().copy(`class` = manhole.copy(code = "99999"))
            val why = failed(attempt { wang.client.report(wrong) })
            assertEquals(WayOut.CORRECT_INPUT to "class", why.wayOut to why.field)
            val far = request().copy(position = atTheMarket().copy(lat = 91.0))
            assertEquals("position", failed(attempt { wang.client.report(far) }).field)
            val text = request(photos = listOf(photo("bad/text.jpg")))
            assertEquals("photo", failed(attempt { wang.client.report(text) }).field)
            assertTrue(wang.client.cases().rows.none { it.summary == "unseen" })
        }
    }

    @Test
    fun `text that is no identity is an error and no crash`() = test {
        stranger().use { device ->
            val why = runCatching { device.client.case("case 7") }.exceptionOrNull()
            assertTrue(why != null && why !is Error, "$why")
            val unknown = attempt { device.client.case("00112233445566778899aabbccddeeff") }
            assertEquals(WayOut.REFRESH, failed(unknown).wayOut)
        }
    }

    @Test
    fun `a wrong address and an absent server are told apart`() = test {
        stranger().use { device ->
            val wrong = failed(attempt { device.client.enrol("city hall") })
            assertEquals(WayOut.CORRECT_INPUT to "server", wrong.wayOut to wrong.field)
            val port = ServerSocket(0).use { it.localPort }
            val absent = failed(attempt { device.client.enrol("http://127.0.0.1:$port") })
            assertEquals(WayOut.TRY_LATER, absent.wayOut)
        }
    }

    @Test
    fun `a used code is refused in the server's words`() = test {
        stranger().use { device ->
            val why = failed(attempt { device.client.enrol(city.url, "WRNG-C0DE") })
            assertEquals(WayOut.ASK_THE_CITY, why.wayOut)
            assertTrue(why.text.isNotBlank())
        }
    }

    @Test
    fun `a folder belongs to one client at a time`() = test {
        Folder().use { folder ->
            GewuClient.open(folder.path).use {
                val second = attempt {
                    GewuClient.open(OpenOptions(folder = folder.path, lockPatienceMs = 50u))
                }
                assertEquals(WayOut.TRY_LATER, failed(second).wayOut)
                assertTrue("closed" in failed(second).text)
            }
            GewuClient.open(folder.path).close()
        }
    }

    @Test
    fun `a file in the place of the folder is a problem of storage`() = test {
        Folder().use { folder ->
            val file = File(folder.child("file")).apply { writeText("text") }
            val why = failed(attempt { GewuClient.open(file.path) })
            assertEquals(WayOut.MEND_STORAGE, why.wayOut)
        }
    }

    @Test
    fun `a damaged database is moved aside and reported`() = test {
        Folder().use { folder ->
            GewuClient.open(folder.path).use { it.consent("1") }
            File(folder.child("gewu.db")).writeBytes(ByteArray(100_000) { 7 })
            File(folder.child("gewu.db-wal")).delete()
            val why = failed(attempt { GewuClient.open(folder.path) })
            val problem = why.problem as StorageProblem.Corrupt
            assertTrue(File(problem.movedTo).exists())
            GewuClient.open(folder.path).close()
        }
    }

    @Test
    fun `every call after close fails and none crashes`() = test {
        val device = inspector()
        val client = device.client
        device.close()
        repeat(3) {
            assertThrows(IllegalStateException::class.java) { kotlinx.coroutines.runBlocking { client.cases() } }
        }
        assertThrows(IllegalStateException::class.java) { kotlinx.coroutines.runBlocking { client.report(request()) } }
        assertThrows(IllegalStateException::class.java) { client.core.listen(Deaf) }
        client.close()
    }

    @Test
    fun `a used handle stays used`() = test {
        inspector().use { wang ->
            CancelHandle().use { handle ->
                handle.cancel()
                assertTrue(handle.isCancelled())
                val stopped = wang.client.core.sync(handle)
                assertEquals(SyncOutcome.Cancelled, stopped.outcome)
            }
        }
    }

    @Test
    fun `calls while suspended fail and go on after resuming`() = test {
        inspector().use { wang ->
            val case = wang.client.report(request(photos = listOf(photo()))).case
            wang.client.suspend()
            val why = failed(attempt { wang.client.case(case) })
            assertEquals(StorageProblem.Suspended, why.problem)
            wang.client.resume()
            assertEquals(case, wang.client.case(case).row.case)
        }
    }

    @Test
    fun `signing out is refused while something is unsent`() = test {
        inspector().use { wang ->
            wang.client.report(request(photos = listOf(photo())))
            assertEquals(WayOut.GIVE_UP, failed(attempt { wang.client.signOut() }).wayOut)
            wang.client.signOut(wang.folder.child("unsent"))
            assertTrue(File(wang.folder.child("unsent")).list()!!.isNotEmpty())
            assertTrue(wang.client.cases().rows.isEmpty())
            assertEquals(WayOut.ENROL, failed(attempt { wang.client.whoami() }).wayOut)
        }
    }

    @Test
    fun `what is locked up waits for whoever has the passphrase`() = test {
        inspector().use { wang ->
            val case = wang.client.report(request(photos = listOf(photo()))).case
            val user = wang.client.whoami().user
            assertEquals("passphrase", failed(attempt { wang.client.lockUp("short") }).field)
            wang.client.lockUp("巡查 77 号")
            assertEquals(WayOut.ENROL, failed(attempt { wang.client.whoami() }).wayOut)
            val locker = wang.client.lockers().single()
            assertEquals(user, locker.user)
            assertTrue(locker.unsent > 0u)
            assertEquals("passphrase", failed(attempt { wang.client.unlock(locker.name, "巡查 78 号") }).field)
            assertEquals(user, wang.client.unlock(locker.name, "巡查 77 号").user)
            assertEquals(case, wang.client.case(case).row.case)
            assertTrue(wang.client.lockers().isEmpty())
        }
    }

    @Test
    fun `every error has words and a way out`() {
        val errors = listOf(
            SdkException.InvalidInput("field", "text"),
            SdkException.NotFound("text"),
            SdkException.NotPermitted("text"),
            SdkException.NotEnrolled("text"),
            SdkException.Storage(StorageProblem.Full, "text"),
            SdkException.Network("text"),
            SdkException.ServerRefused(403u, "text"),
            SdkException.TooOld("text"),
            SdkException.Busy("text"),
        )
        assertEquals(SdkException::class.java.declaredClasses.count { SdkException::class.java.isAssignableFrom(it) }, errors.size)
        assertTrue(errors.all { it.words == "text" })
        assertEquals(WayOut.entries.toSet(), errors.map { it.wayOut }.toSet())
        assertNull((attempt { throw errors[1] } as Outcome.Failed).field)
    }

    @Test
    fun `a listener that throws anything hears no more`() = test {
        inspector().use { wang ->
            listOf(IllegalStateException("of the app"), NotImplementedError("of the app")).forEach { thrown ->
                var heard = 0
                val tell: (gewu.SyncProgress) -> Unit = {
                    heard++
                    throw thrown
                }
                wang.client.report(request(photos = listOf(photo())))
                assertEquals(SyncOutcome.Complete, wang.client.sync(onStep = tell).outcome)
                assertEquals(1, heard, "$thrown")
            }
        }
    }

    @Test
    fun `uploads keep to what the user decided`() = test {
        inspector().use { wang ->
            val paused = UploadPolicy(true, Over.ANY, Over.ANY, Over.ANY, 8_000_000u)
            wang.client.setUploadPolicy(paused)
            assertEquals(paused, wang.client.uploadPolicy())
            wang.client.report(request(photos = listOf(photo())))
            wang.client.sync()
            val held = wang.client.status()
            assertTrue(held.heldBack > 0u && !held.synced, "$held")
            wang.client.setUploadPolicy(paused.copy(paused = false))
            wang.synced()
            assertTrue(wang.client.status().synced)
        }
    }

    @Test
    fun `pages go on where they ended`() = test {
        inspector().use { wang ->
            val own = List(5) { wang.client.report(request("page $it", listOf(photo()))).case }
            val query = ListQuery(mine = true, limit = 2u)
            val page = wang.client.cases(query)
            assertEquals(2, page.rows.size)
            val all = mutableListOf<String>()
            wang.client.allCases(query).collect { all += it.case }
            assertEquals(own.toSet(), all.toSet())
            assertEquals(own.size, all.size)
        }
    }

    @Test
    fun `a bundle leaves the device as one file`() = test {
        inspector().use { wang ->
            val case = wang.client.report(request(photos = listOf(photo()))).case
            wang.synced()
            val file = wang.folder.child("case.gewu")
            val exported = wang.client.exportCases(listOf(case), file)
            assertEquals(1u, exported.cases)
            assertEquals(exported.bytes.toLong(), File(file).length())
            wang.client.report(request("unsent", listOf(photo())))
            assertTrue(wang.client.exportUnsent(wang.folder.child("unsent.gewu")).bytes > 0u)
        }
    }

    @Test
    fun `the plain bindings work too`() {
        Folder().use { folder ->
            Gewu.open(folder.path).use { gewu ->
                assertFalse(gewu.hasConsent())
                assertTrue(gewu.status().synced)
            }
        }
    }

    private object Deaf : gewu.ChangeListener {
        override fun changed(what: List<gewu.Changed>) = Unit
    }
}
