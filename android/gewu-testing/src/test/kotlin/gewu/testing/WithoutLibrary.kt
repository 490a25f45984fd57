package gewu.testing

import gewu.EvidenceRole
import gewu.PhotoFile
import gewu.Provenance
import gewu.client.liveCases
import gewu.client.report
import gewu.client.status
import gewu.client.sync
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking

/** A report to a fake city, in a process that has no library; FakeTest reads what it prints. */
fun main(args: Array<String>): Unit = runBlocking {
    val city = FakeCity()
    FakeGewu(city).client().use { client ->
        client.consent("test")
        client.enrol(city.url)
        client.report(request(photos = listOf(PhotoFile(args[0], EvidenceRole.SCENE, Provenance.CAMERA))))
        client.sync()
        println("${client.liveCases().first().rows.single().stage} ${client.status().synced}")
    }
}
