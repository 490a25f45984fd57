// Never run where this was written; see settings.gradle.kts.
plugins {
    kotlin("jvm")
    `maven-publish`
}

kotlin { jvmToolchain(17) }

dependencies { api(project(":gewu-kotlin")) }

publishing { publications { create<MavenPublication>("jar") { from(components["java"]) } } }
