package gewu.client

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import java.io.File

/**
 * A device of Kotlin's and one of Swift's, each a process of its own for every step, with one server
 * between them. Runs where both toolchains are: GEWU_SWIFT_DEVICE holds the command that runs Swift's,
 * a word a line, and GEWU_PAIR_FOLDER a folder that both processes see.
 */
@Tag("pair")
class PairTest {
    private val swift = System.getenv("GEWU_SWIFT_DEVICE").lines()
    private val home = File(System.getenv("GEWU_PAIR_FOLDER"))

    @Test
    fun `a kotlin process reports and a swift process handles and both hold the same`() =
        loop(kotlinDevice(), swift)

    @Test
    fun `a swift process reports and a kotlin process handles and both hold the same`() =
        loop(swift, kotlinDevice())

    /** The whole loop: one reports and checks, the other handles. */
    private fun loop(reporter: List<String>, handler: List<String>) = test {
        val (li, zhao, unit) = Triple(name("li"), name("zhao"), name("unit"))
        val (field, crew) = listOf(li, zhao).map { home.resolve(it).path }
        said(handler + crew + "enrol" + city.url + city.code(zhao, "crew", listOf(unit)))
        val code = city.code(li, "inspector", dutyGrids = listOf(MARKET))
        val case = said(reporter + field + "report" + city.url + code).last()
        dispatch(case, unit)
        said(handler + crew + "handle" + case)
        city.op("check-request", case, "--person", li)
        said(reporter + field + "check" + case)
        city.op("close", case)
        val here = held(reporter + field, case)
        assertTrue(here[0].matches(Regex("[0-9a-f]{64}")), here[0])
        assertEquals("closed", here[1])
        assertEquals(here, held(handler + crew, case))
    }

    /** What a device holds of the case after a sync: its hash and its stage. */
    private fun held(device: List<String>, case: String): List<String> =
        said(device + "hash" + case).takeLast(2).map(String::lowercase)
}
