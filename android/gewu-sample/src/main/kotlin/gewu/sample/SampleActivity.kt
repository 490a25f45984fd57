package gewu.sample

import android.Manifest
import android.app.Activity
import android.content.Intent
import android.os.Build
import android.os.Bundle
import android.os.Handler
import android.os.Looper
import android.provider.MediaStore
import gewu.EvidenceRole
import gewu.PhotoFile
import gewu.android.Capture
import gewu.android.Judged
import gewu.android.NetworkWatch
import gewu.android.PlatformFixes
import gewu.android.judgedFixes
import gewu.client.GewuClient
import gewu.client.ReportModel
import gewu.client.attempt
import gewu.client.classes
import gewu.ui.Session
import gewu.ui.SessionModel
import gewu.ui.SyncModel
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

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        val app = application as SampleApp
        scope.launch { begin(app.client(), app.server) }
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
            is Session.SignedIn -> screens.main(session.role, session.problem)
        }
        setContentView(view)
    }

    override fun report() {
        val client = client ?: return
        requestPermissions(arrayOf(Manifest.permission.ACCESS_FINE_LOCATION, Manifest.permission.ACCESS_COARSE_LOCATION), 0)
        screen.coroutineContext.cancelChildren()
        screen.launch {
            val model = ReportModel.begin(client, screen)
            val report = ReportScreen(look, screen, model, this@SampleActivity, showSession)
            setContentView(report.view(client.classes()))
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
            val copies = withContext(Dispatchers.IO) { picked.map { capture.picked(it, EvidenceRole.SCENE) } }
            wanting?.invoke(copies)
        }
    }

    private companion object {
        const val PICK = 1
        const val MOST = 5
    }
}
