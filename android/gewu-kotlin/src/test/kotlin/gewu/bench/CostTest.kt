package gewu.bench

import gewu.CancelHandle
import gewu.ClassKind
import gewu.ClassRef
import gewu.Datum
import gewu.Gewu
import gewu.ListQuery
import gewu.PositionInput
import gewu.ReportRequest
import gewu.testing.GewuTestServer
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import java.io.File
import java.nio.file.Files

/** What calls cost from Kotlin, and how long ten thousand cases take to their first page; `cargo xtask bench apps`. */
@Tag("bench")
class CostTest {
    private val market = PositionInput(lon = 123.422_729, lat = 41.799_961_6, accuracyM = 5.0, datum = Datum.WGS84)
    private val cases = Integer.getInteger("gewu.bench.cases", 10_000)

    @Test
    fun `calls and the first page`() {
        val kept = System.getenv("GEWU_BENCH_FOLDER")?.let(::File)
        val folder = kept ?: Files.createTempDirectory("gewu-bench").toFile()
        GewuTestServer.start().use { server ->
            Gewu.open(folder.path).use { gewu ->
                gewu.consent("bench")
                CancelHandle().use { gewu.enrol(server.url, it, server.code("bench", "inspector", dutyGrids = listOf("990101Z01"))) }
                repeat(cases) { gewu.report(ReportRequest(`class` = ClassRef(ClassKind.Component, "01002"), position = market, text = "case $it")) }
                val empty = microseconds { gewu.hasConsent() }
                val locate = microseconds { gewu.locate(market) }
                val page = microseconds { assertEquals(50, gewu.list(ListQuery(limit = 50u)).rows.size) }
                println("kotlin: a call of next to nothing (hasConsent) %.1f us, locate %.1f us, page of 50 %.1f us (medians)".format(empty, locate, page))
            }
            val openings = List(OPENINGS) {
                val start = System.nanoTime()
                Gewu.open(folder.path).use { gewu ->
                    assertEquals(50, gewu.list(ListQuery(limit = 50u)).rows.size)
                    (System.nanoTime() - start) / 1e6
                }
            }
            val median = openings.sorted()[OPENINGS / 2]
            println("kotlin: open with $cases cases to the first page %.1f ms (median of $OPENINGS, at most %.1f); budget 150".format(median, openings.max()))
            assertTrue(median <= 150.0, "$median ms")
        }
        // Whoever named the folder goes on with it.
        if (kept == null) folder.deleteRecursively()
    }

    /** The median of many, after as many to warm up. */
    private fun microseconds(call: () -> Unit): Double {
        repeat(ROUNDS) { call() }
        val spent = LongArray(ROUNDS) {
            val start = System.nanoTime()
            call()
            System.nanoTime() - start
        }
        return spent.sorted()[ROUNDS / 2] / 1e3
    }

    private companion object {
        const val ROUNDS = 2_000
        const val OPENINGS = 11
    }
}
