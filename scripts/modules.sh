# shellcheck shell=bash
# Sourced behind environment.sh: builds Tests/Fuzzing, and the modules it is about, for speed and apart from SwiftPM, so
# that a normal build knows nothing of it.

# The packages' part is the debug build's: it is there anyhow, and little time is spent in it.
packages=(Crypto CryptoBoringWrapper CryptoExtras SwiftASN1 CCryptoBoringSSL CCryptoBoringSSLShims CXKCP CXKCPShims)

# Whether a file isn't there, or is older than what it is made of.
is_old() { # FILE SOURCES…
    [ ! -e "$1" ] || [ -n "$(find "${@:2}" scripts/modules.sh -name Corpus -prune -o -name Dictionaries -prune -o -type f -newer "$1" -print -quit)" ]
}

compile_module() { # NAME FOLDER-OF-SOURCES MODULES-IT-IMPORTS FLAGS…
    local name=$1 sources=$2 imports=()
    for import in $3; do imports+=("$folder/$import.o"); done
    shift 3
    is_old "$folder/$name.o" "$sources" "${imports[@]}" || return 0
    find "$sources" -name '*.swift' -not -path '*/Programs/*' -print0 | sort -z | xargs -0 \
        swiftc "$@" -module-name "$name" -parse-as-library -emit-module -emit-module-path "$folder/$name.swiftmodule" \
        -emit-object -o "$folder/$name.o"
}

# Makes a program of a file in Tests/Fuzzing/Programs.
build_program() { # FOLDER NAME FILE FLAGS…
    local folder=$1 name=$2 file=$3 flags maps=() objects=()
    shift 3
    is_old "$folder/$name" Sources/{Domain,Wire,Routing,Privacy,PrivacyData,Providers,Pipeline} \
        Tests/{TestSupport,Fuzzing,RestoredReplies} Package.resolved || return 0
    say "Build $name"
    mkdir -p "$folder"
    for target in CryptoExtras PrivacyData; do
        swift build --target "$target" >"$folder/packages.log" || { cat "$folder/packages.log"; return 1; }
    done
    for map in .build/checkouts/swift-crypto/Sources/*/include/module.modulemap .build/debug/PrivacyData.build/*.modulemap; do
        maps+=(-Xcc "-fmodule-map-file=$map")
    done
    mapfile -t objects < <(for package in "${packages[@]}"; do find ".build/debug/$package.build" -name '*.o'; done)
    flags=(
        -O -wmo -swift-version 6 -package-name northern -I "$folder" -I .build/debug/Modules "${maps[@]}"
        -enable-upcoming-feature ExistentialAny -enable-upcoming-feature MemberImportVisibility
        -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature NonisolatedNonsendingByDefault "$@"
    )
    compile_module Domain Sources/Domain "" "${flags[@]}" || return 1
    compile_module Wire Sources/Wire "" "${flags[@]}" || return 1
    compile_module Providers Sources/Providers "Domain Wire" "${flags[@]}" || return 1
    compile_module TestSupport Tests/TestSupport "" "${flags[@]}" || return 1
    compile_module Fuzzing Tests/Fuzzing "Domain Wire Providers TestSupport" "${flags[@]}" || return 1
    [ "$name" != recordings ] || compile_restoration "${flags[@]}" || return 1
    swiftc "${flags[@]}" -parse-as-library -module-name "$name" "Tests/Fuzzing/Programs/$file" \
        "$folder"/*.o "${objects[@]}" -lstdc++ -o "$folder/$name"
}

# What puts originals back into recorded replies. Its parts are looked at from inside.
compile_restoration() { # FLAGS…
    cp .build/debug/PrivacyData.build/data.S.o "$folder/PrivacyData.o"
    compile_module Routing Sources/Routing Domain "$@" || return 1
    compile_module Privacy Sources/Privacy Domain "$@" -enable-testing || return 1
    compile_module Pipeline Sources/Pipeline "Domain Wire Routing Privacy Providers" "$@" -enable-testing || return 1
    compile_module RestoredReplies Tests/RestoredReplies "Privacy Pipeline Fuzzing" "$@" || return 1
}
