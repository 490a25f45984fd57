package gewu.testing

import gewu.client.GewuCitizen
import gewu.client.GewuClient
import gewu.client.attempt
import gewu.client.stayingSynced
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

// The snippets of docs/howto/threads-and-lifecycle.md, word for word; PagesTest compares and runs them.

// While the app is in front or somebody is on shift; cancel it before `suspend()`.
fun staySynced(client: GewuClient, scope: CoroutineScope): Job = scope.launch {
    client.tellForeground(true)
    try {
        attempt { client.stayingSynced().collect { } }
    } finally {
        client.tellForeground(false)
    }
}

fun testWithoutServer(work: suspend (GewuClient, FakeCity) -> Unit): Unit = runBlocking {
    val city = FakeCity()
    FakeGewu(city).client().use { client ->
        client.consent("test")
        client.enrol(city.url, city.code("li", "inspector", dutyGrids = listOf("990101Z01")))
        work(client, city)
    }
}

fun testOfACitizensScreen(work: suspend (GewuCitizen, FakeCity) -> Unit): Unit = runBlocking {
    val city = FakeCity()
    FakeGewu(city).citizen().use { screen ->
        screen.consent("test")
        work(screen, city)
    }
}
