package gewu.client

import gewu.CheckResult
import gewu.SyncOutcome
import kotlinx.coroutines.runBlocking

/** One device in a process of its own, for one step of the loop: `FOLDER report URL CODE` and so on. */
fun main(words: Array<String>): Unit = runBlocking {
    val (folder, step) = words
    GewuClient.open(folder).use { client ->
        when (step) {
            "enrol" -> {
                client.consent("2026-01")
                client.enrol(words[2], words[3])
            }
            "report" -> {
                client.consent("2026-01")
                client.enrol(words[2], words[3])
                val saved = client.report(request("井盖缺失", listOf(photo())))
                client.mustSync()
                println(saved.case)
            }
            "handle" -> {
                client.mustSync()
                client.take(words[2])
                client.handle(words[2], workDone())
                client.mustSync()
            }
            "check" -> {
                client.mustSync()
                client.check(words[2], CheckResult.PASS, act("已修好", inspection()))
                client.mustSync()
            }
            "hash" -> {
                client.mustSync()
                println(client.stateHash(words[2]))
                println(client.case(words[2]).row.stage)
            }
            else -> error("no step $step")
        }
    }
}

private suspend fun GewuClient.mustSync() {
    val report = sync()
    check(report.outcome == SyncOutcome.Complete) { "$report" }
}
