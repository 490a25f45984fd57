package gewu.sample

import android.app.Activity
import android.content.ClipData
import android.content.Intent
import android.graphics.drawable.ColorDrawable
import android.location.Location
import android.location.LocationManager
import android.net.Uri
import android.os.Looper
import android.os.SystemClock
import android.view.View
import android.view.ViewGroup
import android.widget.Button
import android.widget.EditText
import android.widget.ScrollView
import android.widget.TextView
import org.robolectric.Shadows.shadowOf
import java.io.File

/** What a user sees and does. */
internal class Screen(private val activity: Activity) {
    private val views: List<View> get() = below(activity.window.decorView)

    private fun below(view: View): List<View> {
        val children = (view as? ViewGroup)?.let { group -> List(group.childCount, group::getChildAt) }.orEmpty()
        return listOf(view) + children.flatMap(::below)
    }

    /** Everything that is written there. */
    val texts: List<String> get() = views.filterIsInstance<TextView>().map { it.text.toString() }

    /** The colour behind everything. */
    val ground: Int get() = (views.filterIsInstance<ScrollView>().first().background as ColorDrawable).color

    fun shows(part: String) = texts.any { part in it }

    /** What a screen reader calls selected. */
    val selected: String? get() = views.firstOrNull { it.isSelected }?.contentDescription?.toString()

    fun has(button: String) = button(button) != null

    /** Lets the main thread work until something is so. */
    fun until(what: String, condition: () -> Boolean) {
        val patience = System.nanoTime() + 30_000_000_000
        while (true) {
            shadowOf(Looper.getMainLooper()).idle()
            if (condition()) return
            check(System.nanoTime() < patience) { "waited in vain for: $what; the screen says $texts" }
            Thread.sleep(10)
        }
    }

    fun untilShown(part: String) = until("the words $part") { shows(part) }

    fun tap(label: String) {
        until("the button $label") { has(label) }
        checkNotNull(button(label)).performClick()
        shadowOf(Looper.getMainLooper()).idle()
    }

    fun type(hint: String, text: String) {
        views.filterIsInstance<EditText>().first { it.hint?.toString() == hint }.setText(text)
    }

    /** The phone is at the market. */
    fun stand() {
        val manager = activity.getSystemService(LocationManager::class.java)
        val fix = Location(LocationManager.GPS_PROVIDER).apply {
            longitude = 123.422729
            latitude = 41.7999616
            accuracy = 5f
            time = System.currentTimeMillis()
            elapsedRealtimeNanos = SystemClock.elapsedRealtimeNanos()
        }
        shadowOf(manager).setProviderEnabled(LocationManager.GPS_PROVIDER, true)
        shadowOf(manager).simulateLocation(fix)
    }

    /** Answers the picker that was opened last. */
    @Suppress("DEPRECATION")
    fun pick(vararg photos: File, into: Activity = activity) {
        val asked = shadowOf(activity).nextStartedActivityForResult
        val chosen = photos.map { ClipData.Item(Uri.fromFile(it)) }
        val clip = ClipData("photos", arrayOf("image/jpeg"), chosen[0]).apply { chosen.drop(1).forEach(::addItem) }
        val answer = Intent().apply { clipData = clip }
        shadowOf(into).callOnActivityResult(asked.requestCode, Activity.RESULT_OK, answer)
    }

    private fun button(label: String): Button? =
        views.filterIsInstance<Button>().firstOrNull { it.text.toString() == label && it.isEnabled }
}
