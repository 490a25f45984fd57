// Never run where this was written; see settings.gradle.kts.
plugins {
    kotlin("jvm")
    `maven-publish`
}

kotlin { jvmToolchain(17) }

publishing { publications { create<MavenPublication>("jar") { from(components["java"]) } } }
