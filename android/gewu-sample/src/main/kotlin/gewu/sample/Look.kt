package gewu.sample

import android.content.Context
import android.content.res.Configuration
import android.text.InputType
import android.view.View
import android.view.ViewGroup
import android.view.accessibility.AccessibilityEvent
import android.widget.Button
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.TextView
import gewu.ui.Palette
import gewu.ui.Word
import gewu.ui.Words

/** Makes the app's views: its words, its colours by day and in the dark, and what a screen reader says. */
class Look(private val context: Context) {
    val words: Words = Words(context.resources.configuration.locales[0])
    val palette: Palette = if (isDark()) Palette.DARK else Palette.LIGHT
    private val space = (16 * context.resources.displayMetrics.density).toInt()

    /** Views from top to bottom, which scroll. */
    fun screen(vararg views: View): View {
        val column = column(*views).apply { setPadding(space, space, space, space) }
        return ScrollView(context).apply {
            setBackgroundColor(palette.background)
            isFillViewport = true
            addView(column)
        }
    }

    fun column(vararg views: View): LinearLayout = LinearLayout(context).apply {
        orientation = LinearLayout.VERTICAL
        views.forEach { addView(it, ViewGroup.LayoutParams.MATCH_PARENT, ViewGroup.LayoutParams.WRAP_CONTENT) }
    }

    fun heading(word: Word): TextView = text(words[word]).apply {
        textSize = 24f
        isAccessibilityHeading = true
    }

    fun text(text: String, colour: Int = palette.text, spoken: String? = null): TextView = TextView(context).apply {
        this.text = text
        textSize = 16f
        setTextColor(colour)
        setPadding(0, space / 2, 0, space / 2)
        contentDescription = spoken
    }

    /** What went wrong, read out at once. */
    fun problem(): TextView = text("", palette.overdue).apply { accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE }

    fun button(word: Word, spoken: String? = null, tap: () -> Unit): Button = Button(context).apply {
        text = words[word]
        setTextColor(palette.onAccent)
        setBackgroundColor(palette.accent)
        // 48 dp: what a finger hits.
        minimumHeight = space * 3
        contentDescription = spoken ?: words[word]
        setOnClickListener { tap() }
    }

    fun field(word: Word, lines: Int = 1): EditText = EditText(context).apply {
        hint = words[word]
        setTextColor(palette.text)
        setHintTextColor(palette.quiet)
        minLines = lines
        inputType = InputType.TYPE_CLASS_TEXT or if (lines > 1) InputType.TYPE_TEXT_FLAG_MULTI_LINE else 0
    }

    /** A field that shows nobody what is typed, and that the keyboard does not learn. */
    fun secret(word: Word): EditText = field(word).apply {
        inputType = InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_VARIATION_PASSWORD
    }

    private fun isDark(): Boolean {
        val night = context.resources.configuration.uiMode and Configuration.UI_MODE_NIGHT_MASK
        return night == Configuration.UI_MODE_NIGHT_YES
    }
}

/** Shows these views in the place of those before. */
fun LinearLayout.show(views: List<View>) {
    removeAllViews()
    views.forEach { addView(it) }
    sendAccessibilityEvent(AccessibilityEvent.TYPE_WINDOW_CONTENT_CHANGED)
}
