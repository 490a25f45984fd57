#!/usr/bin/env bash
# Makes ios/build/gewuFFI.xcframework, which Package.swift names, and says its checksum. Wants a Mac
# with Xcode and `rustup target add aarch64-apple-ios aarch64-apple-ios-sim x86_64-apple-ios`.
#
# It has never run: it was written on a machine without Xcode.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

[ "$(uname)" = Darwin ] || { echo "xcframework: this wants a Mac with Xcode" >&2; exit 1; }
export IPHONEOS_DEPLOYMENT_TARGET=16.0
targets=(aarch64-apple-ios aarch64-apple-ios-sim x86_64-apple-ios)
for target in "${targets[@]}"; do
    # The app carries the requests: no reqwest, rustls and tokio in the library.
    cargo rustc --locked --profile mobile --package gewu-ffi --no-default-features --lib \
        --crate-type staticlib --target "$target"
done

built=${CARGO_TARGET_DIR:-target}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/headers" "$work/simulator"
cp bindings/generated/swift/gewuFFI.h "$work/headers/"
# An XCFramework wants the map under this name.
cp bindings/generated/swift/gewuFFI.modulemap "$work/headers/module.modulemap"
lipo -create -output "$work/simulator/libgewu_ffi.a" \
    "$built/aarch64-apple-ios-sim/mobile/libgewu_ffi.a" \
    "$built/x86_64-apple-ios/mobile/libgewu_ffi.a"

out=ios/build
rm -rf "$out/gewuFFI.xcframework" "$out/gewuFFI.xcframework.zip"
mkdir -p "$out"
xcodebuild -create-xcframework \
    -library "$built/aarch64-apple-ios/mobile/libgewu_ffi.a" -headers "$work/headers" \
    -library "$work/simulator/libgewu_ffi.a" -headers "$work/headers" \
    -output "$out/gewuFFI.xcframework"

# For whoever publishes it: the zip and what a `.binaryTarget(url:checksum:)` wants.
(cd "$out" && ditto -c -k --keepParent gewuFFI.xcframework gewuFFI.xcframework.zip)
swift package compute-checksum "$out/gewuFFI.xcframework.zip"
