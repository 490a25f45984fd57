// For real users, on a machine with the Android SDK. Never run where this was written: what is compiled
// and tested there is the Maven build beside it.
pluginManagement {
    repositories {
        google()
        mavenCentral()
    }
}
dependencyResolutionManagement {
    repositories {
        google()
        mavenCentral()
    }
}
rootProject.name = "gewu-android-build"
include(":gewu-kotlin", ":gewu-android", ":gewu-testing", ":gewu-ui-model", ":gewu-sample")
