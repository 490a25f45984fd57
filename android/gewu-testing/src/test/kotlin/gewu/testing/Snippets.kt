package gewu.testing

import gewu.client.GewuClient
import kotlinx.coroutines.runBlocking

// The snippet of docs/howto/threads-and-lifecycle.md, word for word; PagesTest compares and runs it.

fun testWithoutServer(work: suspend (GewuClient, FakeCity) -> Unit): Unit = runBlocking {
    val city = FakeCity()
    FakeGewu(city).client().use { client ->
        client.consent("test")
        client.enrol(city.url, city.code("li", "inspector", dutyGrids = listOf("990101Z01")))
        work(client, city)
    }
}
