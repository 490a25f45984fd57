// Never run where this was written; see settings.gradle.kts.
plugins {
    kotlin("jvm")
    `maven-publish`
}

kotlin {
    jvmToolchain(17)
    compilerOptions { jvmTarget = org.jetbrains.kotlin.gradle.dsl.JvmTarget.JVM_11 }
    sourceSets["main"].kotlin.srcDir("../../bindings/generated/kotlin")
}

java { targetCompatibility = JavaVersion.VERSION_11 }

dependencies {
    api("org.jetbrains.kotlinx:kotlinx-coroutines-core:1.10.2")
    // On Android the AAR of the same version takes its place, see gewu-android.
    compileOnly("net.java.dev.jna:jna:5.18.1")
}

publishing { publications { create<MavenPublication>("jar") { from(components["java"]) } } }
