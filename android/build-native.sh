#!/usr/bin/env bash
# Builds the library for Android's four ABIs, without a network of its own: the app carries requests.
# Wants cargo-ndk, an Android NDK (ANDROID_NDK_HOME) and rustup's four targets. Never run where this was
# written.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

out="android/gewu-android/src/main/jniLibs"
abis=(arm64-v8a armeabi-v7a x86_64 x86)

rm -rf "$out"
for abi in "${abis[@]}"; do
    # .cargo/config.toml aligns 64-bit libraries to pages of 16 KB and says what SQLite is built without;
    # bindings/build.rs has relocations packed and the generator's descriptions kept out.
    cargo ndk --target "$abi" --platform 26 --output-dir "$out" \
        rustc --profile mobile --package gewu-ffi --no-default-features --lib --crate-type cdylib
done

reader="$(find "$ANDROID_NDK_HOME" -name llvm-readelf -print -quit)"
for abi in arm64-v8a x86_64; do
    library="$out/$abi/libgewu_ffi.so"
    if "$reader" --segments "$library" | awk '$1 == "LOAD" && $NF != "0x4000" { bad = 1 } END { exit !bad }'; then
        echo "$library is not aligned to pages of 16 KB" >&2
        exit 1
    fi
done
find "$out" -name '*.so' -exec ls -l {} +
