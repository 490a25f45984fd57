package gewu.docs

import gewu.CaseId
import gewu.ClassKind
import gewu.ClassRef
import gewu.Datum
import gewu.DraftInput
import gewu.EvidenceRole
import gewu.FieldTask
import gewu.PhotoFile
import gewu.PositionInput
import gewu.Provenance
import gewu.ReportRequest
import gewu.SignInRequest
import gewu.StatusCounts
import gewu.SyncTrigger
import gewu.client.GewuCitizen
import gewu.client.GewuClient
import gewu.client.Outcome
import gewu.client.Reported
import gewu.client.attempt
import gewu.client.liveStatus
import gewu.client.liveTasks
import gewu.client.report
import gewu.client.syncing
import gewu.client.valueOrNull
import gewu.testing.GewuTestServer
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.launchIn
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import java.nio.file.Files

// The snippets of the guides for embedding, word for word; SnippetsTest compares.

suspend fun firstStart(client: GewuClient, server: String, code: String) {
    if (!client.hasConsent()) client.consent(terms = "2026-01")
    when (val enrolled = attempt { client.enrol(server, code) }) {
        is Outcome.Done -> println("welcome, ${enrolled.value.who.user}")
        is Outcome.Failed -> println("${enrolled.wayOut}: ${enrolled.text}")
    }
}

suspend fun reportCover(client: GewuClient, photo: String): CaseId {
    val request = ReportRequest(
        `class` = ClassRef(ClassKind.Component, "01002"),
        position = PositionInput(lon = 123.422729, lat = 41.7999616, accuracyM = 5.0, datum = Datum.WGS84),
        text = "井盖缺失",
        photos = listOf(PhotoFile(photo, EvidenceRole.SCENE, Provenance.CAMERA)),
    )
    return client.report(request).case
}

fun CoroutineScope.showToday(client: GewuClient, show: (List<FieldTask>, StatusCounts) -> Unit) {
    combine(client.liveTasks(), client.liveStatus(), ::Pair)
        .onEach { (tasks, status) -> show(tasks, status) }
        .launchIn(this)
    launch {
        val synced = attempt { client.syncing(SyncTrigger.FOREGROUND).collect { println("a step of the sync") } }
        if (synced is Outcome.Failed) println("not synced: ${synced.text}")
    }
}

fun testWithRealServer(work: suspend (GewuClient) -> Unit): Unit = runBlocking {
    GewuTestServer.start().use { server ->
        val folder = Files.createTempDirectory("device").toFile()
        GewuClient.open(folder.path).use { client ->
            client.consent("test")
            client.enrol(server.url, server.code("li", "inspector", dutyGrids = listOf("990101Z01")))
            work(client)
        }
        check(folder.deleteRecursively())
    }
}

suspend fun citizenScreen(screen: GewuCitizen, input: DraftInput, photo: PhotoFile): String {
    if (!screen.hasConsent()) screen.consent("2026-01")
    val outcome = attempt { screen.report(input, listOf(photo)) }
    if (outcome is Outcome.Failed) return "not saved: ${outcome.text}"
    attempt { screen.sync() }
    return when (val reported = outcome.valueOrNull()) {
        is Reported.Done -> "saved as ${reported.saved.case}"
        else -> "kept until there is a network"
    }
}

suspend fun followAndRate(screen: GewuCitizen, show: (String) -> Unit) {
    val mine = screen.myReports().first().rows
    mine.forEach { row -> show("${row.summary}: ${row.publicStage}") }
    val done = mine.firstOrNull { "rate" in screen.show(it.case).publicWord?.may.orEmpty() }
    if (done != null) screen.rate(done.case, score = 5, words = "谢谢")
}

suspend fun signedIn(screen: GewuCitizen, backend: suspend (SignInRequest) -> String): Outcome<Unit> = attempt {
    if (screen.account() == null) screen.signIn(backend(screen.signInRequest()))
}
