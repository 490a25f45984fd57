package gewu.sample

import android.app.job.JobScheduler
import android.content.Intent
import gewu.CaseId
import gewu.ClassKind
import gewu.ClassRef
import gewu.Datum
import gewu.EvidenceRole
import gewu.PhotoFile
import gewu.PositionInput
import gewu.Provenance
import gewu.ReportRequest
import gewu.Stage
import gewu.android.PretendKeyStore
import gewu.client.GewuClient
import gewu.client.case
import gewu.client.cases
import gewu.client.classes
import gewu.client.drafts
import gewu.client.report
import gewu.client.status
import gewu.client.sync
import gewu.client.word
import gewu.testing.GewuTestServer
import gewu.ui.Palette
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.AfterClass
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.BeforeClass
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowToast
import java.io.File

/** The sample with a city that is there. */
class CityApp : SampleApp() {
    override val server: String get() = SampleAppTest.city.url
}

/** The sample's screens over Android's own framework, as Robolectric runs it, with the real library and a real server. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = CityApp::class, manifest = Config.NONE)
class SampleAppTest {
    private val app get() = RuntimeEnvironment.getApplication() as SampleApp
    private lateinit var activity: ActivityController<SampleActivity>
    private lateinit var screen: Screen

    @Before
    fun start() {
        PretendKeyStore.install()
        activity = Robolectric.buildActivity(SampleActivity::class.java).setup()
        screen = Screen(activity.get())
        screen.until("a first screen") { screen.has("Agree and continue") || screen.has("同意并继续") }
    }

    @After
    fun end() {
        activity.pause().stop().destroy()
        runBlocking { app.client() }.close()
    }

    private fun photo(name: String) = File(System.getProperty("gewu.fixtures"), "photos/$name")

    private fun manhole(): String = runBlocking { app.client().classes().first { it.code == "01002" }.name.word() }

    @Test
    fun `a citizen reports with a photo and sees it received`() {
        screen.tap("Agree and continue")
        screen.tap("I am a citizen")
        screen.tap("Report")
        screen.tap(manhole())
        screen.stand()
        screen.untilShown("Grid 990101")
        screen.type("What is the matter", "the cover is gone")
        screen.tap("Add a photo")
        screen.pick(photo("manhole-before.jpg"))
        screen.untilShown("Photos 1")
        screen.tap("Hand in")
        screen.untilShown("the cover is gone · Received")
        screen.until("everything delivered") { runBlocking { app.client().status().synced } }
        val case = runBlocking { app.client().cases().rows.single().case }
        assertTrue("the cover is gone" in city.op("show", case))
        city.op("file", case)
        screen.tap("Sync now")
        screen.untilShown("the cover is gone · Accepted")
        assertTrue(screen.has("Urge"))
    }

    @Test
    fun `a crew takes a task goes there and hands its work in with photos`() {
        val case = dispatched("drainage")
        screen.tap("Agree and continue")
        screen.until("the way in") { screen.has("Sign in") }
        screen.type("Enrolment code", "WRNG-C0DE")
        screen.tap("Sign in")
        screen.untilShown("The centre refused it")
        screen.type("Enrolment code", city.code("li", "crew", units = listOf("drainage")))
        listOf("Sign in", "Take", "Set out", "Arrived").forEach(screen::tap)
        screen.tap("Work done")
        screen.pick(photo("manhole-before.jpg"), photo("manhole-after.jpg"))
        screen.until("everything delivered") {
            runBlocking { app.client().status().synced && app.client().case(case).row.stage == Stage.HANDLED }
        }
        val seen = city.op("show", case)
        listOf("take", "set_out", "arrived", "handle").forEach { assertTrue("$it in $seen", "\"$it\"" in seen) }
        activity.recreate()
        screen = Screen(activity.get())
        screen.until("the tasks again") { screen.has("Sign out") }
    }

    @Test
    fun `a report on the screen is there again with its words class and photo when the platform makes the screen anew`() {
        screen.tap("Agree and continue")
        screen.tap("I am a citizen")
        screen.tap("Report")
        screen.tap(manhole())
        screen.until("the chosen class") { screen.has("✓ ${manhole()}") && screen.selected == manhole() }
        screen.type("What is the matter", "half-written words")
        screen.until("the words kept") { runBlocking { app.client().drafts().single().input.text } == "half-written words" }
        screen.tap("Add a photo")
        activity.recreate()
        screen.pick(photo("manhole-before.jpg"), into = activity.get())
        screen = Screen(activity.get())
        screen.untilShown("half-written words")
        screen.untilShown("Photos 1")
        screen.until("the class again") { screen.has("✓ ${manhole()}") }
        screen.tap("Discard")
        screen.tap("Sign out")
        screen.until("the way in") { screen.has("I am a citizen") }
    }

    @Test
    fun `a photo that nobody can read is said and ends nothing`() {
        screen.tap("Agree and continue")
        screen.tap("I am a citizen")
        screen.tap("Report")
        screen.tap("Add a photo")
        screen.pick(File("/no/such/photo.jpg"))
        screen.until("the word on it") { ShadowToast.getTextOfLatestToast() == "A photo cannot be read" }
        assertTrue(screen.shows("Photos 0"))
    }

    /** A case of somebody else's that a unit is asked to work on. */
    private fun dispatched(unit: String): CaseId = runBlocking {
        GewuClient.open(app.filesDir.resolve("another phone").path).use { wang ->
            wang.consent("2026-01")
            wang.enrol(city.url, city.code("wang", "inspector", dutyGrids = listOf("990101Z01")))
            val place = PositionInput(lon = 123.422729, lat = 41.7999616, accuracyM = 5.0, datum = Datum.WGS84)
            val scene = PhotoFile(photo("manhole-before.jpg").path, EvidenceRole.SCENE, Provenance.CAMERA)
            val kind = ClassRef(ClassKind.Component, "01002")
            val case = wang.report(ReportRequest(`class` = kind, position = place, text = "loose", photos = listOf(scene))).case
            wang.sync()
            city.op("file", case)
            city.op("dispatch", case, "--lead", unit)
            case
        }
    }

    @Test
    @Config(qualifiers = "zh-rCN-night")
    fun `in the dark and in Chinese the same screens speak Chinese on dark ground`() {
        screen.tap("同意并继续")
        screen.until("the way in") { screen.has("我是市民") }
        assertEquals(Palette.DARK.background, screen.ground)
    }

    @Test
    fun `the start of the phone plans the app's own jobs`() {
        SampleStart().onReceive(app, Intent(Intent.ACTION_BOOT_COMPLETED))
        val planned = app.getSystemService(JobScheduler::class.java).allPendingJobs
        assertEquals(setOf(SampleJobs::class.java.name), planned.map { it.service.className }.toSet())
    }

    companion object {
        lateinit var city: GewuTestServer

        @BeforeClass
        @JvmStatic
        fun begin() {
            city = GewuTestServer.start()
        }

        @AfterClass
        @JvmStatic
        fun finish() = city.close()
    }
}
