// Never run where this was written; see settings.gradle.kts.
plugins {
    id("com.android.library") version "8.13.0" apply false
    kotlin("android") version "2.2.20" apply false
    kotlin("jvm") version "2.2.20" apply false
}

// The one version of everything stands in the workspace.
val workspace = file("../Cargo.toml").readText()
val release = Regex("""\[workspace\.package]\s+version = "([^"]+)"""").find(workspace)!!.groupValues[1]

allprojects {
    group = "gewu"
    version = release
}
