// Never run where this was written; see settings.gradle.kts.
plugins {
    id("com.android.library")
    kotlin("android")
    `maven-publish`
}

android {
    namespace = "gewu.android"
    compileSdk = 36

    defaultConfig {
        // java.time and the key store's AES; the last phones below went out of service years ago.
        minSdk = 26
        consumerProguardFiles("consumer-rules.pro")
    }

    // What ../build-native.sh has built.
    sourceSets["main"].jniLibs.srcDir("src/main/jniLibs")
    publishing { singleVariant("release") }
}

kotlin { jvmToolchain(17) }

dependencies {
    api(project(":gewu-kotlin"))
    implementation("net.java.dev.jna:jna:5.18.1@aar")
}

afterEvaluate {
    publishing { publications { create<MavenPublication>("aar") { from(components["release"]) } } }
}
