# shellcheck shell=bash
# Sourced behind environment.sh: builds the programs of Tests/Fuzzing and Benchmarks/Micro, and the modules they are
# about, for speed and apart from SwiftPM, so that a normal build knows nothing of it.

# The packages' part is the debug build's: it is there anyhow, and little time is spent in it. A program for which that
# isn't so names the modules Crypto and CryptoBoringWrapper among its own.
packages=(Crypto CryptoBoringWrapper CryptoExtras SwiftASN1 CCryptoBoringSSL CCryptoBoringSSLShims CXKCP CXKCPShims)
swift_crypto=.build/checkouts/swift-crypto/Sources

# What is compiled as the release is (see scripts/build-release) shares a folder, so that it is compiled once.
optimized=.build/optimized
as_released=(-enforce-exclusivity=unchecked)

# As Package.swift has it.
features=(
    -enable-upcoming-feature ExistentialAny -enable-upcoming-feature MemberImportVisibility
    -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature NonisolatedNonsendingByDefault
)

# Of ours; all of these may also import what the packages offer.
declare -A imports=(
    [Domain]="" [Wire]="" [Routing]="Domain" [Privacy]="Domain" [Providers]="Domain Wire"
    [Pipeline]="Domain Wire Routing Privacy Providers" [CustodyLog]="Domain" [Storage]="Domain CustodyLog"
    [TestSupport]="" [Fuzzing]="Domain Wire Providers TestSupport" [RestoredReplies]="Privacy Pipeline Fuzzing"
    [CryptoBoringWrapper]="" [Crypto]="CryptoBoringWrapper"
)

# Whether a file isn't there, or is older than what it is made of.
is_old() { # FILE SOURCES…
    [ ! -e "$1" ] || [ -n "$(find "${@:2}" scripts/modules.sh -name Corpus -prune -o -name Dictionaries -prune -o \
        -type f -newer "$1" -print -quit)" ]
}

sources_of() { # MODULE
    case $1 in
        Crypto | CryptoBoringWrapper) echo "$swift_crypto/$1" ;;
        TestSupport | Fuzzing | RestoredReplies) echo "Tests/$1" ;;
        *) echo "Sources/$1" ;;
    esac
}

compile_module() { # MODULE FLAGS…
    local name=$1 sources imported=() import
    sources=$(sources_of "$name")
    shift
    for import in ${imports[$name]}; do imported+=("$folder/$import.o"); done
    is_old "$folder/$name.o" "$sources" "${imported[@]}" || return 0
    case $name in
        # As swift-crypto's manifest has it.
        Crypto*)
            set -- "$@" -package-name swift-crypto -DCRYPTO_IN_SWIFTPM -DCRYPTO_IN_SWIFTPM_FORCE_BUILD_API \
                -enable-upcoming-feature MemberImportVisibility -suppress-warnings
            ;;
        # RestoredReplies and Micro look at their parts from inside.
        Privacy | Pipeline) set -- "$@" "${features[@]}" -package-name northern -enable-testing ;;
        *) set -- "$@" "${features[@]}" -package-name northern ;;
    esac
    find "$sources" -name '*.swift' -not -path '*/Programs/*' -print0 | sort -z | xargs -0 \
        swiftc "$@" -module-name "$name" -parse-as-library -emit-module -emit-module-path "$folder/$name.swiftmodule" \
        -emit-object -o "$folder/$name.o"
}

# Makes a program of a file, or of all files in a folder.
build_program() { # FOLDER NAME SOURCES "MODULES, each behind those it imports" FLAGS…
    local folder=$1 name=$2 program=$3 modules=$4 module target map package flags
    local sources=() parts=() maps=() objects=() targets=(CryptoExtras) built=() libraries=(-lstdc++)
    shift 4
    for package in "${packages[@]}"; do
        [[ " $modules " = *" $package "* ]] || built+=("$package")
    done
    for module in $modules; do
        parts+=("$(sources_of "$module")")
        objects+=("$folder/$module.o")
        case $module in
            Privacy)
                parts+=(Sources/PrivacyData)
                targets+=(PrivacyData)
                objects+=(.build/debug/PrivacyData.build/data.S.o)
                ;;
            Storage)
                parts+=(Sources/CLibpq)
                targets+=(GRDB CLibpq)
                built+=(GRDB CLibpq)
                libraries+=(-lsqlite3)
                ;;
        esac
    done
    mapfile -t sources < <(find "$program" -name '*.swift' | sort)
    is_old "$folder/$name" "${sources[@]}" "${parts[@]}" Package.resolved || return 0
    say "Build $name"
    mkdir -p "$folder"
    for target in "${targets[@]}"; do
        swift build --target "$target" >"$folder/packages.log" || { cat "$folder/packages.log"; return 1; }
    done
    for map in "$swift_crypto"/*/include/module.modulemap \
        .build/debug/{PrivacyData,CLibpq}.build/*.modulemap .build/checkouts/GRDB.swift/Sources/GRDBSQLite/module.modulemap \
        Sources/*/module.modulemap; do
        [ ! -e "$map" ] || maps+=(-Xcc "-fmodule-map-file=$map" -Xcc "-I$(dirname "$map")")
    done
    flags=(-O -wmo -swift-version 6 -I "$folder" -I .build/debug/Modules "${maps[@]}" "$@")
    for module in $modules; do compile_module "$module" "${flags[@]}" || return 1; done
    for package in "${built[@]}"; do
        mapfile -t -O ${#objects[@]} objects < <(find ".build/debug/$package.build" -name '*.o')
    done
    swiftc "${flags[@]}" "${features[@]}" -package-name northern -parse-as-library -module-name "$name" \
        "${sources[@]}" "${objects[@]}" "${libraries[@]}" -o "$folder/$name"
}
