// Never run where this was written; see settings.gradle.kts.
plugins {
    id("com.android.application")
    kotlin("android")
}

android {
    namespace = "gewu.sample"
    compileSdk = 34
    defaultConfig {
        applicationId = "gewu.sample"
        minSdk = 26
        targetSdk = 34
    }
    sourceSets["main"].kotlin.srcDir("src/main/kotlin")
}

dependencies {
    implementation(project(":gewu-android"))
    implementation(project(":gewu-ui-model"))
}
