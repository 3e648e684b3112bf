#!/usr/bin/env bash
# sbom.sh SOURCE DIST [BUILD]: a CycloneDX 1.5 document beside each program in DIST: what the static ones
# hold (BUILD is where they were built), and which libraries the packages want.
set -euo pipefail
source=$1
dist=$2
build=${3:-$source/build/static}
version=$(sed -n 's/^project(mirrorwise VERSION \([^ ]*\).*/\1/p' "$source/CMakeLists.txt")
license_of() { # NAME
	case $1 in
	libsodium) echo ISC ;;
	curl | libcurl) echo curl ;;
	mbedtls) echo Apache-2.0 ;;
	ncurses | ncursesw) echo X11-distribute-modifications-variant ;;
	*) echo MIT ;;
	esac
}
# NAME VERSION SCOPE lines -> a document. The serial number is of the content, so that it is the
# same for the same.
document() { # FILE
	local rows serial
	rows=$(cat)
	serial=$(printf '%s %s' "$version" "$rows" | sha256sum)
	jq -n --arg version "$version" --arg rows "$rows" --argjson epoch "$SOURCE_DATE_EPOCH" \
		--arg serial "urn:uuid:${serial:0:8}-${serial:8:4}-5${serial:13:3}-8${serial:17:3}-${serial:20:12}" '
		[$rows | split("\n")[] | select(. != "") | split(" ")] as $list |
		{"$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json", bomFormat: "CycloneDX",
		 specVersion: "1.5", serialNumber: $serial, version: 1,
		 metadata: {timestamp: ($epoch | todate),
			component: {type: "application", "bom-ref": "mirrorwise", name: "mirrorwise",
				version: $version, licenses: [{license: {id: "MIT"}}]}},
		 components: [$list[] | {type: "library", "bom-ref": .[0], name: .[0], version: .[1],
			scope: .[2], licenses: [{license: {id: .[3]}}]} +
			(if .[4] then {purl: .[4]} else {} end)],
		 dependencies: ([{ref: "mirrorwise", dependsOn: [$list[][0]]}] + [$list[] | {ref: .[0]}])}' >"$1"
}
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-0}
for program in "$dist"/mirrorwise-"$version"-linux-*; do
	case $program in
	*.json | *.gz | *'*') continue ;;
	esac
	for name in musl mbedtls curl ncurses libsodium cjson iniparser; do
		has=$(cat "$build/sources/$name/.version")
		echo "$name $has required $(license_of $name) pkg:deb/debian/$name@$(sed 's/+/%2B/g; s/~/%7E/g' <<<"$has")?arch=source"
	done | document "$program.cdx.json"
done
for package in "$dist"/mirrorwise_"$version"_*.deb "$dist"/mirrorwise-"$version"-*.rpm; do
	[ -e "$package" ] || continue
	for name in libcurl libcjson libsodium ncursesw; do
		scope=required
		[ $name != libcurl ] || scope=optional
		echo "$name $(pkg-config --modversion $name) $scope $(license_of $name)"
	done | document "$package.cdx.json"
done
