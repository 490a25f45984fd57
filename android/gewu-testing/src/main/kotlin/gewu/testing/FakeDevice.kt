package gewu.testing

import gewu.ActInput
import gewu.CaseId
import gewu.ClassInfo
import gewu.MovedAside
import gewu.Saved
import gewu.SdkException
import gewu.SetAsideNote
import gewu.Warning

/** What one device holds. Every call under the lock of its city. */
internal class FakeDevice(val city: FakeCity) {
    var consented = false
    var suspended = false
    var user: FakeUser? = null
    var account: FakeAccount? = null
    var key: String = city.newId()
        private set
    val drafts = LinkedHashMap<String, FakeDraft>()
    val unsent = LinkedHashSet<String>()
    val aside = mutableListOf<MovedAside>()
    val setAside = mutableListOf<SetAsideNote>()
    private val logs = LinkedHashMap<CaseId, MutableList<FakeEntry>>()
    private val words = HashMap<CaseId, FakeWord>()

    fun enrolled(): FakeUser = user ?: throw SdkException.NotEnrolled("the device belongs to no city: enrol it first")

    /** Refuses whom no app signs in. */
    fun checkCitizen() {
        if (user?.isCitizen == false) throw SdkException.NotPermitted("this device is a member of staff's")
    }

    /** Puts a citizen's device under an account. */
    fun signIn(token: String) {
        val isNone = token.isBlank() || token.length > MOST_OF_TOKEN
        if (isNone) throw SdkException.InvalidInput("token", "this is no sign-in token")
        val signedIn = city.signedIn(token, key)
        if (account != null && account != signedIn) {
            throw SdkException.ServerRefused(403u, "this device reports under another account: leave first")
        }
        if (user == null) user = city.newCitizen()
        account = signedIn
    }

    fun known(): List<ClassInfo> {
        if (user == null) throw SdkException.TooOld("no catalogue is here yet; sync first")
        return city.classes
    }

    fun cases(): List<FakeCase> {
        val user = user ?: return emptyList()
        return logs.map { (id, log) -> FakeCase(id, log.toList(), unsent.toSet(), words[id], user, city) }
            .sortedWith(compareByDescending(FakeCase::updatedAt))
    }

    fun case(id: CaseId): FakeCase {
        checkCase(id)
        return cases().firstOrNull { it.id == id } ?: throw SdkException.NotFound("there is no such case on this device")
    }

    fun draft(id: String): FakeDraft = drafts[id.also(::checkDraft)] ?: throw SdkException.NotFound("there is no such draft")

    fun report(entry: FakeEntry): Saved {
        val id = city.newId()
        logs[id] = mutableListOf(entry)
        unsent += entry.hash
        val at = checkNotNull(entry.position)
        val warning = if (city.grids.none { it.holds(at.lon, at.lat) }) Warning.OUTSIDE_EVERY_GRID else null
        return Saved(id, entry.hash, warning)
    }

    fun write(case: CaseId, kind: String, act: ActInput, reason: String? = null, result: String? = null): Saved {
        val user = enrolled()
        val found = case(case)
        check(kind, act)
        val isOthers = act.role != null && act.role != user.role
        if (isOthers || kind !in found.may()) throw SdkException.NotPermitted("this user may not do that now")
        val photos = act.photos.map(::read)
        val unit = act.unit ?: user.units.firstOrNull()
        val entry = FakeEntry(
            city.newHash(), kind, user.name, user.role, unit, city.now(), act.text, reason, photos, result = result,
        )
        logs.getValue(case) += entry
        unsent += entry.hash
        return Saved(case, entry.hash, null)
    }

    /** Gives what the city has not, takes what this user may see. */
    fun exchange(): Exchange {
        val user = enrolled()
        val sent = logs.flatMap { (id, log) -> log.filter { it.hash in unsent }.map { id to it } }
        sent.forEach { (id, entry) ->
            city.cases.getOrPut(id) { mutableListOf() } += entry
            account?.takeIf { entry.kind == "report" }?.let { city.reporters[id] = it }
        }
        unsent.clear()
        val changed = city.cases.filter { (id, log) -> user.sees(log) && take(id, user, log) }.keys.toList()
        return Exchange(sent.size, changed)
    }

    /** What a device holds when its user has left. */
    fun forget() {
        user = null
        account = null
        key = city.newId()
        logs.clear()
        words.clear()
        drafts.clear()
        unsent.clear()
        aside.clear()
        setAside.clear()
    }

    /** Whether it says something else than before. */
    private fun take(id: CaseId, user: FakeUser, log: List<FakeEntry>): Boolean {
        val seen = if (user.isCitizen) log.filter { it.by == user.name } else log
        val word = if (user.isCitizen) city.word(id) else null
        val same = logs[id] == seen && words[id] == word
        logs[id] = seen.toMutableList()
        if (word != null) words[id] = word
        return !same
    }

    private fun FakeUser.sees(log: List<FakeEntry>): Boolean {
        if (log.first().by == name) return true
        if (isCitizen) return false
        val at = log.first().position
        val duty = at?.let { city.grids.firstOrNull { grid -> grid.holds(at.lon, at.lat) } }?.duty
        return duty in dutyGrids || log.any { entry -> name in entry.persons || entry.units.any { it in units } }
    }
}

private const val MOST_OF_TOKEN = 8_192

/** What an exchange came to. */
internal data class Exchange(val sent: Int, val changed: List<CaseId>)
