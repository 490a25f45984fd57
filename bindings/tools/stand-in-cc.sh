#!/usr/bin/env bash
# Compiles C with the machine's own compiler, whatever target was asked for: `cargo check` runs the
# build script of SQLite, but nothing links what it made. What comes out is not for shipping.
set -euo pipefail
words=()
skip=
for word in "$@"; do
    if [ -n "$skip" ]; then
        skip=
        continue
    fi
    case $word in
    --target=* | -march=* | -mfloat-abi=* | -mfpu=* | -mthumb | -mios* | -miphoneos* | -mtargetos=* | -fembed-bitcode*) ;;
    -target | -isysroot | -arch) skip=1 ;;
    *) words+=("$word") ;;
    esac
done
exec cc "${words[@]}"
