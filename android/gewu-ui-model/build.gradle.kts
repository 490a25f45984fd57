// Never run where this was written; see settings.gradle.kts.
plugins { kotlin("jvm") }

kotlin {
    jvmToolchain(17)
    compilerOptions { jvmTarget = org.jetbrains.kotlin.gradle.dsl.JvmTarget.JVM_11 }
}

java { targetCompatibility = JavaVersion.VERSION_11 }

dependencies { api(project(":gewu-kotlin")) }
