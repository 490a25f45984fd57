package gewu.client

import gewu.OpenOptions
import kotlinx.coroutines.runBlocking

/** Saves until somebody kills it, and says each save when it has returned. */
fun main(words: Array<String>): Unit = runBlocking {
    val (folder, what) = words
    val client = GewuClient.open(OpenOptions(folder = folder, lockPatienceMs = 20_000u))
    while (true) {
        println(if (what == "drafts") client.savedDraft() else client.savedReport())
        System.out.flush()
    }
}

private suspend fun GewuClient.savedReport() = report(request("killed", listOf(photo()))).case

private suspend fun GewuClient.savedDraft(): String {
    val draft = newDraft(
        gewu.DraftInput(`class` = manhole, position = atTheMarket(), text = "killed"),
    )
    attach(draft, photo())
    return draft
}
