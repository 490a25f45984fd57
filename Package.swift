// swift-tools-version: 6.0
import PackageDescription

// Rust's part. On Apple's platforms an XCFramework that ios/tools/xcframework.sh makes; on Linux,
// where the tests run, the library that cargo built, in the folder that GEWU_LIB_DIR names.
#if os(Linux)
let core: Target = .systemLibrary(name: "gewuFFI", path: "ios/Sources/gewuFFI")
let built = Context.environment["GEWU_LIB_DIR"] ?? "target/debug"
// Only a package at the root, or one that is named by its path, may say this.
let linking: [LinkerSetting] = [
    .unsafeFlags(["-L", built, "-Xlinker", "-rpath", "-Xlinker", built]),
]
let tests: [Target] = [
    .executableTarget(
        name: "GewuDevice",
        dependencies: ["Gewu"],
        path: "ios/Sources/GewuDevice",
        linkerSettings: linking
    ),
    .testTarget(
        name: "GewuTests",
        dependencies: ["Gewu", "GewuTesting", "GewuDevice"],
        path: "ios/Tests/GewuTests",
        linkerSettings: linking
    ),
    .testTarget(
        name: "GewuTestingTests",
        dependencies: ["Gewu", "GewuTesting"],
        path: "ios/Tests/GewuTestingTests",
        linkerSettings: linking
    ),
    .testTarget(
        name: "GewuModelsTests",
        dependencies: ["GewuModels", "GewuTesting"],
        path: "ios/Tests/GewuModelsTests",
        linkerSettings: linking
    ),
    .testTarget(
        name: "GewuAppleTests",
        dependencies: ["GewuApple"],
        path: "ios/Tests/GewuAppleTests",
        linkerSettings: linking
    ),
    // As much of Apple's frameworks as GewuApple uses, so that it is compiled and tested here too.
    .target(name: "BackgroundTasks", path: "ios/Stubs/BackgroundTasks"),
    .target(name: "CoreLocation", path: "ios/Stubs/CoreLocation"),
    .target(name: "Network", path: "ios/Stubs/Network"),
]
let frameworks: [Target.Dependency] = ["BackgroundTasks", "CoreLocation", "Network"]
#else
let core: Target = .binaryTarget(name: "gewuFFI", path: "ios/build/gewuFFI.xcframework")
let tests: [Target] = []
let frameworks: [Target.Dependency] = []
#endif

let package = Package(
    name: "Gewu",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [
        .library(name: "Gewu", targets: ["Gewu"]),
        .library(name: "GewuApple", targets: ["GewuApple"]),
        .library(name: "GewuTesting", targets: ["GewuTesting"]),
    ],
    targets: [
        core,
        .target(
            name: "GewuSDK",
            dependencies: ["gewuFFI"],
            path: "bindings/generated/swift",
            exclude: ["gewuFFI.h", "gewuFFI.modulemap"],
            sources: ["GewuSDK.swift"],
            // What the generator writes is of Swift 5; everything by hand is of Swift 6.
            swiftSettings: [.swiftLanguageMode(.v5)]
        ),
        .target(
            name: "Gewu",
            dependencies: ["GewuSDK"],
            path: "ios/Sources/Gewu",
            // It speaks for Rust's part and for GewuApple too, which no app has without this.
            resources: [.copy("PrivacyInfo.xcprivacy")]
        ),
        .target(
            name: "GewuApple",
            dependencies: ["Gewu"] + frameworks,
            path: "ios/Sources/GewuApple"
        ),
        .target(name: "GewuTesting", dependencies: ["Gewu"], path: "ios/Sources/GewuTesting"),
        .target(name: "GewuModels", dependencies: ["Gewu"], path: "ios/Sources/GewuModels"),
        .target(
            name: "GewuSample",
            dependencies: ["Gewu", "GewuApple", "GewuModels"],
            path: "ios/Sources/GewuSample"
        ),
    ] + tests
)
