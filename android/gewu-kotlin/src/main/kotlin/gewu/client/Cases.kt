package gewu.client

import gewu.CaseContact
import gewu.CaseDetail
import gewu.CaseId
import gewu.CaseRow
import gewu.ClassInfo
import gewu.ClassKind
import gewu.Digest
import gewu.Exported
import gewu.FieldTask
import gewu.ListQuery
import gewu.Located
import gewu.Names
import gewu.NearbyComponent
import gewu.PackInfo
import gewu.Page
import gewu.PositionInput
import gewu.ScrubReport
import gewu.StatusCounts
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.sync.withPermit
import java.util.Locale

/** Some cases, newest first. */
suspend fun GewuClient.cases(query: ListQuery = ListQuery()): Page = call { list(query) }

/** All cases of a query, page by page as they are collected. */
fun GewuClient.allCases(query: ListQuery = ListQuery()): Flow<CaseRow> = flow {
    var next = query
    do {
        val page = cases(next)
        page.rows.forEach { emit(it) }
        next = next.copy(after = page.next)
    } while (page.next != null)
}

/** One case, whole. */
suspend fun GewuClient.case(case: CaseId): CaseDetail = call { show(case) }

/** Says that the user opened a case; answers whether that signed for their task in it. */
suspend fun GewuClient.opened(case: CaseId): Boolean = call { opened(case) }

/** What the user may write or ask for in a case now, by the neutral names of kinds. */
suspend fun GewuClient.allowed(case: CaseId): Set<String> = call { allowed(case) }.toSet()

/** What the user is asked to do. */
suspend fun GewuClient.tasks(): List<FieldTask> = call { tasks() }

/** How to reach who reported a case, as far as this user may see it. */
suspend fun GewuClient.contact(case: CaseId): CaseContact = call { contact(case) }

/** What is unsent. */
suspend fun GewuClient.status(): StatusCounts = call { status() }

/** One digest over what a case says here. */
suspend fun GewuClient.stateHash(case: CaseId): Digest = call { stateHash(case) }

/**
 * Writes a photo or small picture to a file; it is fetched when it is not here. Of these few run at a time, and
 * the others wait without holding a thread.
 */
suspend fun GewuClient.savePhoto(photo: Digest, file: String) =
    fetching.withPermit { call { savePhoto(photo, file) } }

/** The bytes of a small picture, found as [savePhoto] finds them. For a whole photo a file is the better way. */
suspend fun GewuClient.photoBytes(photo: Digest): ByteArray = fetching.withPermit { call { photoBytes(photo) } }

/** Reads files again, about so many bytes of them. For when the phone charges. */
suspend fun GewuClient.scrub(mostBytes: Long): ScrubReport = call { scrub(mostBytes.unsigned("mostBytes")) }

/** Writes cases to a file that proves itself without a server. */
suspend fun GewuClient.exportCases(cases: List<CaseId>, file: String): Exported =
    call { exportCases(cases, file) }

/** Writes everything unsent to a file, so that it can be handed in otherwise. */
suspend fun GewuClient.exportUnsent(file: String): Exported = call { exportUnsent(file) }

/** The classes that can be reported. */
suspend fun GewuClient.classes(): List<ClassInfo> = call { classes() }

/** Classes by words, initials of pinyin or code, the best first. */
suspend fun GewuClient.searchClasses(text: String, kind: ClassKind? = null, limit: Int = 20): List<ClassInfo> =
    call { searchClasses(text, kind, limit.unsigned("limit")) }

/** The packs that are held. */
suspend fun GewuClient.packs(): List<PackInfo> = call { packs() }

/** What the city calls things: by neutral name, for a case or for new ones. */
suspend fun GewuClient.labels(case: CaseId? = null): Labels = Labels(call { labels(case) })

/** Where a position lies; null outside of all that the device knows. */
suspend fun GewuClient.locate(position: PositionInput): Located? = call { locate(position) }

/** The components nearest to a position. */
suspend fun GewuClient.componentsNear(
    position: PositionInput,
    radiusM: Double,
    code: String? = null,
    count: Int = 20,
): List<NearbyComponent> = call { componentsNear(position, radiusM, code, count.unsigned("count")) }

/** The position as seen from the nearest door plate. */
suspend fun GewuClient.address(position: PositionInput): String? = call { address(position) }

/** What a city calls kinds, stages and roles. */
class Labels internal constructor(private val names: Map<String, Names>) {
    /** The word for a neutral name in the language of the phone, or the name itself. */
    fun word(name: String, locale: Locale = Locale.getDefault()): String =
        names[name]?.word(locale) ?: name
}

/** The Chinese, or for everybody else the English where somebody translated it. */
fun Names.word(locale: Locale = Locale.getDefault()): String =
    if (locale.language == "zh" || en.isEmpty()) zh else en
