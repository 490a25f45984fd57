package gewu.sample

import android.Manifest
import android.app.Activity
import android.content.Intent
import android.net.Uri
import android.os.Build
import android.os.Bundle
import android.os.Handler
import android.os.Looper
import android.provider.MediaStore
import android.view.View
import android.widget.Toast
import gewu.EvidenceRole
import gewu.PhotoFile
import gewu.android.Capture
import gewu.android.Judged
import gewu.android.NetworkWatch
import gewu.android.PlatformFixes
import gewu.android.judgedFixes
import gewu.client.GewuClient
import gewu.client.Outcome
import gewu.client.ReportModel
import gewu.client.attempt
import gewu.client.classes
import gewu.client.valueOrNull
import gewu.ui.Session
import gewu.ui.SessionModel
import gewu.ui.SyncModel
import gewu.ui.Word
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.cancel
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.launchIn
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import java.io.IOException
import java.util.concurrent.Executor

/** The one activity: opens the client, and shows the screen of the session as it changes. */
class SampleActivity : Activity(), Ways {
    private val main = Executor { Handler(Looper.getMainLooper()).post(it) }.asCoroutineDispatcher()
    private val scope = CoroutineScope(SupervisorJob() + main)

    /** Everything of the screen that is shown, ended with it. */
    private val screen = CoroutineScope(SupervisorJob(scope.coroutineContext.job) + main)
    private val look by lazy { Look(this) }
    private val capture by lazy { Capture(this) }
    private var client: GewuClient? = null
    private var network: NetworkWatch? = null
    private val isInFront = MutableStateFlow(false)
    private var session: Session = Session.Looking
    private var showSession: () -> Unit = {}
    private var wanting: ((List<PhotoFile>) -> Unit)? = null

    /** A report is on the screen; it is shown again where the platform made the activity anew. */
    private var isReporting = false

    /** The report on the screen. */
    private var shown: ReportScreen? = null

    /** Photos that came before the report was back on the screen. */
    private var unclaimed: List<PhotoFile> = emptyList()

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        isReporting = state?.getBoolean(REPORTING) ?: false
        open()
    }

    override fun onSaveInstanceState(state: Bundle) {
        state.putBoolean(REPORTING, isReporting)
        super.onSaveInstanceState(state)
    }

    private fun open() {
        val app = application as SampleApp
        scope.launch {
            when (val opened = attempt { app.client() }) {
                is Outcome.Done -> begin(opened.value, app.server)
                is Outcome.Failed -> setContentView(unopened(opened))
            }
        }
    }

    /** A key store that is locked, a full disk: said, and tried again by a tap. */
    private fun unopened(why: Outcome.Failed): View {
        val words = look.words
        val said = look.problem().apply { text = "${words[Word.of(why.wayOut)]}: ${why.text}" }
        return look.screen(look.heading(Word.APP), said, look.button(Word.AGAIN) { open() })
    }

    override fun onStart() {
        super.onStart()
        isInFront.value = true
    }

    override fun onStop() {
        isInFront.value = false
        super.onStop()
    }

    override fun onDestroy() {
        scope.cancel()
        network?.close()
        super.onDestroy()
    }

    private suspend fun begin(opened: GewuClient, server: String) {
        client = opened
        val model = SessionModel(opened, server)
        val sync = SyncModel(opened)
        network = NetworkWatch(opened::tellNetwork, opened::syncSoon).also { it.start(this) }
        val screens = Screens(look, screen, opened, model, sync, this)
        showSession = { show(screens, session) }
        model.state.onEach {
            session = it
            showSession()
        }.launchIn(scope)
        scope.launch { staySynced(opened, sync, model) }
        model.look()
    }

    /** By itself while somebody is signed in and looks; the platform's jobs do the rest. */
    private suspend fun staySynced(client: GewuClient, sync: SyncModel, model: SessionModel) {
        val isOurs = combine(isInFront, model.state) { front, session -> front && session is Session.SignedIn }
        isOurs.distinctUntilChanged().collectLatest { ours ->
            when (ours) {
                true -> attempt { sync.inFront() }
                false -> leaveToJobs(applicationContext, client)
            }
        }
    }

    private fun show(screens: Screens, session: Session) {
        screen.coroutineContext.cancelChildren()
        val view = when (session) {
            Session.Looking -> return
            Session.NeedsConsent -> screens.consent()
            is Session.NeedsSignIn -> screens.signIn(session.problem, session.lockers)
            is Session.SignedIn -> if (isReporting) return report() else screens.main(session.role, session.problem)
        }
        setContentView(view)
    }

    override fun report() {
        val client = client ?: return
        isReporting = true
        requestPermissions(arrayOf(Manifest.permission.ACCESS_FINE_LOCATION, Manifest.permission.ACCESS_COARSE_LOCATION), 0)
        screen.coroutineContext.cancelChildren()
        screen.launch {
            val model = ReportModel.goOn(client, screen)
            val report = ReportScreen(look, screen, model, this@SampleActivity) {
                isReporting = false
                shown = null
                showSession()
            }
            // Before the first sync there are none, and handing in says that a class is missing.
            val classes = attempt { client.classes() }.valueOrNull().orEmpty()
            setContentView(report.view(classes))
            shown = report
            report.add(unclaimed)
            unclaimed = emptyList()
            follow(model)
        }
    }

    /** The draft lies where the phone is, as far as its fixes can be believed. */
    private fun follow(model: ReportModel) {
        judgedFixes(PlatformFixes(this)).filterIsInstance<Judged.Good>().onEach { good ->
            model.edit { it.copy(position = good.fix.toPosition()) }
        }.launchIn(screen)
    }

    override fun photos(done: (List<PhotoFile>) -> Unit) {
        wanting = done
        val several = capture.pickerIntent().putExtra(Intent.EXTRA_ALLOW_MULTIPLE, true)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) several.putExtra(MediaStore.EXTRA_PICK_IMAGES_MAX, MOST)
        startActivityForResult(several, PICK)
    }

    override fun used(photos: List<PhotoFile>) {
        scope.launch(Dispatchers.IO) { photos.forEach(capture::clean) }
    }

    @Deprecated("the platform's own way without androidx")
    override fun onActivityResult(asked: Int, result: Int, data: Intent?) {
        if (asked != PICK || result != RESULT_OK || data == null) return
        val many = data.clipData?.let { clip -> List(clip.itemCount) { clip.getItemAt(it).uri } }
        val picked = many ?: listOfNotNull(data.data)
        scope.launch {
            // Copying takes its time.
            val copies = withContext(Dispatchers.IO) { picked.mapNotNull(::copied) }
            if (copies.size < picked.size) Toast.makeText(this@SampleActivity, look.words[Word.NO_PHOTO], Toast.LENGTH_LONG).show()
            hand(copies)
        }
    }

    /** To whoever asked; where the activity was made anew since, to the report that is on its screen, or will be. */
    private fun hand(photos: List<PhotoFile>) {
        val taking = wanting ?: shown?.let { report -> report::add }
        wanting = null
        when {
            taking != null -> taking(photos)
            isReporting -> unclaimed = photos
            else -> used(photos)
        }
    }

    /** Null for one that is gone, or that no other app may read any more. */
    private fun copied(photo: Uri): PhotoFile? = try {
        capture.picked(photo, EvidenceRole.SCENE)
    } catch (gone: IOException) {
        null
    } catch (forbidden: SecurityException) {
        null
    } catch (nothing: IllegalStateException) {
        null
    }

    private companion object {
        const val PICK = 1
        const val REPORTING = "reporting"
        const val MOST = 5
    }
}
