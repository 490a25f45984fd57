package gewu.sample

import android.text.Editable
import android.text.TextWatcher
import android.view.View
import android.widget.Button
import android.widget.EditText
import gewu.ClassInfo
import gewu.ClassRef
import gewu.PhotoFile
import gewu.client.Outcome
import gewu.client.ReportModel
import gewu.client.ReportPlace
import gewu.client.ReportState
import gewu.client.word
import gewu.ui.Word
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.launchIn
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.launch

/** The screen of a report: class, words, photos, and the grid as the phone moves. */
class ReportScreen(
    private val look: Look,
    private val scope: CoroutineScope,
    private val model: ReportModel,
    private val ways: Ways,
    private val done: () -> Unit,
) {
    private val words = look.words
    private val grid = look.text("", look.palette.quiet)
    private val similar = look.column()
    private val photos = look.text("", look.palette.quiet)
    private val said = look.problem()
    private var buttons: Map<ClassRef, Button> = emptyMap()

    fun view(classes: List<ClassInfo>): View {
        val text = look.field(Word.WHAT_HAPPENED, lines = 3).apply { setText(model.state.value.input.text) }
        text.onEdit { typed -> model.edit { it.copy(text = typed) } }
        model.state.onEach(::show).launchIn(scope)
        buttons = classes.associate { kind ->
            val ref = ClassRef(kind.kind, kind.code)
            ref to look.button(Word.CLASS, kind.name.word()) { model.edit { it.copy(`class` = ref) } }
                .apply { this.text = kind.name.word() }
        }
        model.state.map { it.input.`class` }.distinctUntilChanged().onEach(::choose).launchIn(scope)
        return look.screen(
            look.heading(Word.REPORT), grid, look.text(words[Word.CLASS]), look.column(*buttons.values.toTypedArray()), text,
            photos, look.button(Word.ADD_PHOTO) { ways.photos { all -> add(all) } }, similar, said,
            look.button(Word.HAND_IN) { scope.launch { if (model.handIn() is Outcome.Done) done() } },
            look.button(Word.DISCARD) { scope.launch { model.discard().also { done() } } },
        )
    }

    /** Shows which class is chosen; a screen reader says of a selected button that it is. */
    private fun choose(chosen: ClassRef?) = buttons.forEach { (ref, button) ->
        button.isSelected = ref == chosen
        button.text = if (ref == chosen) "✓ ${button.contentDescription}" else button.contentDescription
    }

    /** Attaches photos, and lets their copies go. */
    fun add(picked: List<PhotoFile>) {
        scope.launch { picked.forEach { model.attach(it) }.also { ways.used(picked) } }
    }

    private fun show(state: ReportState) {
        grid.text = when (val place = state.place) {
            is ReportPlace.In -> "${words[Word.GRID]} ${place.located.duty ?: place.located.unit}"
            ReportPlace.Outside -> words[Word.OUTSIDE]
            ReportPlace.Unknown -> words[Word.NO_PLACE]
        }
        photos.text = "${words[Word.PHOTOS]} ${state.photos.size}"
        similar.show(state.similar.map { look.text("${words[Word.SIMILAR]}: ${it.row.summary.orEmpty()}") })
        said.text = state.problem?.let { "${words[Word.of(it.wayOut)]}: ${it.text}" }.orEmpty()
    }
}

private fun EditText.onEdit(take: (String) -> Unit) = addTextChangedListener(object : TextWatcher {
    override fun beforeTextChanged(text: CharSequence?, start: Int, count: Int, after: Int) = Unit

    override fun onTextChanged(text: CharSequence?, start: Int, before: Int, count: Int) = Unit

    override fun afterTextChanged(text: Editable?) = take(text.toString())
})
